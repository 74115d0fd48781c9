/** kubelet and kube-proxy 1.20.2, built by the laboratory, accept and refuse the same values as knode. */
import { describe, it } from 'vitest';
import { kubeProxyConfiguration } from '../../../src/component/network/kube-proxy.ts';
import { kubeletConfiguration } from '../../../src/component/worker/kubelet-config.ts';
import { describeReferee } from '../tools.ts';
import { kubeletTakes, kubeProxyTakes, kubernetesFolder } from './judges.ts';
import { confront, type Row } from './table.ts';

type Plain = Readonly<Record<string, unknown>>;

const over = (section: 'kubelet' | 'kubeProxy', settings: Plain): Plain => ({
  kubernetes: { version: '1.20.2', [section]: settings },
  containerRuntime: { type: 'containerd' },
});
const row =
  (section: 'kubelet' | 'kubeProxy', takes: boolean) =>
  (config: Plain): Row => ({
    name: JSON.stringify(config),
    over: over(section, { extraConfig: config }),
    takes,
  });

const kubeletRefuses = [
  { nodeLeaseDurationSeconds: -1 },
  { eventBurst: -1 },
  { eventRecordQPS: -1 },
  { healthzPort: 70000 },
  { imageGCHighThresholdPercent: 101 },
  { imageGCHighThresholdPercent: 70, imageGCLowThresholdPercent: 80 },
  { iptablesMasqueradeBit: 32 },
  { iptablesDropBit: 14 },
  { kubeAPIQPS: -1 },
  { nodeStatusMaxImages: -2 },
  { maxOpenFiles: -1 },
  { maxPods: -1 },
  { oomScoreAdj: 1001 },
  { podsPerCore: -1 },
  { readOnlyPort: 70000 },
  { registryBurst: -1 },
  { registryPullQPS: -1 },
  { topologyManagerPolicy: 'single-numa' },
  { topologyManagerScope: 'machine' },
  { shutdownGracePeriod: '30s' },
  { shutdownGracePeriod: '10s', shutdownGracePeriodCriticalPods: '20s', featureGates: { GracefulNodeShutdown: true } },
  { shutdownGracePeriod: '500ms', featureGates: { GracefulNodeShutdown: true } },
  { enforceNodeAllocatable: ['pods', 'kube-reserved'] },
  { enforceNodeAllocatable: ['pods', 'none'] },
  { enforceNodeAllocatable: ['all'] },
  { cgroupsPerQOS: false },
  { hairpinMode: 'veth' },
  { systemCgroups: '/system' },
  { reservedSystemCPUs: '0-' },
  { reservedSystemCPUs: '0', systemReservedCgroup: '/system.slice' },
  { cpuCFSQuotaPeriod: '50ms' },
  { showHiddenMetricsForVersion: '1.20' },
  { logging: { format: 'xml' } },
  { kubeReserved: { mem: '1Gi' } },
  { systemReserved: { memory: '-1Gi' } },
  { kubeReserved: { cpu: '1 core' } },
  { cpuManagerPolicy: 'static' },
  { cpuManagerPolicy: 'dynamic', kubeReserved: { cpu: '1' } },
  { qosReserved: { cpu: '50%' } },
  { evictionHard: { 'memory.free': '100Mi' } },
  { evictionHard: { 'memory.available': '10001%' } },
  { evictionHard: { 'memory.available': '-1%' } },
  { evictionHard: { 'memory.available': '0' } },
  { evictionHard: { 'containerfs.available': '10%' } },
  { evictionSoft: { 'memory.available': '300Mi' } },
  { evictionSoft: { 'memory.available': '300Mi' }, evictionSoftGracePeriod: { 'memory.available': 'soon' } },
  { evictionMinimumReclaim: { 'memory.available': '0%' } },
  { containerLogMaxFiles: 1 },
  { containerLogMaxSize: '10 MB' },
  { configMapAndSecretChangeDetectionStrategy: 'Poll' },
  { tlsMinVersion: 'TLS12' },
  { tlsCipherSuites: ['TLS_NULL'] },
];

