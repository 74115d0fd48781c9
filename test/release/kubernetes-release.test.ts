import { describe, expect, test } from 'vitest';
import { isKnownKubernetes, kubernetesRelease } from '../../src/release/program/kubernetes-release.ts';
import { changes, release } from './releases.ts';

describe('which versions there are facts for', () => {
  test.each(['1.16.0', '1.36.2', 'v1.20.2', '1.24'])('%s', (version) => {
    expect(kubernetesRelease(version).diagnostics).toEqual([]);
    expect(isKnownKubernetes(version)).toBe(true);
  });

  test.each(['1.15.12', '1.37.0', '2.0.0'])('not %s, and it says the range', (version) => {
    const { value, diagnostics } = kubernetesRelease(version);
    expect(value).toBeUndefined();
    expect(diagnostics).toMatchObject([{ severity: 'error', code: 'version-unknown' }]);
    expect(diagnostics[0]?.message).toBe(`knode has facts for Kubernetes 1.16 to 1.36, not for ${version}`);
  });

  test('a malformed one is distinguished', () => {
    expect(kubernetesRelease('newest').diagnostics).toMatchObject([{ code: 'version-malformed' }]);
    expect(isKnownKubernetes('newest')).toBe(false);
  });

  test('a version is kept without its v', () => {
    expect(release('v1.20.2')).toMatchObject({ version: '1.20.2', minor: '1.20' });
  });
});

describe('control plane', () => {
  test.each<[string, (r: ReturnType<typeof release>) => unknown, Record<string, unknown>]>([
    ['hasInsecurePort', (r) => r.hasInsecurePort(), { '1.16': true, '1.20': false }],
    [
      'componentInsecurePort of the controller manager',
      (r) => r.componentInsecurePort('kube-controller-manager'),
      { '1.16': true, '1.22': false },
    ],
    [
      'componentInsecurePort of the scheduler',
      (r) => r.componentInsecurePort('kube-scheduler'),
      { '1.16': true, '1.23': false },
    ],
    [
      'clusterSigningDurationFlag',
      (r) => r.clusterSigningDurationFlag(),
      { '1.16': 'experimental-cluster-signing-duration', '1.19': 'cluster-signing-duration' },
    ],
    [
      'schedulerConfigApiVersion',
      (r) => r.schedulerConfigApiVersion().split('/')[1],
      { '1.16': 'v1alpha1', '1.18': 'v1alpha2', '1.19': 'v1beta1', '1.22': 'v1beta2', '1.23': 'v1beta3', '1.25': 'v1' },
    ],
    ['auditPolicyApiVersion', (r) => r.auditPolicyApiVersion(), { '1.16': 'audit.k8s.io/v1' }],
    ['encryptionConfigApiVersion', (r) => r.encryptionConfigApiVersion(), { '1.16': 'apiserver.config.k8s.io/v1' }],
  ])('%s', (_, question, want) => {
    expect(changes(question)).toEqual(want);
  });
});

describe('admission plugins', () => {
  test.each([
    ['PodPreset', { '1.16': true, '1.20': false }],
    ['DenyEscalatingExec', { '1.16': true, '1.21': false }],
    ['PodSecurity', { '1.16': false, '1.22': true }],
    ['PodSecurityPolicy', { '1.16': true, '1.25': false }],
    ['SecurityContextDeny', { '1.16': true, '1.30': false }],
    ['PersistentVolumeLabel', { '1.16': true, '1.31': false }],
    ['NodeRestriction', { '1.16': true }],
    ['Nonsense', { '1.16': false }],
    ['constructor', { '1.16': false }],
  ])('%s', (name, want) => {
    expect(changes((r) => r.validAdmissionPlugin(name).known)).toEqual(want);
  });

  test('have their first and last version', () => {
    expect(release('1.25').validAdmissionPlugin('PodSecurityPolicy')).toMatchObject({ since: '1.16', until: '1.24' });
  });

  test('defaults are valid ones', () => {
    const strange = changes((r) => r.defaultAdmissionPlugins().filter((name) => !r.admissionPlugins().includes(name)));
    expect(strange).toEqual({ '1.16': [] });
    expect(release('1.17').defaultAdmissionPlugins()).toContain('RuntimeClass');
    expect(release('1.16').defaultAdmissionPlugins()).not.toContain('RuntimeClass');
  });
});

describe('images', () => {
  test('come from the registry that is served today', () => {
    expect(changes((r) => r.defaultImageRegistry())).toEqual({ '1.16': 'registry.k8s.io' });
  });

  test('pause', () => {
    expect(release('1.16.0').pauseImage()).toBe('registry.k8s.io/pause:3.1');
    expect(release('1.36.2').pauseImage('mirror.example/k8s')).toBe('mirror.example/k8s/pause:3.10.2');
  });

  test('CoreDNS moved with 1.8.0', () => {
    expect(release('1.20').coreDnsImage()).toBe('registry.k8s.io/coredns:1.7.0');
    expect(release('1.21').coreDnsImage()).toBe('registry.k8s.io/coredns/coredns:v1.8.0');
    expect(release('1.36').coreDnsImage('m', '1.7.0')).toBe('m/coredns:1.7.0');
  });
});
