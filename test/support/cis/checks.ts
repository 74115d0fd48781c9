/**
 * The checks of the CIS Kubernetes Benchmark 1.6 to 1.12 that can be made on flags and files. The numbers are those of kube-bench,
 * cfg/cis-1.6 to cfg/cis-1.12, at its commit a73ce378418c. Not here: 1.1.1 to 1.1.8, files of static pods, which knode does not
 * have; owners of files, which are all root's; and what a person has to judge.
 */
import { type Check, type NodeView, numbered, type Program, strongSuites } from './check.ts';

type OnFlags = (ids: string, flag: string, value?: string) => Check;

const flagOf = (node: NodeView, program: Program, flag: string): string => node.flags(program).get(flag) ?? '';
const listOf = (node: NodeView, program: Program, flag: string): readonly string[] =>
  flagOf(node, program, flag).split(',');

function on(
  program: Program,
): Readonly<Record<'is' | 'set' | 'unset' | 'isNot' | 'has' | 'lacks' | 'atLeast', OnFlags>> {
  const check = (ids: string, what: string, holds: (node: NodeView) => boolean): Check => ({
    ids: numbered(ids),
    what: `${program}: ${what}`,
    holds,
  });
  return {
    is: (ids, flag, value = '') => check(ids, `--${flag}=${value}`, (node) => flagOf(node, program, flag) === value),
    isNot: (ids, flag, value = '') =>
      check(ids, `no --${flag}=${value}`, (node) => flagOf(node, program, flag) !== value),
    set: (ids, flag) => check(ids, `--${flag}`, (node) => flagOf(node, program, flag) !== ''),
    unset: (ids, flag) => check(ids, `no --${flag}`, (node) => !node.flags(program).has(flag)),
    has: (ids, flag, word = '') =>
      check(ids, `--${flag} has ${word}`, (node) => listOf(node, program, flag).includes(word)),
    lacks: (ids, flag, word = '') =>
      check(ids, `--${flag} lacks ${word}`, (node) => !listOf(node, program, flag).includes(word)),
    atLeast: (ids, flag, least = '') =>
      check(ids, `--${flag} is ${least} or more`, (node) => Number(flagOf(node, program, flag)) >= Number(least)),
  };
}

const api = on('kube-apiserver');
const enable = 'enable-admission-plugins';
const disable = 'disable-admission-plugins';

