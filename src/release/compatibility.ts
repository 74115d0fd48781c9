import type { OsReleaseFact } from './fact-files.ts';
import { facts } from './facts.ts';
import { knownMinors } from './minors.ts';
import type { Pairing, Pairs } from './pairing.ts';
import * as say from './pairing-messages.ts';
import { type ContainerdRelease, containerdRelease } from './program/containerd-release.ts';
import { type DockerRelease, dockerRelease } from './program/docker-release.ts';
import { type EtcdRelease, etcdRelease } from './program/etcd-release.ts';
import { type FlannelRelease, flannelRelease } from './program/flannel-release.ts';
import { type KubernetesRelease, kubernetesRelease } from './program/kubernetes-release.ts';
import { osRelease } from './program/os-release.ts';
import { atLeast, compareVersions, minorOf, parseVersion, withoutV } from './version.ts';

/**
 * The releases of the chosen versions. Versions without facts are left out: they were reported where they were read.
 */
interface Releases {
  readonly pairs: Pairs;
  readonly kubernetes: KubernetesRelease;
  readonly etcd: EtcdRelease | undefined;
  readonly flannel: FlannelRelease | undefined;
  readonly containerd: ContainerdRelease | undefined;
  readonly docker: DockerRelease | undefined;
  readonly os: OsReleaseFact | undefined;
}

/** The known minor nearest to the chosen one that answers yes. */
function nearestMinor(chosen: KubernetesRelease, answers: (release: KubernetesRelease) => boolean): string | undefined {
  const minors = knownMinors();
  const own = minors.indexOf(chosen.minor);
  const byDistance = minors.toSorted((a, b) => Math.abs(minors.indexOf(a) - own) - Math.abs(minors.indexOf(b) - own));
  return byDistance.find((minor) => {
    const { value } = kubernetesRelease(minor);
    return value !== undefined && answers(value);
  });
}

type PairRule = (releases: Releases) => Pairing | undefined;

/** etcd 3.6 has no v2 API; flannel up to 0.17.0 knows no other (flannel sources, etcd 3.6 changelog). */
const flannelFindsItsStore: PairRule = ({ pairs, flannel, etcd }) => {
  if (pairs.flannelStore !== 'etcd' || !flannel || !etcd) return undefined;
  if (flannel.storeApi() === 'v3' || etcd.servesV2()) return undefined;
  return say.flannelNeedsEtcdV2(flannel.version, etcd.version);
};

const etcdKeepsData: PairRule = ({ etcd }) => (etcd?.hasCorruptionBug() ? say.etcdCorrupts(etcd.version) : undefined);

/** Upstream tests a minor with its own etcd and, for upgrades, with that of two minors before. */
const etcdIsRecent: PairRule = ({ kubernetes, etcd }) => {
  if (!etcd) return undefined;
  const minors = knownMinors();
  const before = minors[Math.max(0, minors.indexOf(kubernetes.minor) - 2)] ?? kubernetes.minor;
  const oldest = facts('kubernetes-minors').minors[before]?.etcd ?? etcd.version;
  if (compareVersions(etcd.minor, minorOf(oldest)) >= 0) return undefined;
  return say.etcdOlderThanPaired(etcd.version, kubernetes.version, kubernetes.defaults().etcd);
};

/** kubelet speaks v1alpha2 to 1.25 and v1 from 1.23; containerd v1alpha2 to 1.7 and v1 from 1.6. */
const criIsShared: PairRule = ({ kubernetes, containerd }) => {
  if (!containerd) return undefined;
  const spoken = kubernetes.criApis();
  if (containerd.criApis().some((api) => spoken.includes(api))) return undefined;
  const paired = kubernetes.defaults().containerd;
  const minor = nearestMinor(kubernetes, (other) => containerd.criApis().some((api) => other.criApis().includes(api)));
  return say.noCommonCri(containerd.version, kubernetes.version, spoken.join(' and '), paired, minor);
};

/** CRI v1 came with cri-dockerd 0.3.0 (its issue 136); before, it knew v1alpha2 only. */
const firstCriDockerdWithV1 = '0.3.0';

const criDockerdSpeaksV1: PairRule = ({ pairs, kubernetes, docker }) => {
  const { criDockerd } = pairs;
  if (!docker || criDockerd === undefined || !parseVersion(criDockerd) || kubernetes.hasDockershim()) return undefined;
  const knowsOld = (other: KubernetesRelease) => other.criApis().includes('v1alpha2');
  if (knowsOld(kubernetes) || atLeast(criDockerd, firstCriDockerdWithV1)) return undefined;
  const minor = nearestMinor(kubernetes, knowsOld);
  return say.criDockerdWithoutV1(criDockerd, kubernetes.version, firstCriDockerdWithV1, minor);
};

/**
 * These fail with a docker whose API is older than 1.42, that of docker 23 (libdocker/client.go of their tags). 0.4.2
 * accepts 1.26 again.
 */
const criDockerdsForDocker23 = ['0.4.0', '0.4.1'];

const criDockerdKnowsDocker: PairRule = ({ pairs: { criDockerd }, kubernetes, docker }) => {
  if (!docker || criDockerd === undefined || kubernetes.hasDockershim()) return undefined;
  if (!criDockerdsForDocker23.includes(withoutV(criDockerd)) || atLeast(docker.version, '23.0.0')) return undefined;
  return say.criDockerdWithoutDocker(criDockerd, docker.version);
};

