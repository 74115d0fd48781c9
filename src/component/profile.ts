import type { DataPath } from '../base/diagnostic.ts';
import { applyManifests } from './addon/apply-manifests.ts';
import { approval } from './addon/approval.ts';
import { podSecurity } from './addon/pod-security.ts';
import type { Merged } from './build/merged.ts';
import type { Component, NodeContext } from './context.ts';
import type { Contribution } from './contract.ts';
import { audit } from './control-plane/audit.ts';
import { encryption } from './control-plane/encryption.ts';
import { etcd } from './control-plane/etcd.ts';
import { etcdFounding } from './control-plane/etcd-founding.ts';
import { kubeApiserver } from './control-plane/kube-apiserver.ts';
import { kubeControllerManager } from './control-plane/kube-controller-manager.ts';
import { kubeScheduler } from './control-plane/kube-scheduler.ts';
import { loadBalancer } from './control-plane/load-balancer.ts';
import { artifactsContribution } from './machine/artifacts.ts';
import { containerImages } from './machine/container-images.ts';
import { dataDisk } from './machine/data-disk.ts';
import { extras } from './machine/extras.ts';
import { hostNetwork } from './machine/host-network.ts';
import { clusterEnvContribution, identity } from './machine/identity.ts';
import { kernelContribution } from './machine/kernel.ts';
import { metadataService } from './machine/metadata-service.ts';
import { osContribution } from './machine/os.ts';
import { ownArtifacts } from './machine/own-artifacts.ts';
import { packagesContribution } from './machine/packages.ts';
import { passport } from './machine/passport.ts';
import { ready, targetContribution } from './machine/ready.ts';
import { trust } from './machine/trust.ts';
import { cni } from './network/cni.ts';
import { flannel } from './network/flannel.ts';
import { kubeProxy } from './network/kube-proxy.ts';
import { containerd } from './runtime/containerd.ts';
import { docker } from './runtime/docker.ts';
import { kubelet } from './worker/kubelet.ts';
import { kubeletBootstrap } from './worker/kubelet-bootstrap.ts';

/** Contributes from the requests of all components, once they are known. */
interface Collector {
  readonly name: string;
  readonly purpose: string;
  contribute(context: NodeContext, merged: Merged): Contribution;
}

/** A named list of components: one way to make a node. */
export interface Profile {
  readonly name: string;
  /** In the order of the first boot (docs/first-boot.md). */
  readonly components: readonly Component[];
  /** Each sees the requests of the components and of the collectors before it. */
  readonly collectors: readonly Collector[];
}

/** Every program of Kubernetes is a systemd unit. A new component is one file and one row here. */
const systemdComponents: readonly Component[] = [
  identity,
  hostNetwork,
  metadataService,
  dataDisk,
  trust,
  etcd,
  etcdFounding,
  flannel,
  cni,
  docker,
  containerd,
  containerImages,
  audit,
  encryption,
  podSecurity,
  kubeApiserver,
  kubeControllerManager,
  kubeScheduler,
  loadBalancer,
  kubeletBootstrap,
  kubelet,
  kubeProxy,
  passport,
  applyManifests,
  approval,
  ownArtifacts,
  extras,
  ready,
];

const collectors: readonly Collector[] = [
  { name: 'os', purpose: 'host names, journal, locale and proxy of the system', contribute: osContribution },
  {
    name: 'kernel',
    purpose: 'loads kernel modules and sets kernel settings, swap, firewall and SELinux',
    contribute: kernelContribution,
  },
  {
    name: 'artifacts',
    purpose: 'downloads the programs, and puts in place only what matches the lock',
    contribute: artifactsContribution,
  },
  {
    name: 'packages',
    purpose: 'installs the packages that the node needs, and yours',
    contribute: packagesContribution,
  },
  { name: 'ready', purpose: ready.purpose, contribute: targetContribution },
  { name: 'identity', purpose: identity.purpose, contribute: clusterEnvContribution },
];

const systemd: Profile = { name: 'systemd', components: systemdComponents, collectors };

/** Every profile; the first one is the default. A new profile is one row. */
export const profiles: readonly [Profile, ...Profile[]] = [systemd];

/** Why each component is on a node, by its name. */
export const purposes: ReadonlyMap<string, string> = new Map(
  profiles.flatMap(({ components, collectors: own }) =>
    [...components, ...own].map(({ name, purpose }) => [name, purpose] as const),
  ),
);

/** The setting that chooses an artifact's version; undefined if the user cannot choose it. */
export function versionSetting(artifact: string): DataPath | undefined {
  const chosen = profiles.flatMap((one) => one.components).map(({ versionSettings = {} }) => versionSettings);
  return chosen.find((settings) => Object.hasOwn(settings, artifact))?.[artifact];
}
