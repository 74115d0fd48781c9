import { at, lay, type Piece } from './piece.ts';

const from = (minor: number) => (shape: { minor: number }) => shape.minor >= minor;
const before = (minor: number) => (shape: { minor: number }) => shape.minor < minor;

const set = (path: string, values: readonly unknown[], more: Partial<Piece> = {}): Piece => ({
  name: path,
  make: (pick) => at(path, pick(values)),
  ...more,
});

const api = 'kubernetes.apiServer';
const apiServer: readonly Piece[] = [
  set(`${api}.port`, [6444, 7443], { when: ({ balancing }) => balancing !== 'local' }),
  set(`${api}.anonymousAuth`, [true, false]),
  set(`${api}.authorizationModes`, [
    ['Node', 'RBAC'],
    ['RBAC', 'Node'],
    ['Node', 'RBAC', 'AlwaysDeny'],
  ]),
  set(`${api}.admissionPlugins`, [{ enable: ['AlwaysPullImages'] }, { disable: ['DefaultTolerationSeconds'] }]),
  set(`${api}.runtimeConfig`, [{ 'api/all': true }, { 'api/all': 'true' }], { when: from(17) }),
  set(`${api}.eventTTL`, ['1h', '30m', '2h30m']),
  set(`${api}.maxRequestsInflight`, [400, 800, 3000]),
  set(`${api}.maxMutatingRequestsInflight`, [200, 1000]),
  set(`${api}.requestTimeout`, ['1m', '90s', '2m']),
  set(`${api}.etcdPrefix`, ['/registry', '/prod/registry']),
  set(`${api}.serviceAccountIssuer`, ['https://issuer.example.com', 'https://kubernetes.default.svc']),
  set(`${api}.aggregatorRouting`, [true, false]),
  set(`${api}.verbosity`, [0, 4, 10]),
  {
    name: 'audit',
    make: (pick) =>
      at(`${api}.audit`, {
        enabled: pick([true, true, false]),
        directory: pick(['/var/log/kubernetes', '/data/audit']),
        maxAge: pick([7, 30]),
        maxBackup: pick([1, 10]),
        maxSize: pick([50, 100]),
      }),
  },
  set(`${api}.audit.policy`, ['policy.yaml']),
  set(`${api}.encryption`, [
    { provider: 'secretbox' },
    { provider: 'aescbc', resources: ['secrets', 'configmaps'] },
    { provider: 'none' },
  ]),
  set(`${api}.featureGates`, [{ AllAlpha: false }, { APIResponseCompression: true }]),
  set(`${api}.extraArgs`, [
    { 'default-not-ready-toleration-seconds': 60, 'default-unreachable-toleration-seconds': 60 },
    { 'audit-log-compress': true },
    { 'tls-min-version': 'VersionTLS12' },
    { default_watch_cache_size: '200', profiling: false },
    { 'max-connection-bytes-per-sec': 1000 },
    { 'oidc-issuer-url': 'https://id.example.com', 'oidc-client-id': 'kubernetes', 'oidc-username-claim': 'email' },
    { 'cors-allowed-origins': ['https://a.example.com', 'https://b.example.com'] },
  ]),
  {
    name: 'goaway',
    when: from(18),
    make: () => at(`${api}.extraArgs`, { 'goaway-chance': '0.001' }),
  },
];

const others: readonly Piece[] = [
  set('kubernetes.imageRegistry', ['registry.example.com', 'reg.example.com:5000/k8s', 'registry.k8s.io']),
  set('kubernetes.pauseImage', ['registry.example.com:5000/pause:3.9']),
  set('kubernetes.bootstrap', [
    { method: 'certificate', tokenTTL: '24h' },
    { method: 'token-secret' },
    { method: 'token-file' },
  ]),
  set('kubernetes.controllerManager', [
    { bindAddress: '0.0.0.0', verbosity: 3 },
    { clusterSigningDuration: '720h', terminatedPodGCThreshold: 100 },
    { nodeMonitorGracePeriod: '50s' },
    { extraArgs: { 'concurrent-deployment-syncs': 10, 'kube-api-qps': 40, 'kube-api-burst': 60 } },
    { extraArgs: { 'node-monitor-period': '5s' }, featureGates: { AllAlpha: false } },
  ]),
  set('kubernetes.scheduler', [
    { bindAddress: '0.0.0.0' },
    { verbosity: 4, featureGates: { AllAlpha: false } },
    { extraArgs: { profiling: false } },
    { extraArgs: { 'leader-elect-lease-duration': '30s', 'leader-elect-renew-deadline': '20s' } },
  ]),
  set('kubernetes.kubeProxy.mode', ['iptables', 'iptables', 'ipvs']),
  set('kubernetes.kubeProxy.mode nftables', ['nftables'], {
    when: from(33),
    make: () => at('kubernetes.kubeProxy.mode', 'nftables'),
  }),
  set('kubernetes.kubeProxy.ipvs', [
    { scheduler: 'wlc', strictARP: true },
    { scheduler: 'rr', minSyncPeriod: '1s', syncPeriod: '20s' },
  ]),
  set('kubernetes.kubeProxy', [
    { verbosity: 1, featureGates: { AllAlpha: false } },
    { extraConfig: { metricsBindAddress: '0.0.0.0:10249' } },
    { extraConfig: { conntrack: { maxPerCore: 65536, min: 131072 } } },
    { extraConfig: { nodePortAddresses: ['10.0.0.0/16'] } },
    { extraArgs: { v: 4 } },
  ]),
];

