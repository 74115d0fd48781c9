import type { DataPath, Report } from '../base/diagnostic.ts';
import { nodePaths } from '../base/node-paths.ts';
import type { Cluster, ClusterNode } from '../model/cluster.ts';
import { applyManifests } from './addon/apply-manifests.ts';
import { approval } from './addon/approval.ts';
import { podSecurity } from './addon/pod-security.ts';
import { holdsSecret } from './build/holds-secret.ts';
import { type Merged, mergeContributions } from './build/merged.ts';
import type { Component, NodeContext } from './context.ts';
import type { Contribution, FileDecl, UnitDecl } from './contract.ts';
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
import { osContribution, osPackages } from './machine/os.ts';
import { ownArtifacts } from './machine/own-artifacts.ts';
import { packagesContribution } from './machine/packages.ts';
import { passport } from './machine/passport.ts';
import { ready, targetContribution } from './machine/ready.ts';
import { trust } from './machine/trust.ts';
import { cni } from './network/cni.ts';
import { flannel } from './network/flannel.ts';
import { kubeProxy } from './network/kube-proxy.ts';
import type { ComponentRequests, NodePlan, PlannedFile, PlannedUnit } from './plan.ts';
import { clashesOf } from './plan-clashes.ts';
import { containerd } from './runtime/containerd.ts';
import { docker } from './runtime/docker.ts';
import { kubelet } from './worker/kubelet.ts';
import { kubeletBootstrap } from './worker/kubelet-bootstrap.ts';

/** Every component, in the order of the first boot (docs/first-boot.md). A new component is one file and one row. */
export const components: readonly Component[] = [
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

interface Collector {
  readonly name: string;
  readonly purpose: string;
  contribute(context: NodeContext, merged: Merged): Contribution;
}

/** Contributions made from the requests of all others: each collector sees those before it. */
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

/** Why each component is on a node, by its name. */
export const purposes: ReadonlyMap<string, string> = new Map(
  [...components, ...collectors].map(({ name, purpose }) => [name, purpose]),
);

/** The setting that chooses an artifact's version; undefined if the user cannot choose it. */
export function versionSetting(artifact: string): DataPath | undefined {
  return components.find(({ versionSettings = {} }) => Object.hasOwn(versionSettings, artifact))?.versionSettings?.[
    artifact
  ];
}

/**
 * Everything that a machine needs to become `node`.
 * @returns no value, and an error at its place in the cluster file, if the user's own files or units conflict with
 * knode's.
 */
export function planNode(cluster: Cluster, node: ClusterNode): Report<NodePlan> {
  const context = { cluster, node };
  const named = components.flatMap((component) => {
    const contribution = component.contribute(context);
    return contribution === undefined ? [] : [{ name: component.name, contribution }];
  });
  // In the boot order the system and the artifacts come before every component.
  const leading: typeof named = [];
  for (const { name, contribute } of collectors) {
    const merged = mergeContributions([...leading, ...named].map((one) => one.contribution));
    leading.push({ name, contribution: contribute(context, merged) });
  }
  named.unshift(...leading);
  const files = named.flatMap(({ name, contribution }) => plannedFiles(name, contribution));
  const units = named.flatMap(({ name, contribution }) => plannedUnits(name, contribution.units ?? []));
  const diagnostics = clashesOf(cluster, files, units);
  if (diagnostics.length > 0) return { diagnostics };
  const merged = mergeContributions(named.map((one) => one.contribution));
  return {
    diagnostics: [],
    value: {
      cluster,
      node,
      files: files.sort((a, b) => (a.path < b.path ? -1 : 1)),
      units,
      requests: named.flatMap(({ name, contribution }) => requestsOf(name, contribution)),
      certificates: merged.certificates,
      passports: merged.passports,
      secrets: merged.secrets,
      artifacts: merged.artifacts,
      packages: [...new Set([...osPackages(cluster, merged.packages), ...cluster.spec.os.packages])].sort(),
    },
  };
}

function plannedUnits(component: string, units: readonly UnitDecl[]): PlannedUnit[] {
  return units.map(({ name, layer, start }) => ({ name, component, layer, start }));
}

function requestsOf(component: string, contribution: Contribution): readonly ComponentRequests[] {
  const { artifacts = [], packages = [], kernelModules = [] } = contribution;
  if (artifacts.length + packages.length + kernelModules.length === 0) return [];
  return [{ component, artifacts, packages, kernelModules }];
}

function plannedFiles(component: string, contribution: Contribution): PlannedFile[] {
  const unitFiles = (contribution.units ?? []).map(({ name, layer, content, from }) => ({
    path: `${nodePaths.units}/${name}`,
    layer,
    content,
    ...(from === undefined ? {} : { from }),
  }));
  return [...(contribution.files ?? []), ...unitFiles].map((file: FileDecl) => {
    const secret = file.secret ?? holdsSecret(file.content);
    return { mode: secret ? '0600' : '0644', ...file, secret, component };
  });
}
