import { nodePaths } from '../../base/node-paths.ts';
import type { Cluster } from '../../model/cluster.ts';
import type { KubeletRuntime } from '../../release/program/kubelet-runtime.ts';
import { merge } from '../build/deep-merge.ts';
import { featureGateMap } from '../build/feature-gates.ts';
import { kubernetesAuthorityPath } from '../machine/trust.ts';

/** Chosen at boot: with systemd-resolved's stub on 127.0.0.53 the pods' queries would go to the pods themselves. */
export const resolvConfPath: string = `${nodePaths.run}/resolv.conf`;

/** kubelet's settings for its runtime, in flags and fields. */
export function kubeletRuntime(cluster: Cluster): KubeletRuntime {
  const shim = cluster.kubernetes.runtimeShim(cluster.spec.containerRuntime.type);
  return cluster.kubernetes.kubeletRuntime(shim, { cni: cluster.usesCni });
}

/** Defaults of every minor are left out: port 10250 on all addresses, and 10248 on loopback for health checks. */
function accessConfig(cluster: Cluster): object {
  return {
    // The unauthenticated port of the source documents (10255) stays closed.
    readOnlyPort: 0,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: kubernetesAuthorityPath },
    },
    authorization: { mode: 'Webhook' },
    rotateCertificates: true,
    serverTLSBootstrap: true,
    tlsMinVersion: 'VersionTLS12',
    // The two that HTTP/2 requires; every client with one of the others also has these.
    tlsCipherSuites: cluster.kubernetes.cipherSuites().slice(0, 2),
  };
}

/** Upstream's default: one pull at a time, unless more are configured (pkg/kubelet/apis/config/v1beta1/defaults.go). */
function pullsInParallel({ maxParallelImagePulls }: Readonly<Record<string, unknown>>): boolean {
  return typeof maxParallelImagePulls === 'number' && maxParallelImagePulls > 1;
}

function resourceConfig(cluster: Cluster): object {
  const settings = cluster.spec.kubernetes.kubelet;
  const soft = Object.keys(settings.evictionSoft).length > 0;
  return {
    maxPods: settings.maxPods,
    podPidsLimit: settings.podPidsLimit,
    kubeReserved: settings.kubeReserved,
    systemReserved: settings.systemReserved,
    evictionHard: settings.evictionHard,
    ...(soft
      ? {
          evictionSoft: settings.evictionSoft,
          evictionSoftGracePeriod: settings.evictionSoftGracePeriod,
          evictionMaxPodGracePeriod: settings.evictionMaxPodGracePeriod,
        }
      : {}),
    imageGCHighThresholdPercent: settings.imageGCHighThresholdPercent,
    imageGCLowThresholdPercent: settings.imageGCLowThresholdPercent,
    containerLogMaxSize: '50Mi',
    nodeStatusUpdateFrequency: settings.nodeStatusUpdateFrequency,
    serializeImagePulls: settings.serializeImagePulls ?? !pullsInParallel(settings.extraConfig),
    hairpinMode: settings.hairpinMode,
  };
}

/**
 * Pods without a seccomp profile get the runtime's default profile. Left unset where the gate is alpha, or disabled by
 * the user: kubelet does not start with the field and without the gate (cmd/kubelet/app/server.go, 1.22 to 1.28).
 */
function seccomp(cluster: Cluster): {
  readonly seccompDefault?: true;
  readonly gates: Readonly<Record<string, boolean>>;
} {
  const { kubernetes } = cluster;
  const { seccompDefault: asked, featureGates, extraConfig } = cluster.spec.kubernetes.kubelet;
  const gates = { ...featureGates, ...(extraConfig.featureGates as object | undefined) } as Record<string, unknown>;
  const needsGate = kubernetes.seccompDefaultNeedsGate();
  const usual = kubernetes.hasSeccompDefault() && !needsGate && gates.SeccompDefault !== false;
  if (!(asked ?? usual)) return { gates: featureGates };
  return { seccompDefault: true, gates: needsGate ? { SeccompDefault: true, ...featureGates } : featureGates };
}

/**
 * kubelet's defaults in every minor (pkg/kubelet/apis/config/v1beta1/defaults.go). They are left out, because every
 * byte of a worker's user-data counts.
 */
const defaults: Readonly<Record<string, unknown>> = {
  imageGCHighThresholdPercent: 85,
  imageGCLowThresholdPercent: 80,
  nodeStatusUpdateFrequency: '10s',
  serializeImagePulls: true,
  failSwapOn: true,
};

function needless([field, value]: readonly [string, unknown]): boolean {
  return Object.hasOwn(defaults, field) && defaults[field] === value;
}

/** The KubeletConfiguration file, the same on every node that runs pods. */
export function kubeletConfiguration(cluster: Cluster): Readonly<Record<string, unknown>> {
  const { gates, ...seccompField } = seccomp(cluster);
  const ours = cluster.kubernetes.filterConfigFields('KubeletConfiguration', {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    ...accessConfig(cluster),
    ...resourceConfig(cluster),
    ...kubeletRuntime(cluster).configFields,
    cgroupDriver: cluster.spec.containerRuntime.cgroupDriver,
    clusterDNS: [cluster.dnsIP],
    clusterDomain: cluster.spec.network.dnsDomain,
    resolvConf: resolvConfPath,
    failSwapOn: cluster.spec.os.swap === 'off',
    // The kernel component sets the kernel settings that kubelet needs; kubelet checks them instead of changing them.
    protectKernelDefaults: true,
    ...seccompField,
    ...featureGateMap(gates),
  });
  const said = Object.fromEntries(Object.entries(ours).filter((field) => !needless(field)));
  return merge(said, cluster.spec.kubernetes.kubelet.extraConfig);
}
