import { at, type Json, type Piece, type Shape } from './piece.ts';

const set = (path: string, values: readonly unknown[], more: Partial<Piece> = {}): Piece => ({
  name: path,
  make: (pick) => at(path, pick(values)),
  ...more,
});
const docker = (shape: Shape) => shape.docker;
const containerd = (shape: Shape) => !shape.docker;
const flannel = (shape: Shape) => shape.flannel;

/** The first of the machines of a role, with more to it. */
const machine = (role: string, more: Json): Json => at(`nodes.${role}`, [more]);

const nodes: readonly Piece[] = [
  { name: 'unnamed worker', make: () => machine('workers', { address: '10.0.5.1' }) },
  {
    name: 'worker with marks',
    make: (pick) =>
      machine('workers', {
        name: 'gpu-1',
        address: '10.0.5.2',
        labels: { tier: pick(['gold', '']), 'example.com/rack': 'r.1_a' },
        taints: [{ key: 'dedicated', value: 'gpu', effect: pick(['NoSchedule', 'PreferNoSchedule', 'NoExecute']) }],
      }),
  },
  {
    name: 'master with marks',
    when: ({ masters }) => masters < 5,
    make: (_, { arch }) =>
      at('nodes.masters', [
        { address: '10.0.5.21', arch, labels: { a: 'b' }, taints: [{ key: 'a', value: 'b', effect: 'NoSchedule' }] },
        { address: '10.0.5.22' },
      ]),
  },
  {
    name: 'etcd and balancer nodes with architectures',
    when: ({ dedicated, balancers }) => dedicated > 0 || balancers > 0,
    percent: 30,
    make: (_, { dedicated, balancers, arch }) =>
      at('nodes', {
        ...(dedicated > 0 && {
          etcd: [
            { address: '10.0.5.31', arch },
            { address: '10.0.5.32', arch },
          ],
        }),
        ...(balancers > 0 && { balancers: [{ address: '10.0.5.41', arch }] }),
      }),
  },
  {
    name: 'worker of the other architecture',
    make: (_, { arch }) => machine('workers', { address: '10.0.5.3', arch: arch === 'amd64' ? 'arm64' : 'amd64' }),
  },
  set('roles.master', [
    { schedulable: true },
    { labels: { 'example.com/control': 'yes' } },
    { taints: [{ key: 'a', value: 'c', effect: 'NoExecute' }] },
  ]),
  set('roles.worker', [
    { labels: { tier: 'web' } },
    { taints: [{ key: 'b', value: 'c', effect: 'PreferNoSchedule' }] },
  ]),
  {
    name: 'pool settings',
    when: (shape) => shape.pool,
    percent: 50,
    make: (pick, { arch }) =>
      at(
        'nodes.pools.web',
        pick<Json>([
          { labels: { 'example.com/pool': 'web' }, nodeName: 'address' },
          { names: 'web-*', interface: 'eth1' },
          { taints: [{ key: 'spot', value: 'yes', effect: 'NoSchedule' }], arch },
        ]),
      ),
  },
  set('apiEndpoint.name', ['api.prod.example.com', 'k8s']),
  set('apiEndpoint.port', [6443, 443], { when: ({ balancing }) => balancing === 'external' }),
  set('apiEndpoint.extraSANs', [['*.example.org', '10.0.9.10'], ['localhost']]),
  set('apiEndpoint.loadBalancer', [
    { method: 'least_conn', maxFails: 2 },
    { method: 'round_robin', connectTimeout: '1s', failTimeout: '10s' },
    { port: 8444, idleTimeout: '1h' },
  ]),
];

