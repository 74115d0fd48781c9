import { describe, expect, test } from 'vitest';
import { finalFlags } from '../../src/model/final-flags.ts';
import { clusterOf, planOf } from '../support/cluster-text.ts';

/** The arguments of a unit on the first master. */
function argumentsOf(over: Readonly<Record<string, unknown>>, unit = 'kube-apiserver.service'): readonly string[] {
  const found = planOf(clusterOf(over)).files.find(({ path }) => path === `/etc/systemd/system/${unit}`);
  if (found?.content.kind !== 'template') throw new Error(`no ${unit}`);
  return found.content.data.arguments as readonly string[];
}

const apiServer = (settings: object, version = '1.36.3'): Readonly<Record<string, unknown>> => ({
  kubernetes: { version, apiServer: settings },
});

test('rules check the final values of programs', () => {
  const over = {
    kubernetes: {
      apiServer: {
        eventTTL: '2h',
        featureGates: { AllBeta: true, AllAlpha: false },
        admissionPlugins: { enable: ['AlwaysPullImages'] },
        authorizationModes: ['Node', 'RBAC', 'AlwaysAllow'],
        extraArgs: { max_requests_inflight: 7, 'service-account-issuer': ['https://a', 'https://b'] },
      },
      controllerManager: { nodeMonitorGracePeriod: '50s', terminatedPodGCThreshold: 10, extraArgs: { v: 4 } },
      scheduler: { featureGates: { AllBeta: false }, extraArgs: { 'leader-elect': false } },
    },
    etcd: { heartbeatInterval: 200, extraArgs: { 'snapshot-count': 7 } },
  };
  const cluster = clusterOf(over);
  for (const program of ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'] as const) {
    const rendered = argumentsOf(over, `${program}.service`);
    const flags = finalFlags(cluster, program).filter(({ flag }) => flag !== 'audit-log-path');
    expect(flags.length).toBeGreaterThan(1);
    for (const { flag, value } of flags) expect(rendered).toContain(`--${flag}=${value}`);
  }
});

describe('admission plugins', () => {
  const flag = '--enable-admission-plugins';

  test('are added to NodeRestriction', () => {
    expect(argumentsOf({})).toContain(`${flag}=NodeRestriction`);
    const added = argumentsOf(apiServer({ admissionPlugins: { enable: ['AlwaysPullImages'] } }));
    expect(added).toContain(`${flag}=NodeRestriction,AlwaysPullImages`);
    const named = argumentsOf(apiServer({ admissionPlugins: { enable: ['AlwaysPullImages', 'NodeRestriction'] } }));
    expect(named).toContain(`${flag}=AlwaysPullImages,NodeRestriction`);
  });

  test('are empty if NodeRestriction is disabled by name', () => {
    const off = argumentsOf(apiServer({ admissionPlugins: { disable: ['NodeRestriction'] } }));
    expect(off.filter((one) => one.startsWith(flag))).toEqual([]);
    expect(off).toContain('--disable-admission-plugins=NodeRestriction');
  });
});

describe('files for authentication and authorization', () => {
  const path = '/etc/kubernetes/authn.yaml';
  const head = 'apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\n';
  const withFile = (content: string | undefined, version: string): readonly string[] => {
    const extraFiles = content === undefined ? [] : [{ path, roles: ['master'], content: head + content }];
    const settings = { featureGates: {}, extraArgs: { 'authentication-config': path } };
    return argumentsOf({ ...apiServer(settings, version), extraFiles }).filter((one) => one.includes('auth='));
  };

  test('decide on anonymous requests if they can, otherwise the flag stays', () => {
    expect(withFile('anonymous:\n  enabled: true\n', '1.36.3')).not.toContain('--anonymous-auth=false');
    expect(withFile('jwt: []\n', '1.36.3')).toContain('--anonymous-auth=false');
    expect(withFile(undefined, '1.36.3')).not.toContain('--anonymous-auth=false');
    expect(withFile(undefined, '1.30.14')).toContain('--anonymous-auth=false');
  });

  test('replace --authorization-mode', () => {
    const rendered = argumentsOf(apiServer({ extraArgs: { authorization_config: '/etc/kubernetes/authz.yaml' } }));
    expect(rendered).toContain('--authorization-config=/etc/kubernetes/authz.yaml');
    expect(rendered.filter((one) => one.startsWith('--authorization-mode'))).toEqual([]);
  });
});