/** RELEASES.md of containerd. */
const containerdIsRecent: PairRule = (releases) => {
  const { kubernetes, containerd } = releases;
  const start = containerd?.olderThanPaired(kubernetes.minor);
  if (!containerd || start === undefined || criIsShared(releases)) return undefined;
  return say.containerdOlderThanPaired(containerd.version, kubernetes.version, start);
};

/** Support for containerd 1.7 ends with kubelet 1.37 (Kubernetes 1.36 changelog; facts/containerd.json). */
const containerdHasFuture: PairRule = (releases) => {
  const { kubernetes, containerd } = releases;
  const last = containerd?.lastKubernetes();
  if (!containerd || last === undefined || !atLeast(kubernetes.minor, last) || criIsShared(releases)) return undefined;
  const paired = kubernetes.defaults().containerd;
  return kubernetes.minor === last
    ? say.lastContainerd1(containerd.version, kubernetes.version, paired)
    : say.containerdPast(containerd.version, kubernetes.version, last, paired);
};

const dockerSharesCgroup: PairRule = ({ kubernetes, docker }) => {
  if (!docker || docker.hasCgroupV2() || !kubernetes.refusesCgroupV1()) return undefined;
  const minor = nearestMinor(kubernetes, (other) => !other.refusesCgroupV1());
  return say.dockerWithoutCgroupV2(docker.version, kubernetes.version, kubernetes.defaults().docker, minor);
};

const proxyModeIsThere: PairRule = ({ pairs, kubernetes }) => {
  const { known, since } = kubernetes.kubeProxyMode(pairs.proxyMode);
  if (known) return undefined;
  const coming = since !== undefined && !atLeast(kubernetes.minor, since) ? since : undefined;
  // Older minors have userspace; it is never recommended.
  const sound = kubernetes
    .kubeProxyModes()
    .filter((mode) => mode !== 'userspace' && !kubernetes.kubeProxyMode(mode).deprecated);
  return say.proxyModeUnknown(pairs.proxyMode, kubernetes.version, sound, coming);
};

const proxyModeIsSound: PairRule = ({ pairs, kubernetes }) => {
  const { known, deprecated, featureGate } = kubernetes.kubeProxyMode(pairs.proxyMode);
  if (known && deprecated) return say.proxyModeDeprecated(pairs.proxyMode, kubernetes.version);
  return known && featureGate ? say.proxyModeAlpha(pairs.proxyMode, kubernetes.version, featureGate) : undefined;
};

const kernelCarriesProxyMode: PairRule = ({ pairs, kubernetes, os }) => {
  const { known, kernel } = kubernetes.kubeProxyMode(pairs.proxyMode);
  // Kernel names vary, `5.10.0-28-cloud-amd64`: the first two numbers count.
  const own = /^\d+\.\d+/.exec(pairs.kernel ?? os?.kernel ?? '')?.[0];
  if (!known || kernel === undefined || own === undefined || !parseVersion(own) || atLeast(own, kernel))
    return undefined;
  return pairs.kernel === undefined && os !== undefined
    ? say.proxyModeOs(pairs.proxyMode, os.title, own, kernel)
    : say.proxyModeKernel(pairs.proxyMode, pairs.kernel ?? own, kernel);
};

/**
 * kubelet before 1.19 exits on cgroup v2 ("system validation failed", kubernetes#90710); from 1.35 on it exits on v1
 * unless failCgroupV1 is false (CHANGELOG-1.35).
 */
const kubeletKnowsCgroup: PairRule = ({ pairs, kubernetes, os }) => {
  if (os === undefined) return undefined;
  const refusesV1 = kubernetes.refusesCgroupV1() && !pairs.toleratesCgroupV1;
  const wrong = os.cgroup === 'v2' ? !kubernetes.hasCgroupV2() : refusesV1;
  return wrong ? say.kubeletWithoutCgroup(kubernetes.version, os.title, os.cgroup) : undefined;
};

const dockerKnowsCgroup: PairRule = ({ docker, os }) =>
  docker && os?.cgroup === 'v2' && !docker.hasCgroupV2()
    ? say.dockerWithoutCgroup(docker.version, os.title)
    : undefined;

const rules: readonly PairRule[] = [
  flannelFindsItsStore,
  etcdKeepsData,
  etcdIsRecent,
  criIsShared,
  criDockerdSpeaksV1,
  criDockerdKnowsDocker,
  containerdIsRecent,
  containerdHasFuture,
  dockerSharesCgroup,
  proxyModeIsThere,
  proxyModeIsSound,
  kernelCarriesProxyMode,
  kubeletKnowsCgroup,
  dockerKnowsCgroup,
];

/**
 * The combinations of chosen versions that do not work. Versions without facts are skipped: their own check reports
 * them.
 */
export function checkPairs(pairs: Pairs): readonly Pairing[] {
  const kubernetes = kubernetesRelease(pairs.kubernetes).value;
  if (!kubernetes) return [];
  const releases: Releases = {
    pairs,
    kubernetes,
    etcd: pairs.etcd === undefined ? undefined : etcdRelease(pairs.etcd).value,
    flannel: pairs.flannel === undefined ? undefined : flannelRelease(pairs.flannel).value,
    containerd: pairs.runtime === 'containerd' ? containerdRelease(pairs.containerd ?? '').value : undefined,
    docker: pairs.runtime === 'docker' ? dockerRelease(pairs.docker ?? '').value : undefined,
    os: pairs.os === undefined ? undefined : osRelease(pairs.os),
  };
  return rules.flatMap((rule) => rule(releases) ?? []);
}
