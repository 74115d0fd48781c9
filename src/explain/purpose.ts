import type { ArtifactNeed } from '../component/contract.ts';
import { osContribution, osPackages } from '../component/machine/os.ts';
import type { NodePlan } from '../component/plan.ts';
import { components } from '../component/plan-node.ts';

/** Why a component is on a node, as `knode explain` tells it. A test holds that every component has its row. */
export const purposes: Readonly<Record<string, string>> = {
  approval: 'approves certificates, and sets labels and taints, by the passports that nodes show',
  artifacts: 'downloads the programs, and puts in place only what matches the lock',
  audit: 'records who did what to which object of the API',
  bootstrap: 'applies access rules and add-ons, from any master',
  cni: 'gives pods their network interface',
  'container-images': 'imports container images from files, and again when kubelet has removed them',
  containerd: 'runs the containers',
  'data-disk': 'finds, formats (only when empty) and mounts the data disks',
  docker: 'runs the containers',
  encryption: 'encrypts Secrets before they are stored in etcd',
  etcd: 'keeps the state of the cluster',
  'etcd-founding': 'the right to found the etcd cluster, with its end',
  extras: 'your own files and units',
  flannel: 'connects the pods of all nodes',
  'host-network': 'keeps the system’s own network programs away from the pods’ devices',
  identity: 'tells units and scripts the name and address of this node, and what they must know of the cluster',
  kernel: 'loads kernel modules and sets kernel settings, swap, firewall and SELinux',
  'kube-apiserver': 'serves the Kubernetes API',
  'kube-controller-manager': 'runs the controllers, and signs the certificates of kubelets',
  'kube-proxy': 'sends the traffic of Services to their pods',
  'kube-scheduler': 'places pods on nodes',
  kubelet: 'runs the pods of this node',
  'kubelet-bootstrap': 'lets a new kubelet ask for its certificate',
  'load-balancer': 'spreads requests to the API over the masters',
  'metadata-service': 'keeps pods from the cloud’s metadata service, which shows the user-data',
  os: 'host names, journal, locale and proxy of the system',
  packages: 'installs the packages that the node needs, and yours',
  'own-artifacts': 'your own programs and images, pinned like the others',
  passport: 'shows the API server who this node is, signed by your state',
  'pod-security': 'tells the API server which pods it refuses',
  ready: 'starts everything at boot, and tells when the node does its job',
  trust: 'the authorities that the programs of the node trust',
};

/** The components that ask for an artifact or a package: `artifact etcd`, `package curl`. */
export function askers({ cluster, node, artifacts }: NodePlan): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  const add = (what: string, component: string) => found.set(what, [...(found.get(what) ?? []), component]);
  const own = cluster.spec.os.packages;
  for (const { name, contribute } of [...components, { name: 'os', contribute: osContribution }]) {
    const contribution = contribute({ cluster, node });
    for (const need of contribution?.artifacts ?? []) add(artifactKey(need), name);
    for (const one of osPackages(cluster, contribution?.packages ?? [])) add(`package ${one}`, name);
  }
  if (artifacts.length > 0) for (const one of osPackages(cluster, ['curl'])) add(`package ${one}`, 'artifacts');
  for (const one of own) add(`package ${one}`, 'os');
  return found;
}

export function artifactKey(need: ArtifactNeed): string {
  return `artifact ${need.name}`;
}
