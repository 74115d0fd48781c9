import { facts } from './facts.ts';
import { availability, parseIntervals } from './interval.ts';

/** The rows of `api_versions` in the facts that knode uses, and the API group of each. */
const kinds = {
  KubeletConfiguration: ['KubeletConfiguration kubelet.config.k8s.io', 'kubelet.config.k8s.io'],
  KubeProxyConfiguration: ['KubeProxyConfiguration kubeproxy.config.k8s.io', 'kubeproxy.config.k8s.io'],
  KubeSchedulerConfiguration: ['KubeSchedulerConfiguration kubescheduler.config.k8s.io', 'kubescheduler.config.k8s.io'],
  EncryptionConfiguration: ['EncryptionConfiguration apiserver.config.k8s.io', 'apiserver.config.k8s.io'],
  Policy: ['audit Policy audit.k8s.io', 'audit.k8s.io'],
  CertificateSigningRequest: ['certificates.k8s.io CertificateSigningRequest (served)', 'certificates.k8s.io'],
  EndpointSlice: ['discovery.k8s.io EndpointSlice (served)', 'discovery.k8s.io'],
  AuthenticationConfiguration: ['AuthenticationConfiguration apiserver.config.k8s.io', 'apiserver.config.k8s.io'],
  AuthorizationConfiguration: ['AuthorizationConfiguration apiserver.config.k8s.io', 'apiserver.config.k8s.io'],
  AdmissionConfiguration: ['AdmissionConfiguration apiserver.config.k8s.io', 'apiserver.config.k8s.io'],
  PodSecurityConfiguration: [
    'PodSecurityConfiguration pod-security.admission.config.k8s.io',
    'pod-security.admission.config.k8s.io',
  ],
  CredentialProviderConfig: ['CredentialProviderConfig kubelet.config.k8s.io', 'kubelet.config.k8s.io'],
} as const;

export type VersionedKind = keyof typeof kinds;

/** v1 after v1beta2 after v1beta1 after v1alpha2: the order of Kubernetes' own version names. */
function maturity(version: string): number {
  const [, stage = '', step = '0'] = /^v1(alpha|beta)?(\d*)$/.exec(version) ?? [];
  return { alpha: 0, beta: 100, '': 200 }[stage as 'alpha' | 'beta' | ''] + Number(step || 0);
}

/** Every `apiVersion` of a kind that a minor accepts, the most mature first. */
export function apiVersionsOf(kind: VersionedKind, minor: string): readonly string[] {
  const [row, group] = kinds[kind];
  return Object.entries(facts('kubernetes-configs').api_versions[row] ?? {})
    .filter(([, range]) => availability(minor, parseIntervals(range)).known)
    .map(([version]) => version)
    .sort((a, b) => maturity(b) - maturity(a))
    .map((version) => `${group}/${version}`);
}

/** The most mature `apiVersion` of a kind in a minor; undefined if the minor does not have the kind. */
export function newestApiVersion(kind: VersionedKind, minor: string): string | undefined {
  return apiVersionsOf(kind, minor)[0];
}

/** Like `newestApiVersion`, for kinds that every minor has; a missing one is a gap in the facts. */
export function apiVersionOf(kind: VersionedKind, minor: string): string {
  const version = newestApiVersion(kind, minor);
  if (version === undefined) throw new Error(`no facts on ${kind} in Kubernetes ${minor}`);
  return version;
}
