/**
 * The programs themselves judge values of flags, and knode's facts must agree. Each program also gets an argument that
 * ends it before it does anything: a good value then does not change its output, a bad one does.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { facts } from '../../../src/release/facts.ts';
import { checkFeatureGate } from '../../../src/release/feature-gates.ts';
import { contains, parseIntervals } from '../../../src/release/interval.ts';
import { etcdRelease } from '../../../src/release/program/etcd-release.ts';
import { kubernetesRelease } from '../../../src/release/program/kubernetes-release.ts';
import { checkFlagValue, type FlagProgram } from '../../../src/release/values/flag-values.ts';
import { describeReferee, type Finished, sh, tempDir } from '../tools.ts';

/** A program's final output, without the parts that differ between runs. */
type LastWords = (value: string) => Promise<string>;

function said({ stdout, stderr }: Finished, pattern: RegExp): string {
  const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => pattern.test(line));
  return lines.map((line) => line.replace(/^[A-Z]?[-\d]+[ \d:.]+(\s+\d+)?/, '')).join('\n');
}

/** What knode gives Kubernetes of a minor. */
const suites = (minor: string): string => kubernetesRelease(`${minor}.1`).value?.cipherSuites().join(',') ?? '';

type Row = readonly [flag: string, good: readonly string[], bad: readonly string[]];

const kubernetes = execFileSync(fileURLToPath(new URL('../../lab/kubernetes.sh', import.meta.url)), ['--path'], {
  encoding: 'utf8',
}).trim();
const kubernetesBuilt = existsSync(join(kubernetes, 'kubelet'));
if (!kubernetesBuilt) process.stderr.write('\nREFEREE SKIPPED: Kubernetes is not built (test/lab/kubernetes.sh)\n');

const ofKubernetes = (program: string, ending: readonly string[], pattern: RegExp): LastWords => {
  return async (argument) => {
    const args = argument === '' ? ending : [argument, ...ending];
    return said(await sh(join(kubernetes, program), args, { timeoutMs: 60_000, cwd: tempDir('flags') }), pattern);
  };
};

const kubernetesPrograms: Readonly<Partial<Record<FlagProgram, LastWords>>> = {
  // It asks for etcd's servers and an issuer, and lists everything else that is wrong beside it.
  'kube-apiserver': ofKubernetes(
    'kube-apiserver',
    ['--audit-log-path=-'],
    /^Error:|^error:|invalid|unknown|not supported/,
  ),
  'kube-controller-manager': ofKubernetes(
    'kube-controller-manager',
    ['--cert-dir=.'],
    /^Error|^invalid configuration|must/,
  ),
  'kube-scheduler': ofKubernetes(
    'kube-scheduler',
    ['--kubeconfig=/nonexistent', '--cert-dir=.'],
    /^Error|^stat |must be|Invalid value/,
  ),
  // A score that no process can have ends it in the check of its configuration.
  kubelet: ofKubernetes(
    'kubelet',
    ['--oom-score-adj=5000'],
    /invalid configuration|invalid argument|failed to parse|^Error/,
  ),
  'kube-proxy': ofKubernetes('kube-proxy', ['--help'], /^Error:/),
};

