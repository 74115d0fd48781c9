import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { packagePath } from '../../src/base/files/package-root.ts';
import type { PlannedFile } from '../../src/component/plan.ts';
import { kubeletConfiguration } from '../../src/component/worker/kubelet-config.ts';
import { knownMinors } from '../../src/release/minors.ts';
import { etcdRelease } from '../../src/release/program/etcd-release.ts';
import { kubernetesRelease } from '../../src/release/program/kubernetes-release.ts';
import { checkFlagValue } from '../../src/release/values/flag-values.ts';
import { clusterOf, planOf } from '../support/cluster-text.ts';
import { exposures } from '../support/exposure.ts';

type Over = Readonly<Record<string, unknown>>;

const newest = kubernetesRelease(knownMinors().at(-1) ?? '').value?.defaults().kubernetes ?? '';
const kubernetes = (more: object, version = newest): Over => ({ kubernetes: { version, ...more } });
const patch = (minor: string): string => `${minor}.1`;

function fileOf(over: Over, path: string): PlannedFile | undefined {
  return planOf(clusterOf(over)).files.find((file) => file.path === path);
}

function flagOf(over: Over, unit: string, flag: string): string | undefined {
  const file = fileOf(over, `/etc/systemd/system/${unit}.service`);
  if (file?.content.kind !== 'template') throw new Error(`no ${unit}`);
  const given = (file.content.data.arguments as readonly string[]).find((one) => one.startsWith(`--${flag}=`));
  return given?.slice(flag.length + 3);
}

const config = (over: Over): Readonly<Record<string, unknown>> => kubeletConfiguration(clusterOf(over));

describe('limits of pods', () => {
  test('a pod has 16384 processes unless the file sets another limit', () => {
    expect(config({})).toMatchObject({ podPidsLimit: 16384 });
    expect(config(kubernetes({ kubelet: { podPidsLimit: -1 } }))).toMatchObject({ podPidsLimit: -1 });
    expect(config(kubernetes({ kubelet: { extraConfig: { podPidsLimit: 100 } } }))).toMatchObject({
      podPidsLimit: 100,
    });
  });

  test.each([
    ['1.21.14', {}, undefined, undefined],
    // Alpha: only on request, and then with its gate.
    ['1.22.17', {}, undefined, undefined],
    ['1.24.17', { seccompDefault: true }, true, { SeccompDefault: true }],
    [
      '1.24.17',
      { seccompDefault: true, featureGates: { AllAlpha: true } },
      true,
      { SeccompDefault: true, AllAlpha: true },
    ],
    ['1.25.16', {}, true, undefined],
    ['1.25.16', { seccompDefault: false }, undefined, undefined],
    ['1.26.15', { featureGates: { SeccompDefault: false } }, undefined, { SeccompDefault: false }],
    ['1.26.15', { extraConfig: { featureGates: { SeccompDefault: false } } }, undefined, { SeccompDefault: false }],
    [newest, {}, true, undefined],
  ])('seccompDefault of %s with %j', (version, kubelet, seccompDefault, featureGates) => {
    const found = config(kubernetes({ kubelet }, version));
    expect([found.seccompDefault, found.featureGates]).toEqual([seccompDefault, featureGates]);
  });

  test('kubelet’s defaults are left out, other values are not', () => {
    const said = [
      'imageGCHighThresholdPercent',
      'nodeStatusUpdateFrequency',
      'serializeImagePulls',
      'failSwapOn',
      'port',
    ];
    expect(Object.keys(config({})).filter((field) => said.includes(field))).toEqual([]);
    const other = { imageGCHighThresholdPercent: 84, nodeStatusUpdateFrequency: '20s', serializeImagePulls: false };
    expect(config(kubernetes({ kubelet: other }))).toMatchObject(other);
    expect(config(kubernetes({ kubelet: { extraConfig: { failSwapOn: true } } }))).toMatchObject({ failSwapOn: true });
  });
});

