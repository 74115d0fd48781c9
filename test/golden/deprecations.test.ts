/** Over every minor: a program gets nothing deprecated if it knows a newer form. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse as parseToml } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Cluster } from '../../src/model/cluster.ts';
import { fieldIsDeprecated } from '../../src/release/config-fields.ts';
import { facts } from '../../src/release/facts.ts';
import { knownMinors } from '../../src/release/minors.ts';
import { successorOf } from '../../src/release/successors.ts';
import { deprecatedFlags, flagsOf, type Program, parseUnitExec } from '../oracle/oracle.ts';
import { clusterOf } from '../support/cluster-text.ts';
import { contentOf, renderUnlocked, type UnlockedNode } from '../support/render-unlocked.ts';

const kubernetesPrograms = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
] as const;
const programs: readonly Program[] = [...kubernetesPrograms, 'etcd', 'flanneld'];

interface Exception {
  readonly flags: string;
  /** First and last minor in which the flag is deprecated and rendered. */
  readonly minors: readonly [number, number];
  readonly reason: string;
}

const exceptions: readonly Exception[] = [
  {
    flags: 'kube-apiserver --insecure-port',
    minors: [16, 19],
    reason: 'without it an unprotected port is open, and no other form shuts it',
  },
  {
    flags: 'kube-controller-manager --port',
    minors: [16, 21],
    reason: 'without it an unprotected port is open, and no other form shuts it',
  },
  {
    flags: 'kube-scheduler --port',
    minors: [16, 22],
    reason: 'without it an unprotected port is open; a file before 1.23 takes flags of leader election out of force',
  },
  {
    flags: 'kube-scheduler --kubeconfig',
    minors: [16, 22],
    reason: 'a file before 1.23 takes flags of leader election out of force',
  },
  {
    flags: 'kube-scheduler --profiling',
    minors: [16, 22],
    reason: 'a file before 1.23 takes flags of leader election out of force',
  },
  ...['network-plugin', 'cni-bin-dir', 'cni-conf-dir'].map(
    (flag): Exception => ({ flags: `kubelet --${flag}`, minors: [21, 23], reason: 'dockershim knows no other form' }),
  ),
];

const step = (version: string) => Number(version.split('.')[1]);

function rendered(cluster: Cluster): readonly UnlockedNode[] {
  const roles = new Map(cluster.nodes.map((node) => [node.role, node]));
  return [...roles.values()].map((node) => renderUnlocked(cluster, node));
}

function clusterOn(minor: string, type: 'containerd' | 'docker'): Cluster {
  const version = facts('kubernetes-minors').minors[minor]?.kubernetes ?? '';
  const nodes = {
    masters: [{ address: '10.0.0.11' }],
    workers: [{ address: '10.0.0.21', taints: [{ key: 'example.com/web', value: 'yes', effect: 'NoExecute' }] }],
    etcd: [{ address: '10.0.0.31' }],
  };
  // docker gets its bridge from flannel if the subnets are in etcd, and a CNI network if they are in Kubernetes.
  const store = type === 'docker' ? 'kubernetes' : 'etcd';
  return clusterOf({ nodes, kubernetes: { version }, containerRuntime: { type }, network: { flannel: { store } } });
}

/** `kubelet --max-pods`, for every deprecated flag on a command line of the node. */
function deprecatedOn(node: UnlockedNode, versions: Cluster['versions']): readonly string[] {
  return programs.flatMap((program) => {
    const unit = contentOf(node, `/etc/systemd/system/${program}.service`);
    if (unit === undefined) return [];
    const version = { etcd: versions.etcd, flanneld: versions.flannel }[program as string] ?? versions.kubernetes;
    const found = deprecatedFlags(program, version, parseUnitExec(unit)[0]?.argv ?? []);
    return found.map((text) => `${program} ${/--[\w-]+/.exec(text)?.[0]}`);
  });
}

const runtimes = ['containerd', 'docker'] as const;
const met = new Set<string>();

describe.each(knownMinors())('Kubernetes %s', (minor) => {
  it.each(runtimes)('%s: no deprecated flag, except those with a reason', (runtime) => {
    const cluster = clusterOn(minor, runtime);
    const excused = exceptions.filter(({ minors: [first, last] }) => first <= step(minor) && step(minor) <= last);
    for (const node of rendered(cluster)) {
      const found = deprecatedOn(node, cluster.versions);
      for (const flag of found) met.add(`${flag} ${step(minor)}`);
      expect(
        found.filter((flag) => !excused.some(({ flags }) => flags === flag)),
        node.plan.node.name,
      ).toEqual([]);
    }
  });

  it.each(runtimes)('%s: files of the newest version, and no field without effect', (runtime) => {
    const cluster = clusterOn(minor, runtime);
    for (const node of rendered(cluster)) {
      for (const kind of ['KubeletConfiguration', 'KubeProxyConfiguration'] as const) {
        const path = `/etc/kubernetes/${kind === 'KubeletConfiguration' ? 'kubelet' : 'kube-proxy'}.yaml`;
        const fields = Object.keys(parse(contentOf(node, path) ?? '{}') as object);
        expect(fields.filter((field) => fieldIsDeprecated(kind, minor, field))).toEqual([]);
      }
      const scheduler = contentOf(node, '/etc/kubernetes/kube-scheduler.yaml');
      const newest = cluster.kubernetes.schedulerConfigApiVersion();
      if (scheduler !== undefined) expect(parse(scheduler)).toMatchObject({ apiVersion: newest });
      const toml = contentOf(node, '/etc/containerd/config.toml');
      if (toml !== undefined) expect(parseToml(toml).version).toBe(cluster.containerd.configVersion());
    }
  });

  it.each(kubernetesPrograms)('%s: everything deprecated has a successor', (program) => {
    const deprecated = [...flagsOf(program, minor)].flatMap(([flag, fact]) => (fact.deprecated ? [flag] : []));
    const unanswered = deprecated.filter((flag) => {
      const successor = successorOf(program, minor, flag);
      return successor === undefined || ('instead' in successor && successor.instead === 'remove it');
    });
    expect(unanswered).toEqual([]);
  });
});

it('every exception is needed in its first and its last minor', () => {
  const needless = exceptions.filter(({ flags, minors }) => minors.some((one) => !met.has(`${flags} ${one}`)));
  expect(needless).toEqual([]);
});

it('no unit has a setting that some systemd ignores', () => {
  const { removed, values } = JSON.parse(
    readFileSync(fileURLToPath(new URL('../oracle/systemd.json', import.meta.url)), 'utf8'),
  ) as { removed: Record<string, string>; values: Record<string, string[]> };
  const folder = fileURLToPath(new URL('../../templates/cloud-init/etc/systemd/system/', import.meta.url));
  for (const name of readdirSync(folder)) {
    const settings = [...readFileSync(`${folder}${name}`, 'utf8').matchAll(/^(\w+)=(.*)$/gm)];
    const ignored = settings.filter(([, key = '', value = '']) => key in removed || values[key]?.includes(value));
    expect(
      ignored.map(([line]) => line),
      name,
    ).toEqual([]);
  }
});
