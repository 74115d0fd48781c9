import { parse as parseToml } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { readCluster } from '../../src/component/read-cluster.ts';
import type { Cluster } from '../../src/model/cluster.ts';
import { knownMinors } from '../../src/release/minors.ts';
import { kubernetesRelease } from '../../src/release/program/kubernetes-release.ts';
import * as oracle from '../oracle/configs.ts';
import {
  checkConfigFields,
  checkDockerDaemonJson,
  checkFlags,
  mandatory,
  mandatoryConfigFields,
  type Program,
  parseUnitExec,
} from '../oracle/oracle.ts';
import { clusterOf, clusterText } from '../support/cluster-text.ts';
import { contentOf, renderUnlocked, type UnlockedNode } from '../support/render-unlocked.ts';

type Runtime = 'docker' | 'containerd';
type Versions = Pick<Cluster['versions'], 'kubernetes' | 'etcd' | 'flannel' | 'docker' | 'containerd'>;

/** One node of every role, separately, so that each has only its own files. */
const roles = {
  apiEndpoint: { address: '10.0.0.10', loadBalancer: { type: 'balancer' } },
  nodes: {
    masters: [{ address: '10.0.0.11', labels: { 'topology.kubernetes.io/zone': 'a', 'example.com/tier': 'gold' } }],
    workers: [
      {
        address: '10.0.0.21',
        labels: { 'node-role.kubernetes.io/web': '', 'node.kubernetes.io/pool': 'web', 'example.com/tier': 'tin' },
        taints: [{ key: 'example.com/web', value: 'yes', effect: 'NoExecute' }],
      },
    ],
    etcd: [{ address: '10.0.0.31' }],
    balancers: [{ address: '10.0.0.10', name: 'lb1' }],
  },
};

const kubernetesPrograms = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'kube-proxy'];

function argvOf(node: UnlockedNode, program: string): readonly string[] | undefined {
  const unit = contentOf(node, `/etc/systemd/system/${program}.service`);
  return unit === undefined ? undefined : (parseUnitExec(unit)[0]?.argv ?? []);
}

function flag(argv: readonly string[], name: string): string | undefined {
  return argv.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
}

const step = (version: string) => Number(version.split('.')[1]);

/** Flags of every program: known, of their type, once; and those that must be there. */
function programProblems(node: UnlockedNode, versions: Versions, runtime: Runtime): string[] {
  return [...kubernetesPrograms, 'etcd', 'flanneld'].flatMap((name) => {
    const program = name as Program;
    const argv = argvOf(node, program);
    if (argv === undefined) return [];
    const version = { etcd: versions.etcd, flanneld: versions.flannel }[name] ?? versions.kubernetes;
    const missing = mandatory(program, version, runtime).filter((one) => flag(argv, one) === undefined);
    // etcd has feature gates of its own.
    const gates = name === 'etcd' ? [] : (flag(argv, 'feature-gates') ?? '').split(',').filter((gate) => gate !== '');
    const plugins = ['enable', 'disable'].flatMap((list) => flag(argv, `${list}-admission-plugins`)?.split(',') ?? []);
    return [
      ...checkFlags(program, version, argv),
      ...missing.map((one) => `${program} ${version} must be given --${one}`),
      ...oracle.checkFeatureGates(
        versions.kubernetes,
        gates.map((gate) => gate.split('=')[0]!),
      ),
      ...oracle.checkPlugins(versions.kubernetes, plugins),
      ...portProblems(program, versions.kubernetes, argv),
    ].map((problem) => `${program}.service: ${problem}`);
  });
}

/** Unprotected ports that are open unless they are shut (changelogs of 1.20, 1.22 and 1.23). */
function portProblems(program: string, version: string, argv: readonly string[]): string[] {
  const [name, last] =
    {
      'kube-apiserver': ['insecure-port', 19],
      'kube-controller-manager': ['port', 21],
      'kube-scheduler': ['port', 22],
    }[program] ?? [];
  if (name === undefined || step(version) > Number(last)) return [];
  return flag(argv, String(name)) === '0' ? [] : [`${program} ${version} would serve an unprotected port`];
}