const network: readonly Piece[] = [
  set('network.podCIDR', ['10.244.0.0/16', '172.20.0.0/14', '100.64.0.0/12']),
  set('network.serviceCIDR', ['10.96.0.0/16', '192.168.128.0/20', '10.112.0.0/12']),
  { name: 'dnsServiceIP', make: () => at('network', { serviceCIDR: '10.97.0.0/16', dnsServiceIP: '10.97.0.53' }) },
  set('network.dnsDomain', ['cluster.local', 'k8s', 'a-b.example.com']),
  set('network.nodePortRange', ['30000-32767', '31000-31999']),
  set('network.nodeCIDRMaskSize', [24, 25]),
  set('network.host', [
    { nameservers: ['10.0.0.2', '9.9.9.9'] },
    { gateway: '10.0.0.1', interface: 'eth0', nameservers: ['10.0.0.2'] },
    { interface: 'en*' },
  ]),
  set('network.metadataService', ['block', 'allow']),
  set('network.flannel.store', ['kubernetes', 'etcd'], { when: flannel }),
  set(
    'network.flannel',
    [
      { subnetLength: 25, store: 'etcd' },
      { backend: { Type: 'vxlan', VNI: 7, Port: 8472, DirectRouting: true } },
      { backend: { Type: 'host-gw' } },
      { interface: 'eth0', ipMasq: false },
      { etcdPrefix: '/prod/network', store: 'etcd' },
      { extraArgs: { v: 3 } },
    ],
    { when: flannel, percent: 25 },
  ),
];

const etcd: readonly Piece[] = [
  set('etcd.dataDir', ['/data/etcd']),
  set('etcd.walDir', ['/wal/etcd']),
  set('etcd.clusterToken', ['prod-1']),
  set('etcd.initialClusterState', ['new', 'existing']),
  set('etcd.foundingTTL', ['24h', '8760h']),
  { name: 'etcd ports', make: () => at('etcd', { clientPort: 12379, peerPort: 12380 }) },
  {
    name: 'etcd pace',
    make: (pick) =>
      at(
        'etcd',
        pick([
          { heartbeatInterval: 100, electionTimeout: 1000 },
          { heartbeatInterval: 500, electionTimeout: 5000 },
        ]),
      ),
  },
  {
    name: 'etcd sizes',
    make: (pick) =>
      at('etcd', {
        snapshotCount: 50000,
        maxSnapshots: 3,
        maxWals: 3,
        maxRequestBytes: 10485760,
        quotaBackendBytes: pick([0, 8589934592]),
      }),
  },
  set('etcd.autoCompactionRetention', ['1h', '30m', '12h']),
  set('etcd.extraArgs', [
    { 'auto-compaction-mode': 'revision', 'auto-compaction-retention': '1000' },
    { 'enable-pprof': true },
    { 'listen-metrics-urls': 'http://127.0.0.1:2381' },
  ]),
];

const runtime: readonly Piece[] = [
  set('containerRuntime.cgroupDriver', ['systemd', 'cgroupfs']),
  set('containerRuntime.containerd.dataDir', ['/data/containerd'], { when: containerd }),
  set(
    'containerRuntime.containerd.registryMirrors',
    [
      { 'docker.io': ['https://mirror.example.com', 'http://10.0.9.20:5000'] },
      { _default: ['https://mirror.example.com/cache'] },
      { 'registry.example.com:5000': ['https://registry.example.com:5000'] },
    ],
    { when: containerd },
  ),
  set(
    'containerRuntime.containerd.registries',
    [
      [{ host: 'registry.example.com', headers: { 'X-Key': 'k' } }],
      [{ host: 'registry.example.com', skipVerify: true, capabilities: ['pull', 'resolve'] }],
      [{ host: 'harbor.example.com', server: 'https://harbor.example.com/v2/proxy', overridePath: true }],
    ],
    { when: containerd },
  ),
  {
    name: 'registry login',
    when: (shape) => containerd(shape) && shape.minor >= 24,
    make: () =>
      at('containerRuntime.containerd.registries', [
        { host: 'private.example.com', credentials: { username: 'u', password: 'p4ssw0rd' } },
      ]),
  },
  {
    name: 'registry certificates',
    when: containerd,
    make: () =>
      at('containerRuntime.containerd.registries', [
        { host: 'tls.example.com', ca: 'ca.pem', client: { certificate: 'client.pem', key: 'client.key' } },
      ]),
  },
  set(
    'containerRuntime.containerd.extraConfig',
    [{ debug: { level: 'info' } }, { metrics: { address: '127.0.0.1:1338' } }],
    { when: containerd },
  ),
  set(
    'containerRuntime.docker',
    [
      { dataDir: '/data/docker' },
      { storageDriver: 'overlay2', logMaxSize: '50m', logMaxFiles: 3 },
      { registryMirrors: ['https://mirror.example.com'], insecureRegistries: ['10.0.9.20:5000', '10.1.0.0/16'] },
      { liveRestore: false, extraConfig: { 'max-concurrent-downloads': 10 } },
      { extraConfig: { 'default-ulimits': { nofile: { Name: 'nofile', Soft: 65536, Hard: 65536 } } } },
    ],
    { when: docker, percent: 50 },
  ),
  set('containerRuntime.crictlVersion', ['1.36.0', '1.35.0'], { when: ({ minor }) => minor >= 35 }),
  {
    name: 'versions of modern parts',
    when: (shape) => containerd(shape) && shape.minor >= 34,
    make: () =>
      at('containerRuntime', { runcVersion: '1.3.3', cniPluginsVersion: '1.8.0', containerd: { version: '2.2.0' } }),
  },
  {
    name: 'versions of docker parts',
    when: (shape) => docker(shape) && shape.minor >= 34,
    percent: 60,
    make: () => at('containerRuntime.docker', { version: '29.0.0', criDockerdVersion: '0.3.21' }),
  },
  { name: 'version of etcd', when: (shape) => shape.minor >= 34, make: () => at('etcd.version', '3.6.6') },
  {
    name: 'version of flannel',
    when: (shape) => shape.flannel && shape.minor >= 34,
    make: () => at('network.flannel.version', '0.27.4'),
  },
];