const apiServer: readonly Check[] = [
  api.is('1.2.1', 'anonymous-auth', 'false'),
  api.unset('1.2.2 - - - - - -', 'basic-auth-file'),
  api.unset('1.2.3 1.2.2 1.2.2 1.2.2 1.2.2 1.2.2 1.2.2', 'token-auth-file'),
  api.has('- 1.2.3 1.2.3 1.2.3 1.2.3 1.2.3 1.2.3', enable, 'DenyServiceExternalIPs'),
  api.isNot('1.2.4 - - - - - -', 'kubelet-https', 'false'),
  api.set('1.2.5 1.2.4 1.2.4 1.2.4 1.2.4 1.2.4 1.2.4', 'kubelet-client-certificate'),
  api.set('1.2.5 1.2.4 1.2.4 1.2.4 1.2.4 1.2.4 1.2.4', 'kubelet-client-key'),
  api.set('1.2.6 1.2.5 1.2.5 1.2.5 1.2.5 1.2.5 1.2.5', 'kubelet-certificate-authority'),
  api.lacks('1.2.7 1.2.6 1.2.6 1.2.6 1.2.6 1.2.6 1.2.6', 'authorization-mode', 'AlwaysAllow'),
  api.has('1.2.8 1.2.7 1.2.7 1.2.7 1.2.7 1.2.7 1.2.7', 'authorization-mode', 'Node'),
  api.has('1.2.9 1.2.8 1.2.8 1.2.8 1.2.8 1.2.8 1.2.8', 'authorization-mode', 'RBAC'),
  api.has('1.2.10 1.2.9 1.2.9 1.2.9 1.2.9 1.2.9 1.2.9', enable, 'EventRateLimit'),
  api.lacks('1.2.11 1.2.10 1.2.10 1.2.10 1.2.10 1.2.10 1.2.10', enable, 'AlwaysAdmit'),
  api.has('1.2.12 1.2.11 1.2.11 1.2.11 1.2.11 1.2.11 1.2.11', enable, 'AlwaysPullImages'),
  api.has('1.2.13 1.2.12 1.2.12 - - - -', enable, 'SecurityContextDeny'),
  api.lacks('1.2.14 1.2.13 1.2.13 1.2.12 1.2.12 1.2.12 1.2.12', disable, 'ServiceAccount'),
  api.lacks('1.2.15 1.2.14 1.2.14 1.2.13 1.2.13 1.2.13 1.2.13', disable, 'NamespaceLifecycle'),
  api.has('1.2.16 - - - - - -', enable, 'PodSecurityPolicy'),
  api.has('1.2.17 1.2.15 1.2.15 1.2.14 1.2.14 1.2.14 1.2.14', enable, 'NodeRestriction'),
  api.unset('1.2.18 - - - - - -', 'insecure-bind-address'),
  {
    ids: numbered('1.2.19 - - - - - -'),
    what: 'kube-apiserver: no insecure port',
    // 1.20 and later serve nothing there, and are not told.
    holds: (node) => ['', '0'].includes(flagOf(node, 'kube-apiserver', 'insecure-port')),
  },
  api.isNot('1.2.20 1.2.16 - - - - -', 'secure-port', '0'),
  api.is('1.2.21 1.2.17 1.2.16 1.2.15 1.2.15 1.2.15 1.2.15', 'profiling', 'false'),
  api.set('1.2.22 1.2.18 1.2.17 1.2.16 1.2.16 1.2.16 1.2.16', 'audit-log-path'),
  api.atLeast('1.2.23 1.2.19 1.2.18 1.2.17 1.2.17 1.2.17 1.2.17', 'audit-log-maxage', '30'),
  api.atLeast('1.2.24 1.2.20 1.2.19 1.2.18 1.2.18 1.2.18 1.2.18', 'audit-log-maxbackup', '10'),
  api.atLeast('1.2.25 1.2.21 1.2.20 1.2.19 1.2.19 1.2.19 1.2.19', 'audit-log-maxsize', '100'),
  api.isNot('1.2.27 1.2.23 1.2.22 1.2.21 1.2.21 1.2.21 1.2.21', 'service-account-lookup', 'false'),
  api.set('1.2.28 1.2.24 1.2.23 1.2.22 1.2.22 1.2.22 1.2.22', 'service-account-key-file'),
  api.set('1.2.29 1.2.25 1.2.24 1.2.23 1.2.23 1.2.23 1.2.23', 'etcd-certfile'),
  api.set('1.2.29 1.2.25 1.2.24 1.2.23 1.2.23 1.2.23 1.2.23', 'etcd-keyfile'),
  api.set('1.2.30 1.2.26 1.2.25 1.2.24 1.2.24 1.2.24 1.2.24', 'tls-cert-file'),
  api.set('1.2.30 1.2.26 1.2.25 1.2.24 1.2.24 1.2.24 1.2.24', 'tls-private-key-file'),
  api.set('1.2.31 1.2.27 1.2.26 1.2.25 1.2.25 1.2.25 1.2.25', 'client-ca-file'),
  api.set('1.2.32 1.2.28 1.2.27 1.2.26 1.2.26 1.2.26 1.2.26', 'etcd-cafile'),
  api.set('1.2.33 1.2.29 1.2.28 1.2.27 1.2.27 1.2.27 1.2.27', 'encryption-provider-config'),
  {
    ids: numbered('1.2.34 1.2.30 1.2.29 1.2.28 1.2.28 1.2.28 1.2.28'),
    what: 'kube-apiserver: secrets are encrypted by aescbc, kms or secretbox',
    holds: (node) => /^ *- *(aescbc|kms|secretbox):/m.test(node.encryption),
  },
  {
    ids: numbered('1.2.35 1.2.31 1.2.30 1.2.29 1.2.29 1.2.29 1.2.29'),
    what: 'kube-apiserver: strong cipher suites only',
    holds: (node) => listOf(node, 'kube-apiserver', 'tls-cipher-suites').every((suite) => strongSuites.includes(suite)),
  },
  api.is('- - - - - 1.2.30 1.2.30', 'service-account-extend-token-expiration', 'false'),
  api.set('3.2.1', 'audit-policy-file'),
];