const kubeletAccepts = [
  {},
  { maxPods: 0, nodeLeaseDurationSeconds: 0, registryBurst: 0, kubeAPIBurst: 0 },
  { imageGCHighThresholdPercent: 100, imageGCLowThresholdPercent: 0 },
  { nodeStatusMaxImages: -1, oomScoreAdj: -1000, podPidsLimit: -5 },
  { topologyManagerPolicy: 'single-numa-node', topologyManagerScope: 'pod' },
  { shutdownGracePeriod: '30s', shutdownGracePeriodCriticalPods: '10s', featureGates: { GracefulNodeShutdown: true } },
  { enforceNodeAllocatable: ['pods', 'kube-reserved'], kubeReservedCgroup: '/kube.slice' },
  { enforceNodeAllocatable: ['none'] },
  { cgroupsPerQOS: false, enforceNodeAllocatable: [] },
  { systemCgroups: '/system', cgroupRoot: '/' },
  { cpuCFSQuotaPeriod: '50ms', featureGates: { CustomCPUCFSQuotaPeriod: true } },
  { showHiddenMetricsForVersion: '1.19' },
  { kubeReserved: { cpu: '500m', memory: '1Gi', 'ephemeral-storage': '2e9', pid: '1000' } },
  { evictionHard: { 'memory.available': '0%', 'pid.available': '10%' } },
  { evictionSoft: { 'memory.available': '100%' } },
  { evictionHard: { 'memory.available': '101%' } },
  { evictionMinimumReclaim: { 'memory.available': '0', 'nodefs.available': '500%' } },
  { iptablesDropBit: 14, makeIPTablesUtilChains: false },
  { qosReserved: { memory: '50%' } },
  { containerLogMaxFiles: 2, containerLogMaxSize: '0' },
];

const kubeProxyRefuses = [
  { iptables: { masqueradeBit: 32 } },
  { iptables: { syncPeriod: '1s', minSyncPeriod: '2s' } },
  { iptables: { syncPeriod: '-1s' } },
  { conntrack: { maxPerCore: -1 } },
  { conntrack: { tcpCloseWaitTimeout: '-1s' } },
  { oomScoreAdj: -1001 },
  { configSyncPeriod: '-1s' },
  { udpIdleTimeout: '-1s' },
  { bindAddress: 'node' },
  { healthzBindAddress: '0.0.0.0:' },
  { metricsBindAddress: 'localhost:10249' },
  { metricsBindAddress: '127.0.0.1:70000' },
  { portRange: '3000-2000' },
  { nodePortAddresses: ['10.0.0.1'] },
  { clusterCIDR: '10.0.0.0' },
  { clientConnection: { kubeconfig: '/none', burst: -1 } },
  { showHiddenMetricsForVersion: '1.18' },
];

const kubeProxyAccepts = [
  {},
  { iptables: { syncPeriod: '0s', masqueradeBit: 0 } },
  { conntrack: { maxPerCore: 0, min: 0 } },
  { metricsBindAddress: '[::1]:10249' },
  { healthzBindAddress: '0.0.0.0' },
  { portRange: '3000+100' },
  { portRange: '3000' },
  { nodePortAddresses: ['10.0.0.0/8', 'fd00::/64'] },
  { ipvs: { scheduler: 'none-such', syncPeriod: '-1s' } },
];

const folder = kubernetesFolder();

/** Differences of this place from a node: no certificates of the cluster, and no swap. */
const here = {
  authentication: { anonymous: { enabled: false }, webhook: { enabled: false } },
  authorization: { mode: 'AlwaysAllow' },
  rotateCertificates: false,
  serverTLSBootstrap: false,
  failSwapOn: false,
  cgroupDriver: 'cgroupfs',
  resolvConf: '/etc/resolv.conf',
};

describe.skipIf(folder === undefined)('Kubernetes 1.20.2', () => {
  describeReferee('takes what knode takes', { root: true, tools: { unshare: 'util-linux' } }, () => {
    it('kubelet', { timeout: 900_000 }, async () => {
      const rows = [...kubeletRefuses.map(row('kubelet', false)), ...kubeletAccepts.map(row('kubelet', true))];
      await confront(rows, (cluster) => kubeletTakes(folder ?? '', { ...kubeletConfiguration(cluster), ...here }));
    });

    it('kube-proxy', { timeout: 600_000 }, async () => {
      const rows = [...kubeProxyRefuses.map(row('kubeProxy', false)), ...kubeProxyAccepts.map(row('kubeProxy', true))];
      await confront(rows, (cluster) => kubeProxyTakes(folder ?? '', kubeProxyConfiguration(cluster)));
    });

    it('kube-proxy, in its mode ipvs', { timeout: 300_000 }, async () => {
      const ipvs = (takes: boolean, settings: Plain): Row => ({
        name: JSON.stringify(settings),
        over: over('kubeProxy', { mode: 'ipvs', ipvs: settings }),
        takes,
      });
      const rows = [
        ipvs(true, { scheduler: 'sh' }),
        ipvs(false, { scheduler: 'mh' }),
        ipvs(false, { minSyncPeriod: '1m' }),
        ipvs(true, { minSyncPeriod: '1m', syncPeriod: '1m' }),
      ];
      await confront(rows, (cluster) => kubeProxyTakes(folder ?? '', kubeProxyConfiguration(cluster)));
    });
  });
});