const kubelet = 'kubernetes.kubelet';
const kubelets: readonly Piece[] = [
  set(`${kubelet}.dataDir`, ['/data/kubelet']),
  set(`${kubelet}.maxPods`, [60, 110, 120]),
  set(`${kubelet}.kubeReserved`, [
    { cpu: '100m', memory: '512Mi' },
    { memory: '1Gi', 'ephemeral-storage': '1Gi' },
  ]),
  set(`${kubelet}.systemReserved`, [{ cpu: '200m', memory: '256Mi' }, { memory: '1Gi' }]),
  set(`${kubelet}.evictionHard`, [
    { 'memory.available': '200Mi', 'nodefs.available': '10%' },
    { 'memory.available': '5%', 'imagefs.available': '20%', 'nodefs.inodesFree': '5%' },
  ]),
  {
    name: 'soft eviction',
    make: (pick) =>
      at(kubelet, {
        evictionSoft: { 'memory.available': pick(['500Mi', '10%']) },
        evictionSoftGracePeriod: { 'memory.available': pick(['30s', '1m30s']) },
        evictionMaxPodGracePeriod: 60,
      }),
  },
  set(
    `${kubelet} image collection`,
    [{ imageGCHighThresholdPercent: 90, imageGCLowThresholdPercent: 70 }, { imageGCHighThresholdPercent: 100 }],
    {
      make: (pick) =>
        at(
          kubelet,
          pick([
            { imageGCHighThresholdPercent: 90, imageGCLowThresholdPercent: 70 },
            { imageGCHighThresholdPercent: 100 },
          ]),
        ),
    },
  ),
  set(`${kubelet}.nodeStatusUpdateFrequency`, ['10s', '20s']),
  set(`${kubelet}.serializeImagePulls`, [true, false]),
  set(`${kubelet}.hairpinMode`, ['hairpin-veth', 'promiscuous-bridge', 'none']),
  set(`${kubelet}.verbosity`, [0, 5]),
  set(`${kubelet}.featureGates`, [{ AllAlpha: false }, {}]),
  set(`${kubelet}.featureGates graceful`, [], {
    when: (shape) => shape.minor >= 20 && shape.minor <= 36,
    make: () => at(`${kubelet}.featureGates`, { GracefulNodeShutdown: true }),
  }),
  set(`${kubelet}.extraArgs`, [{ v: 3 }, { 'log-flush-frequency': '10s' }], {
    when: before(30),
  }),
  set(
    `${kubelet}.extraConfig`,
    [
      { containerLogMaxSize: '50Mi', containerLogMaxFiles: 5 },
      { eventRecordQPS: 10, registryPullQPS: 10, registryBurst: 20 },
      { podPidsLimit: 4096 },
      { protectKernelDefaults: true },
      { staticPodPath: '/etc/kubernetes/manifests' },
      { streamingConnectionIdleTimeout: '5m' },
      { rotateCertificates: true },
      { readOnlyPort: 0 },
      { allowedUnsafeSysctls: ['net.core.somaxconn'] },
      { syncFrequency: '30s', fileCheckFrequency: '10s', httpCheckFrequency: '10s' },
    ],
    { percent: 30 },
  ),
  {
    name: 'static CPUs',
    when: from(18),
    make: () =>
      lay(at(`${kubelet}.extraConfig`, { cpuManagerPolicy: 'static' }), at(`${kubelet}.kubeReserved`, { cpu: '500m' })),
  },
  {
    name: 'graceful shutdown',
    when: from(21),
    make: () => at(`${kubelet}.extraConfig`, { shutdownGracePeriod: '60s', shutdownGracePeriodCriticalPods: '20s' }),
  },
  {
    name: 'parallel pulls',
    when: from(27),
    make: () => at(kubelet, { serializeImagePulls: false, extraConfig: { maxParallelImagePulls: 4 } }),
  },
  {
    name: 'seccomp default',
    when: from(27),
    make: () => at(`${kubelet}.extraConfig`, { seccompDefault: true }),
  },
];

const hardening: readonly Piece[] = [
  set(`${kubelet}.podPidsLimit`, [4096, -1]),
  set(`${kubelet}.seccompDefault`, [true, false], { when: from(25) }),
  {
    name: 'pod security',
    when: from(25),
    make: (pick, { minor }) =>
      at('kubernetes.podSecurity', {
        enforce: pick(['privileged', 'baseline']),
        enforceVersion: pick(['latest', `v1.${minor}`]),
        audit: 'restricted',
        auditVersion: 'latest',
        warn: 'restricted',
        warnVersion: 'latest',
        exempt: { namespaces: ['kube-system', 'storage'], runtimeClasses: ['kata'], usernames: ['me@example.com'] },
      }),
  },
];

export const kubernetesPieces: readonly Piece[] = [...apiServer, ...others, ...kubelets, ...hardening];