/** Every object in a YAML file under /etc/kubernetes and /etc/knode/manifests, and the requirements of its kind. */
function objectProblems(node: UnlockedNode, version: string): string[] {
  const files = node.files.filter((one) =>
    /^\/etc\/(kubernetes\/[^/]+\.(yaml|kubeconfig)|knode\/manifests\/.*)$/.test(one.path),
  );
  return files.flatMap((file) => {
    const objects = [parseAllDocuments(file.content)]
      .flat()
      .map((document) => document.toJS() as Record<string, never>);
    const found = objects.flatMap((object) => {
      const { kind } = object as { kind?: unknown };
      const problems = oracle.checkApiVersion(version, object);
      if (kind !== 'KubeletConfiguration' && kind !== 'KubeProxyConfiguration') return problems;
      problems.push(...checkConfigFields(kind, version, object));
      for (const field of mandatoryConfigFields(kind, version))
        if (!(field in object)) problems.push(`${kind} ${version} must have ${field}`);
      problems.push(...oracle.checkFeatureGates(version, Object.keys(object.featureGates ?? {})));
      if (kind === 'KubeProxyConfiguration') problems.push(...oracle.checkProxyMode(version, object.mode));
      return problems;
    });
    return found.map((problem) => `${file.path}: ${problem}`);
  });
}

/** kubelet and its runtime find each other, and agree about cgroups. */
function runtimeProblems(node: UnlockedNode, versions: Versions, runtime: Runtime): string[] {
  const argv = argvOf(node, 'kubelet');
  const config = parse(contentOf(node, '/etc/kubernetes/kubelet.yaml') ?? '{}') as Record<string, unknown>;
  if (argv === undefined) return [];
  const problems: string[] = [];
  const shim = runtime === 'containerd' ? 'containerd' : step(versions.kubernetes) < 24 ? undefined : 'cri-dockerd';
  const sockets = {
    containerd: 'unix:///run/containerd/containerd.sock',
    'cri-dockerd': 'unix:///run/cri-dockerd.sock',
  };
  const want = shim === undefined ? undefined : sockets[shim];
  const endpoint = flag(argv, 'container-runtime-endpoint') ?? config.containerRuntimeEndpoint;
  if (endpoint !== want) problems.push(`kubelet.service: kubelet looks for its runtime at ${endpoint}, not ${want}`);
  if (shim !== undefined && argvOf(node, shim) === undefined) problems.push(`${shim}.service is missing`);
  if (shim !== 'cri-dockerd' && argvOf(node, 'cri-dockerd') !== undefined)
    problems.push('cri-dockerd.service is there, though kubelet speaks to docker itself');
  return [...problems, ...(runtime === 'docker' ? dockerProblems : containerdProblems)(node, versions, config)];
}

function dockerProblems(node: UnlockedNode, { docker }: Versions, kubelet: Record<string, unknown>): string[] {
  const daemon = JSON.parse(contentOf(node, '/etc/docker/daemon.json') ?? '{}') as Record<string, unknown>;
  const driver = (daemon['exec-opts'] as string[] | undefined)?.[0];
  const agrees = driver === `native.cgroupdriver=${kubelet.cgroupDriver}`;
  return [
    ...checkDockerDaemonJson(docker, daemon),
    ...(agrees ? [] : [`docker has ${driver}, kubelet ${kubelet.cgroupDriver}`]),
  ].map((problem) => `/etc/docker/daemon.json: ${problem}`);
}

/** The plugins that own the settings, as test/oracle/containerd.json has them. */
const criPlugins: Readonly<Record<number, readonly string[]>> = {
  2: ['io.containerd.grpc.v1.cri'],
  3: ['io.containerd.cri.v1.runtime', 'io.containerd.cri.v1.images'],
  4: ['io.containerd.cri.v1.runtime', 'io.containerd.cri.v1.images'],
};

