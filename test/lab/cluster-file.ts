/** The cluster file that the lab boots: the user's, with changes for this kind of machine, each of which is printed. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Document, parseDocument } from 'yaml';
import type { Cluster } from '../../src/model/cluster.ts';
import { seedDir } from './paths.ts';

/** The images of a cluster, as `docker save` writes them. */
export const imagesFile = 'images.tar';

export interface LabFile {
  readonly text: string;
  /** The change, in words. */
  readonly changes: readonly string[];
}

const seed = (name: string): string => readFileSync(join(seedDir, name), 'utf8');

/** The nodes' network as the cluster file has it; without one the /24 of the first master. */
export function networkOf({ spec, masters }: Cluster): { readonly gateway: string; readonly network: string } {
  const { gateway, cidr } = spec.network.host;
  const net = (masters[0]?.address ?? '').split('.').slice(0, 3).join('.');
  return { gateway: gateway ?? `${net}.254`, network: cidr ?? `${net}.0/24` };
}

export interface Surroundings {
  readonly mirrors: readonly string[];
  readonly imagesSha256: string;
  /** A machine with its own kernel needs fewer changes. */
  readonly ownKernel: boolean;
  /** The lab's own address on the nodes' network, and that network. */
  readonly gateway: string;
  readonly network: string;
}

/** Paths of the file's `source`s stay relative to its own folder. */
export function labFile(original: string, cluster: Cluster, around: Surroundings): LabFile {
  const { mirrors, imagesSha256, ownKernel } = around;
  const file = parseDocument(original);
  const changes: string[] = [];
  const set = (path: readonly (string | number)[], value: unknown, why: string): void => {
    if (value === undefined) file.deleteIn(path);
    else file.setIn(path, file.createNode(value));
    changes.push(`${path.join('.')}: ${value === undefined ? 'gone' : JSON.stringify(value)} (${why})`);
  };
  set(['os', 'family'], 'debian', 'the nodes are Debian 12');
  set(['artifacts', 'mirrors'], mirrors, 'the lab’s mirror, and one that is up when the first is not');
  set(['artifacts', 'upstream'], false, 'no way out of the lab');
  if (cluster.spec.artifacts.images === 'mirror') set(['artifacts', 'images'], 'registry', 'lab-images has them');
  if (!ownKernel) sharedKernel(set, cluster);
  const image = { name: 'lab-images', version: '1', file: imagesFile, sha256: imagesSha256, format: 'image' };
  append(file, ['artifacts', 'extra'], { ...image, roles: ['master', 'worker'], pools: poolNames(file) });
  changes.push('artifacts.extra: lab-images (all images in one file; no registry in the lab)');
  hostNetwork(file, set, around);
  if (file.getIn(['network', 'provider']) === 'external') ownCni(file, changes);
  return { text: file.toString(), changes };
}

type SetIn = (path: readonly (string | number)[], value: unknown, why: string) => void;

function sharedKernel(set: SetIn, { kubernetes, spec }: Cluster): void {
  const kubeProxy = ['kubernetes', 'kubeProxy'];
  set([...kubeProxy, 'mode'], 'iptables', 'no ip_vs in this kernel');
  set([...kubeProxy, 'extraConfig', 'conntrack'], { maxPerCore: 0 }, 'nf_conntrack_max is the host’s');
  const eviction = { 'memory.available': '50Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' };
  set(['kubernetes', 'kubelet', 'evictionHard'], eviction, 'the host’s disk and memory are not the node’s');
  set(['kubernetes', 'kubelet', 'imageGCHighThresholdPercent'], 100, 'the same');
  if (kubernetes.refusesCgroupV1() && existsSync('/sys/fs/cgroup/cpuset'))
    set(['kubernetes', 'kubelet', 'extraConfig', 'failCgroupV1'], false, 'this kernel has cgroup v1');
  spec.dataDisks.forEach((disk, index) => {
    if (disk.device === undefined)
      set(
        ['dataDisks', index, 'device'],
        `/dev/vd${'bcdefg'[index]}`,
        'no udev: neither serial numbers nor names by id',
      );
    if (disk.serial !== undefined) set(['dataDisks', index, 'serial'], undefined, 'the same');
    if (disk.id !== undefined) set(['dataDisks', index, 'id'], undefined, 'the same');
    if (disk.filesystem === 'xfs' && !/\txfs$/m.test(readFileSync('/proc/filesystems', 'utf8')))
      set(['dataDisks', index, 'filesystem'], 'ext4', 'this kernel has no xfs');
  });
}

/** Nodes get static addresses; a file that leaves them to DHCP gets the /24 of its first master. */
function hostNetwork(file: Document, set: SetIn, { gateway, network }: Surroundings): void {
  if (file.getIn(['network', 'host', 'gateway']) !== undefined) {
    // Without netplan cloud-init's renderers know no patterns.
    set(['network', 'host', 'interface'], 'eth0', 'the nodes have no netplan, which a pattern needs');
    return;
  }
  set(['network', 'host'], { cidr: network, gateway, interface: 'eth0' }, 'the lab has no DHCP');
}

function ownCni(file: Document, changes: string[]): void {
  const roles = ['master', 'worker'];
  append(file, ['extraFiles'], { path: '/usr/local/sbin/lab-cni', mode: '0755', content: seed('lab-cni'), roles });
  append(file, ['extraUnits'], { name: 'lab-cni.service', content: seed('lab-cni.service'), roles });
  changes.push('extraFiles, extraUnits: lab-cni (the CNI that `network.provider: external` asks for)');
}

function poolNames(file: Document): string[] {
  return Object.keys((file.toJS() as { nodes: { pools?: object } }).nodes.pools ?? {});
}

function append(file: Document, path: readonly string[], value: object): void {
  if (file.getIn(path) === undefined) file.setIn(path, file.createNode([]));
  file.addIn(path, file.createNode(value));
}
