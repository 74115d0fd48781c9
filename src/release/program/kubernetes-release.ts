import type { Report } from '../../base/diagnostic.ts';
import { apiVersionOf, apiVersionsOf, type VersionedKind } from '../api-versions.ts';
import { facts } from '../facts.ts';
import type { ComponentVersions } from '../kubernetes-fact-files.ts';
import { malformedVersion, unknownVersion } from '../messages.ts';
import { everyMinor, knownMinors } from '../minors.ts';
import { atLeast, minorOf, parseVersion, withoutV } from '../version.ts';
import { AdmissionRelease } from './admission-release.ts';

export type LeaderElectingProgram = 'kube-controller-manager' | 'kube-scheduler';

/** Everything that differs between Kubernetes versions, as questions. Made by `kubernetesRelease`. */
export class KubernetesRelease extends AdmissionRelease {
  /**
   * kube-apiserver serves an unprotected port unless --insecure-port=0 (to 1.19). 1.20-1.23 accept the flag with 0 only
   * and serve nothing there; 1.24 refuses it (Kubernetes 1.20 and 1.24 changelogs).
   */
  hasInsecurePort(): boolean {
    return this.before('1.20');
  }

  /** The same for --port=0: controller manager to 1.21, scheduler to 1.22 (Kubernetes 1.22 and 1.23 changelogs). */
  componentInsecurePort(program: LeaderElectingProgram): boolean {
    return this.before(program === 'kube-scheduler' ? '1.23' : '1.22');
  }

  /** An AuthenticationConfiguration may decide about anonymous requests (feature AnonymousAuthConfigurableEndpoints, 1.31). */
  hasAnonymousBlock(): boolean {
    return this.since('1.31');
  }

  /** The gate that a configuration file of the API server's access is behind, while it is alpha (Kubernetes 1.30 changelog). */
  accessConfigGate(flag: 'authentication-config' | 'authorization-config'): string | undefined {
    if (this.since('1.30') || this.before('1.29')) return undefined;
    return flag === 'authentication-config'
      ? 'StructuredAuthenticationConfiguration'
      : 'StructuredAuthorizationConfiguration';
  }

  /** `*.` and `*.*` in an encryption configuration (Kubernetes documentation, "Encrypting Confidential Data at Rest": from 1.27). */
  encryptsWildcards(): boolean {
    return this.since('1.27');
  }

  /** Requests share the sum of both limits by priority, and 0 is no longer "no limit" (APIPriorityAndFairness, beta in 1.20). */
  sharesRequestLimits(): boolean {
    return this.since('1.20');
  }

  /** The flag that limits what the controller manager signs; renamed in 1.19 (Kubernetes 1.19 changelog). */
  clusterSigningDurationFlag(): string {
    return this.since('1.19') ? 'cluster-signing-duration' : 'experimental-cluster-signing-duration';
  }

  /**
   * kube-scheduler is best told of its kubeconfig in a file: from 1.23 on. Before, a file takes the flags of leader election out of force
   * (kubernetes#105712) and opens the port 10251 unless it says otherwise.
   */
  schedulerTakesFile(): boolean {
    return this.since('1.23');
  }

  /** `kubescheduler.config.k8s.io/…`, the most mature of the minor (scheduler sources). */
  schedulerConfigApiVersion(): string {
    return apiVersionOf('KubeSchedulerConfiguration', this.minor);
  }

  /** What a file of the kind may say, the most mature first (sources). */
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
   * Where images come from, for every minor. Up to 1.24 the sources say k8s.gcr.io, but that registry is frozen and
   * registry.k8s.io, its successor, serves the old images too (Kubernetes 1.25 and 1.26 changelogs).
   */
  defaultImageRegistry(): string {
    return 'registry.k8s.io';
  }

  /** The sandbox image the minor was released with (kubelet defaults, dependencies.yaml). */
  pauseImage(registry: string = this.defaultImageRegistry()): string {
    return `${registry}/pause:${this.defaults().pause}`;
  }

  /**
   * A spread of pods may wait for a number of nodes, and leaves nodes out whose taints the pods do not tolerate (minDomains and
   * nodeTaintsPolicy of topologySpreadConstraints, both on by default from 1.27; Kubernetes documentation, feature gates
   * MinDomainsInPodTopologySpread and NodeInclusionPolicyInPodTopologySpread).
   */
  spreadWaitsForNodes(): boolean {
    return this.since('1.27');
  }

  /** Server-side apply is stable (1.22), and kubectl does it without a warning. */
  hasServerSideApply(): boolean {
    return this.since('1.22');
  }

  /** The CoreDNS the minor was released with (kubeadm constants). */
  coreDnsVersion(): string {
    return this.defaults().coredns;
  }

  /**
   * CoreDNS moved a level down with 1.8.0 (kubeadm 1.21), and its tags carry a v since. Alibaba's registry has no third level:
   * what was copied there stayed `NAMESPACE/coredns`, which is where kubeadm looks as well (kubernetes/kubeadm#2501).
   */
  coreDnsImage(registry: string = this.defaultImageRegistry(), version: string = this.coreDnsVersion()): string {
    const moved = atLeast(version, '1.8.0');
    const path = moved && !/(^|\.)aliyuncs\.com\/[^/]+$/.test(registry) ? 'coredns/coredns' : 'coredns';
    return `${registry}/${path}:${moved ? 'v' : ''}${version}`;
  }

  /** Versions of everything else that go with the minor by default (facts/kubernetes-minors.json). */
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

/** The questions for one version, `1.36.2`; a minor alone is taken as its first patch release. */
export function kubernetesRelease(version: string): Report<KubernetesRelease> {
  const plain = withoutV(version);
  if (!parseVersion(plain)) return { diagnostics: [malformedVersion('Kubernetes', version, '1.36.2')] };
  if (!isKnownKubernetes(plain)) {
    const { since, until } = everyMinor();
    return { diagnostics: [unknownVersion('Kubernetes', version, since, until)] };
  }
  return { value: new KubernetesRelease(plain), diagnostics: [] };
}