const tables: Readonly<Partial<Record<FlagProgram, readonly Row[]>>> = {
  'kube-apiserver': [
    ['event-ttl', ['1h', '0', '.5h', '90m30s', '-1s'], ['1hour', '10', '1d', '']],
    ['max-requests-inflight', ['400', '0x10', '1_000', '017'], ['many', '1.5', '1e3', '08', '']],
    ['request-timeout', ['1m', '-1s'], ['60']],
    ['min-request-timeout', ['0', '-1'], ['soon']],
    ['goaway-chance', ['0.02', '0', '1e-3', '0.5'], ['half']],
    ['profiling', ['true', 'T', '0', 'False'], ['yes', 'tRUE', '']],
    ['audit-log-mode', ['batch', 'blocking-strict'], ['async', 'Batch']],
    ['audit-log-format', ['json', 'legacy'], ['yaml']],
    ['audit-log-version', ['audit.k8s.io/v1', 'audit.k8s.io/v1beta1'], ['v1', 'audit.k8s.io/v2']],
    ['audit-log-maxage', ['0', '30'], ['-1', '30d']],
    ['storage-backend', ['etcd3', ''], ['etcd2']],
    ['enable-admission-plugins', ['NodeRestriction', 'NodeRestriction,AlwaysPullImages'], ['a"b']],
    ['runtime-config', ['api/all=true', 'batch/v2alpha1=true,', 'api/all'], []],
    ['feature-gates', ['AllAlpha=false', 'TTLAfterFinished=t'], ['TTLAfterFinished', 'TTLAfterFinished=perhaps']],
    ['tls-sni-cert-key', ['/a.crt,/a.key', '/a.crt,/a.key:*.x'], ['/a.crt', '/a.crt,/a.key:']],
    ['service-node-port-range', ['30000-32767', '30000+100', '30000'], ['32767-30000', '30000-70000', 'many']],
    ['kubernetes-service-node-port', ['0'], ['-1', '70000']],
    ['apiserver-count', ['3'], ['0', '-1']],
    ['authorization-mode', ['Node,RBAC', 'AlwaysAllow'], ['Nodes', 'node']],
    ['advertise-address', ['10.0.0.1', '::1', ' 10.0.0.1'], ['10.0.0.300', 'm1', '10.0.0.1/8']],
    ['oidc-required-claim', ['a=b', 'a=b,c'], ['a']],
    ['logging-format', ['text', 'json'], ['yaml']],
    // It reports other missing settings before it checks the suites: kubelet below refuses a wrong one.
    ['tls-cipher-suites', [suites('1.20'), suites('1.16'), 'TLS_RSA_WITH_AES_128_CBC_SHA'], []],
    ['v', ['2', '10'], ['loud', '0x2', '2.5', '']],
    ['vmodule', ['store=4', 'a*=2,b=1'], ['store', 'store=high']],
    ['stderrthreshold', ['2', 'ERROR', 'warning'], ['loud']],
    ['service-account-extend-token-expiration', ['1'], ['2']],
    ['log-backtrace-at', ['store.go:12'], ['store.go', 'store.go:x']],
  ],
  'kube-controller-manager': [
    ['terminated-pod-gc-threshold', ['12500', '-1'], ['abc', '2147483648', '1.0']],
    ['node-eviction-rate', ['0.1', '1e2', '.5', 'inf'], ['fast', '1e39', '0,1']],
    ['attach-detach-reconcile-sync-period', ['1s', '1m'], ['60']],
    ['max-endpoints-per-slice', ['1', '1000'], ['0', '1001']],
    ['concurrent-service-endpoint-syncs', ['50'], ['0', '51']],
    ['mirroring-max-endpoints-per-subset', ['1000'], ['0', '1001']],
    ['leader-elect', ['false', 'F'], ['maybe']],
    ['kube-api-qps', ['20', '20.5'], ['quick']],
    ['horizontal-pod-autoscaler-tolerance', ['0.1'], ['ten']],
    ['bind-address', ['0.0.0.0'], ['everywhere']],
    ['log-file-max-size', ['1800'], ['-1']],
  ],
  'kube-scheduler': [
    ['leader-elect-lease-duration', ['15s'], ['15', 'long']],
    ['leader-elect', ['true'], ['maybe']],
    ['v', ['4'], ['four']],
  ],
  kubelet: [
    ['max-pods', ['110', '0'], ['ten', '-1', '1.5']],
    ['address', ['0.0.0.0', '::'], ['10.0.0.300']],
    ['eviction-hard', ['memory.available<100Mi', 'memory.available<5%,'], ['memory.available', 'memory.available=1']],
    ['image-gc-high-threshold', ['100'], ['101', '-1', '85%']],
    ['iptables-masquerade-bit', ['0'], ['32', '-1']],
    ['registry-qps', ['0', '5'], ['-1', 'few']],
    ['event-burst', ['10'], ['-1']],
    ['port', ['10250'], ['0', '70000']],
    ['healthz-port', ['0', '10248'], ['65536']],
    ['hairpin-mode', ['none', 'hairpin-veth'], ['bridge']],
    ['cgroups-per-qos', ['true'], ['si']],
    ['node-status-update-frequency', ['10s'], ['10']],
    ['kube-reserved', ['cpu=1,memory=1Gi'], ['cpu']],
    ['node-labels', ['a=b', 'a'], []],
    ['kube-api-burst', ['10'], ['-5']],
  ],
  'kube-proxy': [
    ['metrics-bind-address', ['127.0.0.1:10249', '[::1]:1', '::', ''], ['0.0.0.0:99999', 'localhost:1', '1.2.3.4:']],
    ['bind-address', ['10.0.0.1'], ['10.0.0.1:80']],
    ['proxy-port-range', ['0-0', '1000-2000', '1000+5'], ['2000-1000', 'x']],
    ['cleanup', ['t'], ['ja']],
    ['conntrack-max-per-core', ['0', '32768'], ['all', '3000000000']],
    ['iptables-sync-period', ['30s'], ['30']],
    ['v', ['1'], ['loud']],
  ],
};

const etcdRows: readonly Row[] = [
  ['snapshot-count', ['10000', '0x10', '1_0'], ['many', '-1', '1.5', '']],
  ['log-level', ['debug', 'dpanic', 'fatal'], ['verbose', 'INFO']],
  ['logger', ['zap', 'capnslog'], ['klog']],
  ['auto-compaction-mode', ['periodic', 'revision'], ['hourly']],
  ['auto-compaction-retention', ['8', '8h', '0', '30m'], ['abc', '8d']],
  ['heartbeat-interval', ['100'], ['0', 'fast']],
  ['election-timeout', ['1000', '50000'], ['50001', '0', '-5']],
  ['pre-vote', ['true', '1', 'F'], ['yes']],
  ['grpc-keepalive-timeout', ['20s'], ['20', '1 m']],
  ['quota-backend-bytes', ['8589934592', '-1'], ['8G', '9223372036854775808']],
  ['initial-cluster-state', ['new'], ['old']],
  ['discovery-fallback', ['exit', 'proxy'], ['stop']],
  ['proxy', ['off'], ['maybe']],
  ['max-wals', ['0', '5'], ['five', '-1']],
  ['cipher-suites', [etcdRelease('3.4.23').value?.cipherSuiteFlags()['cipher-suites'] ?? ''], []],
];

