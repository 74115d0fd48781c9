import * as z from 'zod';
import { ipAddress } from './addresses.ts';
import { apiServer } from './kube-apiserver.ts';
import { podSecurity } from './pod-security.ts';
import {
  absolutePath,
  duration,
  extraArgs,
  extraConfig,
  hours,
  image,
  quantity,
  singleLine,
  threshold,
  version,
} from './primitives.ts';
import { featureGates, verbosity } from './program-settings.ts';

const controllerManager = z
  .strictObject({
    bindAddress: ipAddress.default('127.0.0.1').describe('--bind-address.'),
    clusterSigningDuration: hours.default('8760h').describe('Lifetime of the certificates that it signs for kubelets.'),
    nodeMonitorGracePeriod: duration.optional().describe('--node-monitor-grace-period.'),
    terminatedPodGCThreshold: z.int().min(0).optional().describe('--terminated-pod-gc-threshold.'),
    verbosity,
    featureGates,
    extraArgs: extraArgs.describe('Further flags.'),
  })
  .prefault({})
  .describe('kube-controller-manager.');

const scheduler = z
  .strictObject({
    bindAddress: ipAddress.default('127.0.0.1').describe('--bind-address.'),
    verbosity,
    featureGates,
    extraArgs: extraArgs.describe('Further flags.'),
  })
  .prefault({})
  .describe('kube-scheduler.');

const thresholds = z.record(z.string(), threshold);
const resources = z.record(singleLine, quantity).default({});

/** The section of kubelet; `parse(undefined)` gives its defaults. */
export const kubelet = z
  .strictObject({
    dataDir: absolutePath
      .optional()
      .describe('--root-dir. Default: /var/lib/kubelet, or below the data disk that holds kubelet.'),
    maxPods: z.int().min(1).default(110).describe('maxPods.'),
    podPidsLimit: z
      .int()
      .min(-1)
      .max(4194304)
      .default(16384)
      .describe('podPidsLimit: processes and threads of one pod. -1: no limit.'),
    seccompDefault: z
      .boolean()
      .optional()
      .describe(
        'seccompDefault: pods without a seccomp profile get the runtime’s default profile. Default: true from Kubernetes 1.25 on; true needs 1.22.',
      ),
    kubeReserved: resources.describe('kubeReserved.'),
    systemReserved: resources.describe('systemReserved.'),
    evictionHard: thresholds
      .default({
        'memory.available': '100Mi',
        'nodefs.available': '10%',
        'nodefs.inodesFree': '5%',
        'imagefs.available': '15%',
        'imagefs.inodesFree': '5%',
      })
      .describe('evictionHard. A given map replaces the whole default.'),
    evictionSoft: thresholds.default({}).describe('evictionSoft.'),
    evictionSoftGracePeriod: z
      .record(z.string(), duration)
      .default({})
      .describe('evictionSoftGracePeriod, one for each soft threshold.'),
    evictionMaxPodGracePeriod: z.int().min(0).default(0).describe('evictionMaxPodGracePeriod, seconds.'),
    imageGCHighThresholdPercent: z.int().min(1).max(100).default(85).describe('imageGCHighThresholdPercent.'),
    imageGCLowThresholdPercent: z.int().min(1).max(100).default(80).describe('imageGCLowThresholdPercent.'),
    nodeStatusUpdateFrequency: duration.default('10s').describe('nodeStatusUpdateFrequency.'),
    serializeImagePulls: z
      .boolean()
      .optional()
      .describe('serializeImagePulls. Default: true, or false where extraConfig has maxParallelImagePulls above 1.'),
    hairpinMode: z
      .enum(['hairpin-veth', 'promiscuous-bridge', 'none'])
      .default('hairpin-veth')
      .describe('hairpinMode.'),
    verbosity,
    featureGates,
    extraArgs: extraArgs.describe('Further flags.'),
    extraConfig: extraConfig.describe('Further fields of KubeletConfiguration, merged over knode’s.'),
  })
  .prefault({})
  .describe('kubelet.');

/** The section of kube-proxy; `parse(undefined)` gives its defaults. */
export const kubeProxy = z
  .strictObject({
    mode: z
      .enum(['iptables', 'ipvs', 'nftables'])
      .optional()
      .describe('Default: nftables where the version has it as stable, else iptables.'),
    ipvs: z
      .strictObject({
        scheduler: z
          .enum(['rr', 'wrr', 'lc', 'wlc', 'lblc', 'lblcr', 'dh', 'sh', 'fo', 'nq', 'sed', 'ovf', 'mh'])
          .default('rr')
          .describe('ipvs scheduler.'),
        minSyncPeriod: duration.default('0s').describe('Shortest time between two rule updates.'),
        syncPeriod: duration.default('30s').describe('Longest time between two rule updates.'),
        strictARP: z.boolean().default(false).describe('Answer ARP only for addresses of the interface.'),
      })
      .prefault({})
      .describe('Settings of the ipvs mode.'),
    verbosity,
    featureGates,
    extraArgs: extraArgs.describe('Further flags.'),
    extraConfig: extraConfig.describe('Further fields of KubeProxyConfiguration, merged over knode’s.'),
  })
  .prefault({})
  .describe('kube-proxy.');

const bootstrap = z
  .strictObject({
    method: z
      .enum(['certificate', 'token-secret', 'token-file'])
      .default('certificate')
      .describe(
        'How a new kubelet proves that it may join. certificate: a short-lived certificate in the node’s own name, or in its pool’s. token-secret: a bootstrap token in a Secret, with which a machine can become any node until it expires. token-file: the traditional token.csv, which never expires.',
      ),
    tokenTTL: hours.default('168h').describe('Lifetime of the certificate or token with which a new machine joins.'),
  })
  .prefault({})
  .describe('TLS bootstrap of kubelets.');

export const kubernetes = z
  .strictObject({
    version: version.describe('Kubernetes version, for example 1.36.3.'),
    imageRegistry: singleLine
      .optional()
      .describe(
        'Registry of pause and CoreDNS. Default: registry.k8s.io. CoreDNS is coredns/coredns there, from 1.8.0 on, and coredns in a namespace of aliyuncs.com; addons.coreDNS.image names any other.',
      ),
    pauseImage: image
      .optional()
      .describe('Container image of the sandbox. Default: the version’s own from imageRegistry.'),
    bootstrap,
    apiServer,
    controllerManager,
    scheduler,
    kubelet,
    kubeProxy,
    podSecurity,
  })
  .describe('Kubernetes and its components.');