const manager = on('kube-controller-manager');
const scheduler = on('kube-scheduler');
const store = on('etcd');

const others: readonly Check[] = [
  manager.set('1.3.1', 'terminated-pod-gc-threshold'),
  manager.is('1.3.2', 'profiling', 'false'),
  manager.is('1.3.3', 'use-service-account-credentials', 'true'),
  manager.set('1.3.4', 'service-account-private-key-file'),
  manager.set('1.3.5', 'root-ca-file'),
  manager.lacks('1.3.6', 'feature-gates', 'RotateKubeletServerCertificate=false'),
  manager.is('1.3.7', 'bind-address', '127.0.0.1'),
  {
    ids: numbered('1.4.1'),
    what: 'kube-scheduler: no profiling',
    // The flag is deprecated from 1.23 on.
    holds: (node) =>
      flagOf(node, 'kube-scheduler', 'profiling') === 'false' || /^ *-? *enableProfiling: false$/m.test(node.scheduler),
  },
  scheduler.is('1.4.2', 'bind-address', '127.0.0.1'),
  store.set('2.1', 'cert-file'),
  store.set('2.1', 'key-file'),
  store.is('2.2', 'client-cert-auth', 'true'),
  store.isNot('2.3', 'auto-tls', 'true'),
  store.set('2.4', 'peer-cert-file'),
  store.set('2.4', 'peer-key-file'),
  store.is('2.5', 'peer-client-cert-auth', 'true'),
  store.isNot('2.6', 'peer-auto-tls', 'true'),
  {
    ids: numbered('2.7'),
    what: 'etcd: an authority of its own',
    holds: (node) => flagOf(node, 'etcd', 'trusted-ca-file') !== flagOf(node, 'kube-apiserver', 'client-ca-file'),
  },
];

/** A field of KubeletConfiguration, dotted. */
function field(node: NodeView, path: string): unknown {
  return path.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], node.kubelet);
}

function inConfig(ids: string, what: string, holds: (node: NodeView) => boolean): Check {
  return { ids: numbered(ids), what: `kubelet: ${what}`, holds };
}

const kubelet: readonly Check[] = [
  inConfig('4.2.1', 'no anonymous requests', (node) => field(node, 'authentication.anonymous.enabled') === false),
  inConfig('4.2.2', 'the API server authorizes', (node) => field(node, 'authorization.mode') === 'Webhook'),
  inConfig('4.2.3', 'an authority of clients', (node) => Boolean(field(node, 'authentication.x509.clientCAFile'))),
  inConfig('4.2.4', 'no read-only port', (node) => field(node, 'readOnlyPort') === 0),
  inConfig('4.2.5', 'idle streams are cut', (node) => field(node, 'streamingConnectionIdleTimeout') !== 0),
  inConfig('4.2.6 - - - - - -', 'protectKernelDefaults', (node) => field(node, 'protectKernelDefaults') === true),
  inConfig(
    '4.2.7 4.2.6 4.2.6 4.2.6 4.2.6 4.2.6 4.2.6',
    'makeIPTablesUtilChains',
    (node) => field(node, 'makeIPTablesUtilChains') !== false,
  ),
  on('kubelet').unset('4.2.8 4.2.7 4.2.7 4.2.7 4.2.7 4.2.7 4.2.7', 'hostname-override'),
  inConfig('4.2.9 - - - - - -', 'eventRecordQPS is 0', (node) => field(node, 'eventRecordQPS') === 0),
  inConfig(
    '- 4.2.8 4.2.8 4.2.8 4.2.8 4.2.8 4.2.8',
    'eventRecordQPS is 0 or more',
    (node) => Number(field(node, 'eventRecordQPS') ?? 0) >= 0,
  ),
  inConfig('4.2.10 4.2.9 4.2.9 4.2.9 4.2.9 4.2.9 4.2.9', 'tlsCertFile and tlsPrivateKeyFile', (node) =>
    Boolean(field(node, 'tlsCertFile')),
  ),
  inConfig(
    '4.2.11 4.2.10 4.2.10 4.2.10 4.2.10 4.2.10 4.2.10',
    'rotateCertificates',
    (node) => field(node, 'rotateCertificates') === true,
  ),
  inConfig(
    '4.2.12 4.2.11 4.2.11 4.2.11 4.2.11 4.2.11 4.2.11',
    'serving certificates are renewed',
    (node) => field(node, 'serverTLSBootstrap') === true,
  ),
  inConfig('4.2.13 4.2.12 4.2.12 4.2.12 4.2.12 4.2.12 4.2.12', 'strong cipher suites only', (node) => {
    const suites = (field(node, 'tlsCipherSuites') ?? []) as readonly string[];
    return suites.length > 0 && suites.every((suite) => strongSuites.includes(suite));
  }),
  inConfig(
    '- 4.2.13 4.2.13 4.2.13 4.2.13 4.2.13 4.2.13',
    'podPidsLimit',
    (node) => Number(field(node, 'podPidsLimit')) > 0,
  ),
  inConfig('- - - - - 4.2.14 4.2.14', 'seccompDefault', (node) => field(node, 'seccompDefault') === true),
  on('kubelet').set('- - - - - 4.2.15 -', 'IPAddressDeny'),
  {
    ids: numbered('- - - 4.3.1 4.3.1 4.3.1 4.3.1'),
    what: 'kube-proxy: metrics on loopback',
    // kube-proxy's own default; knode gives it no flag and no field.
    holds: (node) => node.modes(/^\/etc\/kubernetes\/kube-proxy\.yaml$/).length === 1,
  },
];

