/** The cluster file that the lab boots: the user's, with what this kind of machine asks for, each change said aloud. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Document, parseDocument } from 'yaml';
import { seedDir } from './paths.ts';

/** Pause and test image, as `docker save` writes them. */
export const imagesFile = 'images.tar';

export interface LabFile {
  readonly text: string;
  /** In words, what was changed. */
  readonly changes: readonly string[];
}

const seed = (name: string): string => readFileSync(join(seedDir, name), 'utf8');

/** Paths of the file's `source`s stay relative to its own folder. A machine with its own kernel needs fewer changes. */
export function labFile(
  original: string,
  mirrors: readonly string[],
  imagesSha256: string,
  ownKernel: boolean,
): LabFile {
  const file = parseDocument(original);
  const changes: string[] = [];
  const set = (path: readonly (string | number)[], value: unknown, why: string): void => {
    file.setIn(path, file.createNode(value));
    changes.push(`${path.join('.')}: ${JSON.stringify(value)} (${why})`);
  };
  set(['os', 'family'], 'debian', 'the nodes are Debian 12');
  set(['artifacts', 'mirrors'], mirrors, 'the lab’s mirror, and one that is up when the first is not');
  set(['artifacts', 'upstream'], false, 'no way out of the lab');
  if (!ownKernel) sharedKernel(set);
  const image = { name: 'lab-images', version: '1', file: imagesFile, sha256: imagesSha256, format: 'image' };
  append(file, ['artifacts', 'extra'], { ...image, roles: ['master', 'worker'], pools: poolNames(file) });
  changes.push('artifacts.extra: lab-images (pause and test image in one file; no registry in the lab)');
  hostNetwork(file, set);
  if (file.getIn(['network', 'provider']) === 'external') ownCni(file, changes);
  return { text: file.toString(), changes };
}

type SetIn = (path: readonly (string | number)[], value: unknown, why: string) => void;

function sharedKernel(set: SetIn): void {
  const kubeProxy = ['kubernetes', 'kubeProxy'];
  set([...kubeProxy, 'mode'], 'iptables', 'no ip_vs in this kernel');
  set([...kubeProxy, 'extraConfig', 'conntrack'], { maxPerCore: 0 }, 'nf_conntrack_max is the host’s');
  const eviction = { 'memory.available': '50Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' };
  set(['kubernetes', 'kubelet', 'evictionHard'], eviction, 'the host’s disk and memory are not the node’s');
  set(['kubernetes', 'kubelet', 'imageGCHighThresholdPercent'], 100, 'the same');
}

/** Nodes get static addresses; a file that leaves them to DHCP gets the /24 of its first master. */
function hostNetwork(file: Document, set: SetIn): void {
  if (file.getIn(['network', 'host', 'gateway']) !== undefined) {
    // Without netplan cloud-init's renderers know no patterns.
    set(['network', 'host', 'interface'], 'eth0', 'the nodes have no netplan, which a pattern needs');
    return;
  }
  const first = String(file.getIn(['nodes', 'masters', 0, 'address']));
  const net = first.split('.').slice(0, 3).join('.');
  set(['network', 'host'], { cidr: `${net}.0/24`, gateway: `${net}.254`, interface: 'eth0' }, 'the lab has no DHCP');
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
