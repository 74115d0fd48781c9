import * as z from 'zod';
import { ipAddress, port } from './addresses.ts';
import {
  absolutePath,
  duration,
  extraArgs,
  extraConfig,
  hours,
  httpUrl,
  image,
  quantity,
  singleLine,
  text,
  threshold,
  version,
} from './primitives.ts';

const pluginName = text((value) =>
  /^[A-Z][A-Za-z]+$/.test(value)
    ? undefined
    : { code: 'invalid-plugin', message: `'${value}' is not an admission plugin`, hint: 'for example NodeRestriction' },
);
const verbosity = z.int().min(0).max(10).default(2).describe('Log verbosity, --v.');
const gateName = text((value) =>
  /^[A-Z][A-Za-z0-9]+$/.test(value)
    ? undefined
    : { code: 'invalid-gate', message: `'${value}' is not a feature gate`, hint: 'for example GracefulNodeShutdown' },
);
/** The names become one flag, a=true,b=false: a ',' or '=' in one would make it another. */
const apiName = text(
  (value) =>
    /^[a-z0-9][a-z0-9./-]*$/.test(value)
      ? undefined
      : { code: 'invalid-api', message: `'${value}' is not an API group or version`, hint: 'for example api/beta' },
  { pattern: '^[a-z0-9][a-z0-9./-]*$' },
);
const apiSwitch = text(
  (value) =>
    /^(true|false)$/.test(value)
      ? undefined
      : { code: 'invalid-api', message: `'${value}' does not switch an API`, hint: 'write true or false' },
  { pattern: '^(true|false)$' },
);
const featureGates = z.record(gateName, z.boolean()).default({}).describe('Feature gates.');

const audit = z
  .strictObject({
    enabled: z.boolean().default(true).describe('Write an audit log.'),
    policy: singleLine
      .optional()
      .describe(
        'A policy file beside the cluster file. Default: metadata of everything but reads of events, leases and health.',
      ),
    directory: absolutePath.default('/var/log/kubernetes').describe('Where audit.log is written.'),
    maxAge: z.int().min(1).default(30).describe('Days to keep.'),
    maxBackup: z.int().min(1).default(10).describe('Files to keep.'),
    maxSize: z.int().min(1).default(100).describe('Megabytes of one file.'),
  })
  .prefault({})
  .describe('Audit log. It always has a policy: without one the API server logs nothing.');

const encryption = z
  .strictObject({
    provider: z
      .enum(['secretbox', 'aescbc', 'none'])
      .default('secretbox')
      .describe('How resources are encrypted in etcd.'),
    resources: z.array(singleLine).min(1).default(['secrets']).describe('What is encrypted.'),
  })
  .prefault({})
  .describe('Encryption at rest. The key is made once and kept in the state.');

const apiServer = z
  .strictObject({
    port: port.default(6443).describe('--secure-port.'),
    anonymousAuth: z.boolean().default(false).describe('--anonymous-auth. Nothing that knode sets up needs it.'),
    authorizationModes: z
      .array(z.enum(['Node', 'RBAC', 'ABAC', 'Webhook', 'AlwaysAllow', 'AlwaysDeny']))
      .min(1)
      .default(['Node', 'RBAC'])
      .describe('--authorization-mode.'),
    admissionPlugins: z
      .strictObject({
        enable: z
          .array(pluginName)
          .default(['NodeRestriction'])
          .describe('Besides those that the version has on by default.'),
        disable: z.array(pluginName).default([]).describe('Switched off.'),
      })
      .prefault({})
      .describe('Admission plugins.'),
    runtimeConfig: z
      .record(apiName, z.union([z.boolean(), apiSwitch]))
      .default({})
      .describe('--runtime-config, for example api/all: true.'),
    eventTTL: duration.default('1h').describe('--event-ttl.'),
    maxRequestsInflight: z.int().min(1).default(400).describe('--max-requests-inflight.'),
    maxMutatingRequestsInflight: z.int().min(1).default(200).describe('--max-mutating-requests-inflight.'),
    requestTimeout: duration.default('1m').describe('--request-timeout.'),
    etcdPrefix: absolutePath.default('/registry').describe('--etcd-prefix.'),
    serviceAccountIssuer: httpUrl
      .optional()
      .describe('--service-account-issuer. Default: https://kubernetes.default.svc.DOMAIN.'),
    aggregatorRouting: z
      .boolean()
      .default(false)
      .describe('--enable-aggregator-routing: the API server reaches extension servers by pod address.'),
    verbosity,
    audit,
    encryption,
    featureGates,
    extraArgs: extraArgs.describe(
      'Further flags; they win over knode’s, but for those that hold the cluster together.',
    ),
  })
  .prefault({})
  .describe('kube-apiserver.');

const controllerManager = z
  .strictObject({
    bindAddress: ipAddress.default('127.0.0.1').describe('--bind-address.'),
    clusterSigningDuration: hours.default('8760h').describe('Life of the certificates that it signs for kubelets.'),
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

const kubelet = z
  .strictObject({
    dataDir: absolutePath
      .optional()
      .describe('--root-dir. Default: /var/lib/kubelet, or below the data disk that holds kubelet.'),
    maxPods: z.int().min(1).default(110).describe('maxPods.'),
    kubeReserved: resources.describe('kubeReserved.'),
    systemReserved: resources.describe('systemReserved.'),
    evictionHard: thresholds
      .default({
        'memory.available': '100Mi',
        'nodefs.available': '10%',
        'nodefs.inodesFree': '5%',
        'imagefs.available': '15%',
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
    serializeImagePulls: z.boolean().default(true).describe('serializeImagePulls.'),
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

const kubeProxy = z
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
      .enum(['token-secret', 'token-file'])
      .default('token-secret')
      .describe(
        'How a new kubelet proves that it may join: a bootstrap token in a Secret that expires, or the token.csv of old that never does.',
      ),
    tokenTTL: hours.default('168h').describe('Life of the bootstrap token.'),
  })
  .prefault({})
  .describe('TLS bootstrap of kubelets.');

export const kubernetes = z
  .strictObject({
    version: version.describe('Kubernetes version, for example 1.36.3.'),
    imageRegistry: singleLine.optional().describe('Registry of pause and CoreDNS. Default: registry.k8s.io.'),
    pauseImage: image.optional().describe('Sandbox image. Default: the version’s own from imageRegistry.'),
    bootstrap,
    apiServer,
    controllerManager,
    scheduler,
    kubelet,
    kubeProxy,
  })
  .describe('Kubernetes and its components.');