/** Each mode that a file may have at most: in 1.6, and from 1.7 on; the second may differ between benchmarks. */
function modes(what: string, path: RegExp, rows: readonly (readonly [ids: string, most: number])[]): readonly Check[] {
  return rows.map(([ids, most]) => ({
    ids: numbered(ids),
    what: `${what}: ${most.toString(8)} or less`,
    holds: (node) => {
      const found = node.modes(path);
      return found.length > 0 && found.every((mode) => (mode & ~most) === 0);
    },
  }));
}

const sinceSeven = (id: string): string => `- ${Array(6).fill(id).join(' ')}`;
const six = (id: string): string => `${id} - - - - - -`;

const files: readonly Check[] = [
  ...modes('kubeconfigs of root', /^\/etc\/kubernetes\/bootstrap\.kubeconfig$/, [['1.1.13', 0o600]]),
  ...modes('kubeconfig of the scheduler', /^\/etc\/kubernetes\/scheduler\.kubeconfig$/, [['1.1.15', 0o600]]),
  ...modes('kubeconfig of the controller manager', /^\/etc\/kubernetes\/controller-manager\.kubeconfig$/, [
    ['1.1.17', 0o600],
  ]),
  ...modes('certificates', /^\/etc\/kubernetes\/pki\/.*\.crt$/, [
    ['1.1.20 - - - - 1.1.20 1.1.20', 0o644],
    ['- 1.1.20 1.1.20 1.1.20 1.1.20 - -', 0o600],
  ]),
  ...modes('keys', /^\/etc\/(kubernetes|etcd)\/pki\/.*\.key$/, [['1.1.21', 0o600]]),
  ...modes('unit of kubelet', /^\/etc\/systemd\/system\/kubelet\.service$/, [
    [six('4.1.1'), 0o644],
    [sinceSeven('4.1.1'), 0o600],
  ]),
  ...modes('authority of clients', /^\/etc\/kubernetes\/pki\/ca\.crt$/, [
    ['4.1.7 - - - - 4.1.7 4.1.7', 0o644],
    ['- 4.1.7 4.1.7 4.1.7 4.1.7 - -', 0o600],
  ]),
  ...modes('configuration of kubelet', /^\/etc\/kubernetes\/kubelet\.yaml$/, [['4.1.9', 0o600]]),
];

export const checks: readonly Check[] = [...apiServer, ...others, ...kubelet, ...files];