const os: readonly Piece[] = [
  set('os.timezone', ['Europe/Berlin', 'America/Argentina/Buenos_Aires']),
  set('os.locale', ['de_DE.UTF-8', 'C.UTF-8']),
  set('os.ntp', [{ enabled: false }, { servers: ['10.0.0.3', 'ntp.example.com'] }]),
  set('os.swap', ['off', 'keep']),
  set('os.selinux', ['permissive', 'disabled', 'keep'], { when: ({ family }) => family === 'rhel' }),
  set('os.firewall', ['off', 'keep']),
  set('os.disableServices', [['postfix'], ['snapd.service', 'a@b.service']]),
  set('os.packages', [['jq'], ['g++', 'tcpdump', 'nfs-common']]),
  set('os.packageUpgrade', [true, false]),
  set('os.kernelModules', [['ip_vs'], ['nf_conntrack', 'br_netfilter']]),
  set('os.sysctls', [
    { 'vm.swappiness': 0 },
    { 'net.core.somaxconn': 32768, 'net.ipv4.tcp_rmem': '4096 87380 6291456' },
    { 'fs.inotify.max_user_watches': '524288' },
    { 'net.ipv4.ip_forward': 1, 'vm.overcommit_memory': 1 },
  ]),
  set('os.hosts', [[{ address: '10.9.0.1', names: ['a.example.com', 'a'] }]]),
  set('os.sshAuthorizedKeys', [['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE me@example']]),
  set('os.journald', [
    { storage: 'volatile', compress: false },
    { maxUse: '1G', maxFileSize: '100M', maxRetention: '1month', syncInterval: '1m' },
    { rateLimitInterval: '10s', rateLimitBurst: 0, forwardToSyslog: true },
  ]),
  set('os.proxy', [
    { http: 'http://10.0.0.4:3128', https: 'http://10.0.0.4:3128', noProxy: ['.example.com', '10.1.0.0/16'] },
    { https: 'http://user:word@10.0.0.4:3128' },
  ]),
  set('os.release', ['debian-12', 'ubuntu-24.04'], { when: ({ family, minor }) => family === 'debian' && minor >= 24 }),
  {
    name: 'rocky',
    when: ({ family, minor }) => family === 'rhel' && minor >= 24,
    make: (pick) => at('os', { release: pick(['rocky-9', 'alma-9', 'rhel-9']), family: 'rhel' }),
  },
];