describe('cipher suites', () => {
  const weak = /CBC|RC4|3DES|^TLS_RSA_/;

  test.each(knownMinors())('of Kubernetes %s are known to it, strong, and for both kinds of keys', (minor) => {
    const over = kubernetes({}, patch(minor));
    const lists = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map((program) =>
      flagOf(over, program, 'tls-cipher-suites'),
    );
    expect(new Set(lists).size).toBe(1);
    const suites = lists[0]?.split(',') ?? [];
    expect(
      checkFlagValue('kube-apiserver', minor, { flag: 'tls-cipher-suites', value: suites.join(',') }, []),
    ).toBeUndefined();
    for (const list of [suites, config(over).tlsCipherSuites as string[]]) {
      expect(list.filter((suite) => weak.test(suite))).toEqual([]);
      for (const key of ['ECDSA', 'RSA']) expect(list).toContain(`TLS_ECDHE_${key}_WITH_AES_128_GCM_SHA256`);
    }
    expect(suites.some((suite) => suite.endsWith('POLY1305'))).toBe(Number(minor.split('.')[1]) < 19);
  });

  test('of etcd are those of its versions', () => {
    const suites = flagOf({}, 'etcd', 'cipher-suites')?.split(',') ?? [];
    expect(suites).toHaveLength(6);
    expect(suites.filter((suite) => weak.test(suite))).toEqual([]);
    expect(etcdRelease('3.3.6').value?.cipherSuiteFlags()).toEqual({});
    expect(etcdRelease('3.3.7').value?.cipherSuiteFlags()).toHaveProperty(['cipher-suites']);
  });

  test('are not given to an etcd that speaks TLS 1.3 alone, which refuses them', () => {
    const over = { etcd: { extraArgs: { 'tls-min-version': 'TLS1.3' } } };
    expect(flagOf(over, 'etcd', 'cipher-suites')).toBeUndefined();
  });
});

describe('pod security', () => {
  const path = '/etc/kubernetes/admission.yaml';
  const documents = (over: Over) => {
    const file = fileOf(over, path);
    return file?.content.kind === 'yaml' ? file.content.documents : undefined;
  };

  test('is upstream’s own unless the file sets a level', () => {
    expect(documents({})).toBeUndefined();
    expect(flagOf({}, 'kube-apiserver', 'admission-control-config-file')).toBeUndefined();
  });

  test('is a file that the API server reads', () => {
    const over = kubernetes({ podSecurity: { enforce: 'baseline', warn: 'restricted', warnVersion: 'v1.30' } });
    expect(flagOf(over, 'kube-apiserver', 'admission-control-config-file')).toBe(path);
    expect(documents(over)).toEqual([
      {
        apiVersion: 'apiserver.config.k8s.io/v1',
        kind: 'AdmissionConfiguration',
        plugins: [
          {
            name: 'PodSecurity',
            configuration: {
              apiVersion: 'pod-security.admission.config.k8s.io/v1',
              kind: 'PodSecurityConfiguration',
              defaults: {
                enforce: 'baseline',
                'enforce-version': 'latest',
                audit: 'privileged',
                'audit-version': 'latest',
                warn: 'restricted',
                'warn-version': 'v1.30',
              },
              exemptions: { namespaces: ['kube-system'], runtimeClasses: [], usernames: [] },
            },
          },
        ],
      },
    ]);
  });

  test.each([
    ['1.22.17', 'v1alpha1', 'PodSecurity=true'],
    ['1.24.17', 'v1beta1', undefined],
    ['1.25.16', 'v1', undefined],
  ])('of %s has the version %s, and the gate %s', (version, api, gate) => {
    const over = kubernetes({ podSecurity: { enforce: 'baseline' } }, version);
    expect(JSON.stringify(documents(over))).toContain(`pod-security.admission.config.k8s.io/${api}"`);
    expect(flagOf(over, 'kube-apiserver', 'feature-gates')).toBe(gate);
  });
});

test('only root reads kubeconfigs', () => {
  for (const method of ['certificate', 'token-secret', 'token-file']) {
    const files = planOf(clusterOf(kubernetes({ bootstrap: { method } }))).files.filter((file) =>
      file.path.endsWith('.kubeconfig'),
    );
    expect(files.length).toBeGreaterThan(3);
    for (const { path, mode } of files) expect([path, mode]).toEqual([path, '0600']);
  }
});

test('docs/security.md has the figure of every unit', () => {
  const docs = readFileSync(packagePath('docs/security.md'), 'utf8');
  for (const [unit, { before, now, needs }] of Object.entries(exposures))
    expect(docs).toContain(`\n| ${unit} | ${before.toFixed(1)} | ${now.toFixed(1)} | ${needs} |\n`);
});