function containerdProblems(node: UnlockedNode, { containerd }: Versions, kubelet: Record<string, unknown>): string[] {
  const config = parseToml(contentOf(node, '/etc/containerd/config.toml') ?? '') as {
    version: number;
    plugins: Record<string, Record<string, Record<string, Record<string, Record<string, Record<string, unknown>>>>>>;
  };
  const version = containerd.startsWith('1.') ? 2 : step(containerd) < 3 ? 3 : 4;
  const problems = config.version === version ? [] : [`containerd ${containerd} reads version ${version}`];
  const plugins = criPlugins[version]!;
  for (const plugin of Object.keys(config.plugins))
    if (!plugins.includes(plugin)) problems.push(`containerd ${containerd} has no plugin ${plugin}`);
  const systemd = config.plugins[plugins[0]!]?.containerd?.runtimes?.runc?.options?.SystemdCgroup;
  if (systemd !== (kubelet.cgroupDriver === 'systemd')) problems.push('containerd and kubelet disagree about cgroups');
  const sandbox =
    version === 2 ? config.plugins[plugins[0]!]?.sandbox_image : config.plugins[plugins[1]!]?.pinned_images?.sandbox;
  if (!/\/pause:3\.\d+/.test(String(sandbox))) problems.push(`the sandbox image is ${sandbox}`);
  return problems.map((problem) => `/etc/containerd/config.toml: ${problem}`);
}

/** Labels and taints that kubelet sets, and those that masters set. */
function markProblems(node: UnlockedNode, version: string): string[] {
  const env = contentOf(node, '/etc/knode/node.env') ?? '';
  const listed = /^NODE_LABELS="(.*)"$/m.exec(env)?.[1] ?? '';
  const keys = listed
    .split(',')
    .filter((label) => label !== '')
    .map((label) => label.split('=')[0]!);
  const problems = oracle.checkKubeletLabels(version, keys).map((problem) => `/etc/knode/node.env: ${problem}`);
  const list = contentOf(node, '/etc/knode/nodes.list');
  if (list === undefined) return problems;
  const words = (list.split('\n').find((line) => line.startsWith('prod-m1 ')) ?? '').split(' ');
  const role = (word: string) => /^(label|taint)=(node-role\.kubernetes\.io\/[^=]+)/.exec(word);
  const found = words.flatMap((word) => role(word)?.slice(1, 3).join(' ') ?? []).sort();
  const { labels, taints } = oracle.controlPlaneMarks(version);
  const want = [...labels.map((key) => `label ${key}`), ...taints.map((key) => `taint ${key}`)].sort();
  if (found.join() !== want.join()) problems.push(`/etc/knode/nodes.list: prod-m1 gets ${found}, not ${want}`);
  // The worker's role label may not be set by its kubelet.
  if (!/^prod-w1 .*label=node-role\.kubernetes\.io\/web=/m.test(list))
    problems.push('/etc/knode/nodes.list: no label web');
  return problems;
}

function problemsOf(cluster: Cluster, runtime: Runtime): string[] {
  const { versions } = cluster;
  return cluster.nodes.flatMap((one) => {
    const node = renderUnlocked(cluster, one);
    return [
      ...programProblems(node, versions, runtime),
      ...objectProblems(node, versions.kubernetes),
      ...runtimeProblems(node, versions, runtime),
      ...markProblems(node, versions.kubernetes),
    ].map((problem) => `${one.role} ${problem}`);
  });
}

