import type { Report } from '../../base/diagnostic.ts';
import { apiVersionOf, apiVersionsOf, type VersionedKind } from '../api-versions.ts';
import { facts } from '../facts.ts';
import type { ComponentVersions } from '../kubernetes-fact-files.ts';
import { malformedVersion, unknownVersion } from '../messages.ts';
import { everyMinor, knownMinors } from '../minors.ts';
import { atLeast, minorOf, parseVersion, withoutV } from '../version.ts';
import { AdmissionRelease } from './admission-release.ts';

export type LeaderElectingProgram = 'kube-controller-manager' | 'kube-scheduler';

/** All differences between Kubernetes versions, as questions. Made by `kubernetesRelease`. */
export class KubernetesRelease extends AdmissionRelease {
  /**
   * kube-apiserver serves an unprotected port unless --insecure-port=0 (to 1.19). 1.20-1.23 accept the flag with 0 only
   * and serve nothing there; 1.24 refuses it (Kubernetes 1.20 and 1.24 changelogs).
   */
  hasInsecurePort(): boolean {
    return this.before('1.20');
  }

  /**
   * Like `hasInsecurePort`, for --port=0: controller manager to 1.21, scheduler to 1.22 (Kubernetes 1.22 and 1.23
   * changelogs).
   */
  componentInsecurePort(program: LeaderElectingProgram): boolean {
    return this.before(program === 'kube-scheduler' ? '1.23' : '1.22');
  }

  /**
   * Whether an AuthenticationConfiguration can decide on anonymous requests (feature
   * AnonymousAuthConfigurableEndpoints, 1.31).
   */
  hasAnonymousBlock(): boolean {
    return this.since('1.31');
  }

  /** The gate that a configuration file of API server access needs while it is alpha (Kubernetes 1.30 changelog). */
  accessConfigGate(flag: 'authentication-config' | 'authorization-config'): string | undefined {
    if (this.since('1.30') || this.before('1.29')) return undefined;
    return flag === 'authentication-config'
      ? 'StructuredAuthenticationConfiguration'
      : 'StructuredAuthorizationConfiguration';
  }

  /**
   * Whether an encryption configuration supports `*.` and `*.*` (Kubernetes documentation, "Encrypting Confidential
   * Data at Rest": from 1.27).
   */
  encryptsWildcards(): boolean {
    return this.since('1.27');
  }

  /**
   * Whether requests share the sum of both limits by priority, and 0 is no longer "no limit" (APIPriorityAndFairness,
   * beta in 1.20).
   */
  sharesRequestLimits(): boolean {
    return this.since('1.20');
  }

  /**
   * The flag that limits the duration of the controller manager's certificates; renamed in 1.19 (Kubernetes 1.19
   * changelog).
   */
  clusterSigningDurationFlag(): string {
    return this.since('1.19') ? 'cluster-signing-duration' : 'experimental-cluster-signing-duration';
  }

  /**
   * Whether kube-scheduler should get its kubeconfig in a file: from 1.23 on. Before, a file overrides the flags of
   * leader election (kubernetes#105712) and opens port 10251 unless it disables it.
   */
  schedulerTakesFile(): boolean {
    return this.since('1.23');
  }

  /** `kubescheduler.config.k8s.io/…`, the most mature of the minor (scheduler sources). */
  schedulerConfigApiVersion(): string {
    return apiVersionOf('KubeSchedulerConfiguration', this.minor);
  }

  /** The `apiVersion`s of a file of this kind, the most mature first (sources). */
  apiVersionsOf(kind: VersionedKind): readonly string[] {
    return apiVersionsOf(kind, this.minor);
  }

  /** `audit.k8s.io/v1` throughout; v1beta1 files are refused from 1.24 (sources). */
  auditPolicyApiVersion(): string {
    return apiVersionOf('Policy', this.minor);
  }

  /** `apiserver.config.k8s.io/v1` throughout (sources). */
  encryptionConfigApiVersion(): string {
    return apiVersionOf('EncryptionConfiguration', this.minor);
  }

  /**
   * The default registry of images, for every minor. Up to 1.24 the sources name k8s.gcr.io, but that registry is
   * frozen, and its successor registry.k8s.io has the old images too (Kubernetes 1.25 and 1.26 changelogs).
   */
  defaultImageRegistry(): string {
    return 'registry.k8s.io';
  }

  /** The sandbox image that the minor was released with (kubelet defaults, dependencies.yaml). */
  pauseImage(registry: string = this.defaultImageRegistry()): string {
    return `${registry}/pause:${this.defaults().pause}`;
  }

  /**
   * Whether a spread constraint can require a minimum number of nodes, and skip nodes whose taints the pods do not
   * tolerate (minDomains and nodeTaintsPolicy of topologySpreadConstraints, both on by default from 1.27; Kubernetes
   * documentation, feature gates MinDomainsInPodTopologySpread and NodeInclusionPolicyInPodTopologySpread).
   */
  spreadWaitsForNodes(): boolean {
    return this.since('1.27');
  }

  /** Whether server-side apply is stable (1.22), and kubectl does it without a warning. */
  hasServerSideApply(): boolean {
    return this.since('1.22');
  }

  /** The CoreDNS that the minor was released with (kubeadm constants). */
  coreDnsVersion(): string {
    return this.defaults().coredns;
  }

  /**
   * CoreDNS moved down a path level with 1.8.0 (kubeadm 1.21), and its tags have a v since. Alibaba's registry has no
   * third level: its copy stayed at `NAMESPACE/coredns`, where kubeadm looks as well (kubernetes/kubeadm#2501).
   */
  coreDnsImage(registry: string = this.defaultImageRegistry(), version: string = this.coreDnsVersion()): string {
    const moved = atLeast(version, '1.8.0');
    const path = moved && !/(^|\.)aliyuncs\.com\/[^/]+$/.test(registry) ? 'coredns/coredns' : 'coredns';
    return `${registry}/${path}:${moved ? 'v' : ''}${version}`;
  }

  /** Default versions of everything else for the minor (facts/kubernetes-minors.json). */
  defaults(): ComponentVersions {
    const versions = facts('kubernetes-minors').minors[this.minor];
    if (!versions) throw new Error(`no facts for Kubernetes ${this.minor}`);
    return versions;
  }
}

/** True when there are facts for the version's minor. */
export function isKnownKubernetes(version: string): boolean {
  return parseVersion(version) !== undefined && knownMinors().includes(minorOf(version));
}

/** The questions for one version, `1.36.2`; a minor alone counts as its first patch release. */
export function kubernetesRelease(version: string): Report<KubernetesRelease> {
  const plain = withoutV(version);
  if (!parseVersion(plain)) return { diagnostics: [malformedVersion('Kubernetes', version, '1.36.2')] };
  if (!isKnownKubernetes(plain)) {
    const { since, until } = everyMinor();
    return { diagnostics: [unknownVersion('Kubernetes', version, since, until)] };
  }
  return { value: new KubernetesRelease(plain), diagnostics: [] };
}