const rest: readonly Piece[] = [
  {
    name: 'a disk for etcd',
    about: 'disks',
    when: ({ dedicated }) => dedicated === 0,
    make: (pick) =>
      at('dataDisks', [
        {
          device: '/dev/vdb',
          mount: '/mnt/data',
          filesystem: pick(['ext4', 'xfs']),
          holds: ['etcd'],
          roles: ['master'],
        },
      ]),
  },
  {
    name: 'a disk for the runtime',
    about: 'disks',
    make: (_, shape) =>
      at('dataDisks', [
        {
          id: 'virtio-data',
          mount: '/mnt/data',
          holds: [shape.docker ? 'docker' : 'containerd', 'kubelet'],
          roles: ['worker', 'master'],
        },
      ]),
  },
  { name: 'a disk by serial', about: 'disks', make: () => at('dataDisks', [{ serial: 'DATA-1', mount: '/data' }]) },
  set('addons.coreDNS', [
    { enabled: false },
    { replicas: 3, forward: ['9.9.9.9'], cacheSeconds: 60 },
    { memoryLimit: '256Mi', image: 'registry.example.com/coredns:1.11.1' },
  ]),
  set('addons.manifests', [['addon.yaml'], ['addon.yaml', 'more/second.yaml']]),
  set('pki.algorithm', ['ecdsa-p256', 'rsa-2048', 'rsa-4096']),
  set(
    'pki',
    [
      { caValidity: '175200h', certificateValidity: '4380h', renewBefore: '336h' },
      {
        subject: {
          country: 'DE',
          state: 'Bayern',
          locality: 'München',
          organization: 'Example GmbH',
          organizationalUnit: 'Ops',
        },
      },
      {
        authorities: {
          kubernetes: { certificate: 'pki/ca.crt', key: 'pki/ca.key' },
          etcd: { certificate: 'pki/etcd.crt', key: 'pki/etcd.key' },
        },
      },
      {
        authorities: {
          etcd: { certificate: 'pki/etcd.crt' },
          'front-proxy': { certificate: 'pki/front.crt', key: 'pki/front.key' },
        },
      },
    ],
    { percent: 25 },
  ),
  set(
    'artifacts.mirrors',
    [
      ['https://mirror.example.com/knode'],
      ['https://u:word@mirror.example.com', 'http://10.0.9.20:8080/knode?sig=abc'],
    ],
    { percent: 25 },
  ),
  set('artifacts', [
    { parallel: 8 },
    { mirrors: ['https://air.example.com/knode'], upstream: false },
    { mirrors: ['https://air.example.com/knode'], images: 'mirror' },
    { mirrors: ['https://air.example.com/knode'], payload: 'mirror' },
    { upstreamHosts: { 'dl.k8s.io': 'https://mirror.example.com/k8s' } },
  ]),
  {
    name: 'artifacts of one’s own',
    make: (pick) =>
      at('artifacts.extra', [
        {
          name: 'agent',
          version: '1.8.2',
          url: 'https://example.com/agent.tar.gz',
          sha256: 'ab'.repeat(32),
          format: 'tar.gz',
          members: [{ from: 'agent/bin/agent', to: '/usr/local/bin/agent', mode: '0755' }],
          ...pick<Json>([{}, { roles: ['worker'] }, { arch: 'amd64' }]),
        },
      ]),
  },
  {
    name: 'an own artifact from a file, of a pool',
    when: ({ pool }) => pool,
    make: () =>
      at('artifacts', {
        mirrors: ['https://air.example.com/knode'],
        extra: [
          {
            name: 'tool',
            version: '2',
            file: 'build/tool',
            sha256: 'cd'.repeat(32),
            members: [{ to: '/usr/local/bin/tool' }],
            pools: ['web'],
          },
        ],
      }),
  },
  set('extraFiles', [
    [{ path: '/etc/motd.d/own', content: 'Hello\n' }],
    [{ path: '/etc/agent/secret', content: 'word\n', secret: true, roles: ['worker'] }],
    [{ path: '/opt/own/run.sh', source: 'run.sh', mode: '0755' }],
  ]),
  set('extraUnits', [
    [{ name: 'own.service', content: '[Service]\nExecStart=/bin/true\n' }],
    [
      { name: 'own.timer', content: '[Timer]\nOnCalendar=daily\nUnit=own.service\n', start: false, roles: ['master'] },
      { name: 'own.service', source: 'own.service', roles: ['master'] },
    ],
  ]),
];

export const machinePieces: readonly Piece[] = [...nodes, ...network, ...etcd, ...runtime, ...os, ...rest];