describe.each(knownMinors())('Kubernetes %s', (minor) => {
  const version = kubernetesRelease(minor).value?.defaults().kubernetes ?? '';
  const modes = oracle.proxyModes(version);
  const cases = (['docker', 'containerd'] as const).flatMap((runtime) => modes.map((mode) => [runtime, mode] as const));

  it.each(cases)('%s, kube-proxy %s: every role gets what its versions accept', (runtime, mode) => {
    // Both stores in every minor, with either runtime.
    const store = (modes.indexOf(mode) + (runtime === 'docker' ? 0 : 1)) % 2 === 0 ? 'etcd' : 'kubernetes';
    const cluster = clusterOf({
      ...roles,
      kubernetes: { version, kubeProxy: { mode } },
      containerRuntime: { type: runtime },
      network: { flannel: { store } },
    });
    const found = problemsOf(cluster, runtime);
    expect(found.map((problem) => `Kubernetes ${version}, ${runtime}, ${mode}, ${problem}`)).toEqual([]);
  });

  it('every role runs its programs', () => {
    const cluster = clusterOf({ ...roles, kubernetes: { version } });
    const programs = (role: string) => {
      const node = renderUnlocked(cluster, cluster.nodes.find((one) => one.role === role)!);
      return [...kubernetesPrograms, 'etcd', 'flanneld'].filter((program) => argvOf(node, program) !== undefined);
    };
    expect(programs('master')).toEqual([...kubernetesPrograms, 'flanneld']);
    expect(programs('worker')).toEqual(['kubelet', 'kube-proxy', 'flanneld']);
    expect(programs('etcd')).toEqual(['etcd']);
    expect(programs('balancer')).toEqual([]);
  });
});

const etcds = ['3.3.15', '3.3.27', '3.4.3', '3.4.34', '3.5.3', '3.5.33', '3.6.0', '3.6.14'];
const flannels = [
  '0.11.0',
  '0.12.0',
  '0.13.0',
  '0.14.1',
  '0.15.1',
  '0.16.3',
  '0.17.0',
  '0.18.0',
  '0.19.2',
  '0.20.2',
  '0.21.5',
];
const laterFlannels = ['0.22.3', '0.23.0', '0.24.4', '0.25.7', '0.26.7', '0.27.4', '0.28.9'];
const pairs = etcds.flatMap((etcd) => [...flannels, ...laterFlannels].map((flannel) => [etcd, flannel] as const));

describe('flannel in etcd', () => {
  it.each(pairs)('etcd %s with flannel %s', (etcd, flannel) => {
    // The v2 API: on in 3.3, off by default in 3.4 and 3.5, gone in 3.6; flannel to 0.17 supports no other.
    const old = step(flannel) <= 17;
    const over = {
      kubernetes: { version: '1.22.15' },
      etcd: { version: etcd },
      network: { flannel: { version: flannel, store: 'etcd' } },
    };
    const { value, diagnostics } = readCluster(clusterText(over), 'cluster.yaml');
    const refusals = diagnostics.filter((one) => one.severity === 'error').map((one) => one.code);
    expect(refusals).toEqual(old && step(etcd) >= 6 ? ['pair-flannel-etcd-api'] : []);
    if (value === undefined) return;
    const { cluster } = value;
    const [master] = cluster.masters;
    const node = renderUnlocked(cluster, master!);
    expect(programProblems(node, cluster.versions, 'containerd')).toEqual([]);
    const wantsV2 = old && (etcd.startsWith('3.4.') || etcd.startsWith('3.5.'));
    expect(flag(argvOf(node, 'etcd') ?? [], 'enable-v2')).toBe(wantsV2 ? 'true' : undefined);
    expect(contentOf(node, '/etc/knode/cluster.env')).toContain(`KNODE_FLANNEL_API="${old ? 'v2' : 'v3'}"\n`);
  });
});

describe('flannel in Kubernetes', () => {
  it.each([...flannels, ...laterFlannels])('flannel %s', (flannel) => {
    const cluster = clusterOf({
      network: { flannel: { version: flannel } },
      kubernetes: { kubeProxy: { mode: 'nftables' } },
    });
    const node = renderUnlocked(cluster, cluster.workers[0]!);
    expect(programProblems(node, cluster.versions, 'containerd')).toEqual([]);
    const config = JSON.parse(contentOf(node, '/etc/kube-flannel/net-conf.json') ?? '{}') as Record<string, unknown>;
    expect('EnableNFTables' in config).toBe(step(flannel) >= 25);
  });
});