/** The verdicts of the program on one row, beside those of the facts. */
async function confront(program: FlagProgram, minor: string, words: LastWords, [flag, good, bad]: Row): Promise<void> {
  const harmless = await words('');
  expect(harmless, `${program} says why it ends`).not.toBe(program === 'kube-proxy' ? '-' : '');
  for (const value of [...good, ...bad]) {
    const spoken = await words(`--${flag}=${value}`);
    const given = [
      { flag, value },
      { flag: 'audit-log-path', value: '-' },
    ];
    const ours = checkFlagValue(program, minor, { flag, value }, given) === undefined;
    const row = `${program} --${flag}=${value}: ${spoken}`;
    expect([row, spoken === harmless, ours]).toEqual([row, good.includes(value), good.includes(value)]);
  }
}

describe.skipIf(!kubernetesBuilt)('Kubernetes 1.20.2', () => {
  for (const [program, rows] of Object.entries(tables) as [FlagProgram, readonly Row[]][]) {
    const words = kubernetesPrograms[program];
    it.each(rows.map((row) => [row[0], row] as const))(`${program} --%s`, async (_, row) => {
      if (words) await confront(program, '1.20', words, row);
    });
  }
});

describe.skipIf(!kubernetesBuilt)('feature gates of Kubernetes 1.20.2', () => {
  const inside = (range: string | undefined): boolean =>
    range !== undefined && parseIntervals(range).some((interval) => contains(interval, '1.20'));

  it.each(Object.keys(tables))('are those that %s lists, alpha and beta', async (program) => {
    const { stdout, stderr } = await sh(join(kubernetes, program), ['--help']);
    const listed = [...`${stdout}${stderr}`.matchAll(/(\w+)=true\|false \((?:ALPHA|BETA) - default=(\w+)\)/g)];
    expect(listed.length).toBeGreaterThan(80);
    for (const [, name = '', on] of listed) {
      const fact = facts('feature-gates').gates[name];
      expect([name, inside(fact?.minors), inside(fact?.on), inside(fact?.locked)]).toEqual([
        name,
        true,
        on === 'true',
        false,
      ]);
    }
  });

  it('are accepted and refused as in the facts', async () => {
    const words = kubernetesPrograms['kube-controller-manager'];
    const harmless = await words?.('');
    const { gates } = facts('feature-gates');
    const stable = Object.entries(gates).filter(([, { minors, locked }]) => inside(minors) && inside(locked));
    const gone = Object.entries(gates).filter(([, { minors }]) => !inside(minors));
    const some = <T>(list: readonly T[]): T[] => list.filter((_, index) => index % Math.ceil(list.length / 12) === 0);
    const tried = [
      ...some(stable).flatMap(([name, { on }]) => [`${name}=${inside(on)}`, `${name}=${!inside(on)}`]),
      ...some(gone).map(([name]) => `${name}=true`),
      'NoSuchGate=true',
      'AllAlpha=false',
      'AllBeta=true',
    ];
    for (const gate of tried) {
      const [name = '', on] = gate.split('=');
      const ours = checkFeatureGate('kube-controller-manager', '1.20', name, on === 'true') === undefined;
      const spoken = await words?.(`--feature-gates=${gate}`);
      expect([gate, spoken, spoken === harmless]).toEqual([gate, spoken, ours]);
    }
  });
});

describeReferee('etcd 3.4', { tools: { etcd: 'etcd-server' } }, () => {
  const words: LastWords = async (argument) => {
    const nowhere = 'http://127.0.0.1:0';
    const urls = ['listen-client-urls', 'advertise-client-urls', 'listen-peer-urls', 'initial-advertise-peer-urls'];
    // Everything is read before the log of transactions cannot be made, and that ends it.
    const ending = [
      ...urls.map((flag) => `--${flag}=${nowhere}`),
      `--initial-cluster=default=${nowhere}`,
      `--data-dir=${tempDir('etcd-flags')}`,
      '--wal-dir=/dev/null/wal',
    ];
    const { stdout, stderr } = await sh('etcd', argument === '' ? ending : [...ending, argument], {
      timeoutMs: 60_000,
    });
    return /mkdir \/dev\/null: not a directory/.test(stdout + stderr) ? 'reached the end' : `${stdout}${stderr}`;
  };
  it.each(etcdRows.map((row) => [row[0], row] as const))('--%s', async (_, row) => {
    await confront('etcd', '3.4', words, row);
  });
});
