import fc, { type Arbitrary } from 'fast-check';
import { deniedArgs } from '../../src/model/rules/program/denied-args.ts';
import { knownMinors } from '../../src/release/minors.ts';
import { kubernetesRelease } from '../../src/release/program/kubernetes-release.ts';
import { fieldsWithFacts, valueFact } from '../../src/release/relations/field-values.ts';
import { checkFlagValue } from '../../src/release/values/flag-values.ts';
import { minorOf } from '../../src/release/version.ts';
import { checkPlugins, proxyModes } from '../oracle/configs.ts';
import { flagsOf, type Program } from '../oracle/oracle.ts';
import { anyText, json, line, pathBelow, word } from './nasty-text.ts';

type Json = Record<string, unknown>;

/** Every key may be left out. */
function some<T extends Record<string, Arbitrary<unknown>>>(keys: T): Arbitrary<Json> {
  return fc.record(keys, { requiredKeys: [] }) as Arbitrary<Json>;
}

const int = (min: number, max: number) => fc.integer({ min, max });
const label = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
const duration = fc.constantFrom('500ms', '1s', '1m30s', '24h');
const quantity = fc.constantFrom('100m', '512Mi', '1Gi', '2');
const version = fc.constantFrom(...knownMinors()).map((minor) => kubernetesRelease(minor).value!.defaults());
/** Valid items of --runtime-config. */
const apiKey = fc.constantFrom(
  'api/all',
  'api/beta',
  'v1',
  'batch/v1',
  'resource.k8s.io/v1beta1',
  'apps/v1/deployments',
);
const lines = (maxLength = 3) => fc.array(line, { maxLength });
const httpUrl = fc
  .array(fc.constantFrom('a', '%40', '$x', '#', '<%', '`id`', 'ü', ';', '&b=1', ':', '@', '/'), { maxLength: 6 })
  .map((parts) => `https://mirror.example.com/${parts.join('')}`);

/** A mirror's URL, to which keys are appended: without a query or fragment. */
const mirrorUrl = httpUrl.map((url) => url.replaceAll(/[#?]/g, ''));

const flagValues: Readonly<Record<string, Arbitrary<unknown>>> = {
  string: line,
  stringSlice: fc.oneof(line, lines()),
  bool: fc.boolean(),
  int: int(0, 1000),
  duration,
};

/** Flags that go with other flags: alone, they are refused. */
const related =
  /^(help|authentication-config|authorization-.*|oidc-.*|encryption-provider-.*|cluster-signing-.*|leader-elect-.*|coordinated-.*|audit-.*-truncate-.*|(en|dis)able-admission-plugins|admission-control-config-file|runtime-config)$/;
/** Flags beside which others are checked. */
const beside = ['audit-log-path', 'audit-webhook-config-file'].map((flag) => ({ flag, value: '-' }));

const fieldFlags = fieldsWithFacts('KubeletConfiguration').map(
  (field) => valueFact('KubeletConfiguration', field).flag,
);

/** Flags whose values are compared with others. */
const held = [
  'heartbeat-interval',
  'election-timeout',
  'auto-compaction-mode',
  'auto-compaction-retention',
  'secure-port',
];

/** Flags that a program has in this version and that are the user's to set, with values that may be anything. */
function extraArgs(program: Program, programVersion: string): Arbitrary<Json> {
  const flags = [...flagsOf(program, programVersion)].filter(
    ([name, { type }]) =>
      deniedArgs[program][name] === undefined &&
      flagValues[type] !== undefined &&
      !related.test(name) &&
      !held.includes(name) &&
      // A value for a field of kubelet's configuration is held to that field.
      (program !== 'kubelet' || !fieldFlags.includes(name)),
  );
  const version = program === 'flanneld' ? programVersion : minorOf(programVersion);
  const taken = (flag: string, value: unknown): boolean =>
    [value].flat().every((one) => checkFlagValue(program, version, { flag, value: `${one}` }, beside) === undefined);
  const one = fc
    .constantFrom(...flags)
    .chain(([name, { type }]) => flagValues[type]!.map((value) => [name, value] as const))
    .filter(([name, value]) => taken(name, value));
  const kube = program !== 'etcd' && program !== 'flanneld';
  return fc.tuple(fc.array(one, { maxLength: 4 }), fc.boolean()).map(([pairs, underscores]) => {
    const named = pairs.map(([name, value]) => [kube && underscores ? String(name).replaceAll('-', '_') : name, value]);
    return Object.fromEntries(named) as Json;
  });
}

const labels = fc.dictionary(
  fc.constantFrom(
    'tier',
    'example.com/pool',
    'example.com/a.b_c',
    'node-role.kubernetes.io/web',
    'topology.kubernetes.io/zone',
  ),
  fc.constantFrom('', 'gold', 'a.b_c-D', '0644', 'yes'),
  { maxKeys: 3 },
);
const poolLabels = fc.dictionary(fc.constantFrom('tier', 'example.com/pool'), fc.constantFrom('', 'gold', '1e3'));
const taints = fc.uniqueArray(
  fc.record({
    key: fc.constantFrom('dedicated', 'example.com/gpu'),
    value: fc.constantFrom('', 'yes', 'a.b'),
    effect: fc.constantFrom('NoSchedule', 'PreferNoSchedule', 'NoExecute'),
  }),
  { selector: ({ key, effect }) => `${key}:${effect}`, maxLength: 2 },
);
const arch = fc.constantFrom('amd64', 'arm64');

/** Nodes of one role, each at its own address; names by number, so that all differ. */
function machines(role: string, net: number, minLength: number, maxLength: number, marks = true): Arbitrary<Json[]> {
  const own = some({ named: label, arch, ...(marks ? { labels, taints } : {}) });
  return fc.array(own, { minLength, maxLength }).map((nodes) =>
    nodes.map(({ named, ...rest }, index) => ({
      address: `10.0.${net}.${index + 11}`,
      ...(named === undefined ? {} : { name: `${named}-${role}${index}` }),
      ...rest,
    })),
  );
}

const pools = fc.dictionary(
  label.map((name) => `p${name}`),
  some({
    arch,
    labels: poolLabels,
    taints,
    nodeName: fc.constantFrom('hostname', 'address'),
    interface: fc.constant('eth0'),
  }),
  { maxKeys: 2 },
);

const loadBalancer = some({
  port: int(8443, 8500),
  method: fc.constantFrom('hash', 'least_conn', 'round_robin'),
  connectTimeout: duration,
  idleTimeout: duration,
  maxFails: int(0, 9),
  failTimeout: duration,
});

/** Gates that every minor knows and none locks. */
const gates = fc.dictionary(fc.constantFrom('AllAlpha', 'APIResponseCompression', 'HPAScaleToZero'), fc.boolean(), {
  maxKeys: 2,
});

const podLevel = fc.constantFrom('privileged', 'baseline', 'restricted');
const podSecurity = some({
  enforce: podLevel,
  enforceVersion: fc.constantFrom('latest', 'v1.0', 'v1.30'),
  warn: podLevel,
  audit: podLevel,
  exempt: some({
    namespaces: fc.uniqueArray(label, { maxLength: 3 }),
    usernames: fc.uniqueArray(
      line.filter((name) => name !== ''),
      { maxLength: 2 },
    ),
  }),
});

const reservable = fc.constantFrom('cpu', 'memory', 'ephemeral-storage', 'pid');

function kubernetes(kubernetesVersion: string): Arbitrary<Json> {
  const common = (program: Program) => ({
    verbosity: int(0, 10),
    featureGates: gates,
    extraArgs: extraArgs(program, kubernetesVersion),
  });
  const eviction = fc.constantFrom(
    {},
    { 'memory.available': '5%' },
    { 'nodefs.available': '1Gi', 'pid.available': '10%' },
  );
  return some({
    imageRegistry: fc.constantFrom('registry.example.com', 'reg.example.com:5000/k8s_a/b-c', '[fd00::1]:5000'),
    pauseImage: fc.constant('registry.example.com:5000/pause:3.9'),
    bootstrap: some({ method: fc.constantFrom('token-secret', 'token-file'), tokenTTL: fc.constant('24h') }),
    apiServer: some({
      ...common('kube-apiserver'),
      port: int(6443, 6500),
      anonymousAuth: fc.boolean(),
      authorizationModes: fc.constantFrom(['Node', 'RBAC'], ['RBAC', 'Node', 'AlwaysAllow']),
      runtimeConfig: fc.dictionary(apiKey, fc.oneof(fc.constantFrom('true', 'false'), fc.boolean()), { maxKeys: 2 }),
      eventTTL: duration,
      maxRequestsInflight: int(1, 999),
      etcdPrefix: pathBelow('/registry'),
      serviceAccountIssuer: httpUrl,
      aggregatorRouting: fc.boolean(),
      audit: some({
        enabled: fc.boolean(),
        directory: pathBelow('/var/log/kubernetes'),
        maxAge: int(1, 99),
        policy: word,
      }),
      encryption: some({
        provider: fc.constantFrom('secretbox', 'aescbc', 'none'),
        resources: fc.subarray(['secrets', 'configmaps', 'deployments.apps', 'events'], { minLength: 1 }),
      }),
    }),
    controllerManager: some({
      ...common('kube-controller-manager'),
      clusterSigningDuration: fc.constant('720h'),
      nodeMonitorGracePeriod: duration,
      terminatedPodGCThreshold: int(0, 99),
    }),
    scheduler: some({ ...common('kube-scheduler'), bindAddress: fc.constant('0.0.0.0') }),
    kubelet: some({
      ...common('kubelet'),
      dataDir: pathBelow('/data/kubelet'),
      maxPods: int(1, 100),
      podPidsLimit: int(-1, 4_194_304),
      seccompDefault: fc.constant(false),
      kubeReserved: fc.dictionary(reservable, quantity, { maxKeys: 2 }),
      systemReserved: fc.dictionary(reservable, quantity),
      evictionHard: eviction,
      imageGCHighThresholdPercent: int(81, 100),
      nodeStatusUpdateFrequency: duration,
      serializeImagePulls: fc.boolean(),
      hairpinMode: fc.constantFrom('hairpin-veth', 'promiscuous-bridge', 'none'),
      extraConfig: some({
        staticPodPath: line,
        contentType: anyText,
        registryPullQPS: int(0, 9),
        enforceNodeAllocatable: fc.constantFrom([], ['none'], ['pods']),
        systemCgroups: fc.constant(null),
      }),
    }),
    // The plugin came with 1.22.
    ...(checkPlugins(kubernetesVersion, ['PodSecurity']).length === 0 ? { podSecurity } : {}),
    kubeProxy: some({
      ...common('kube-proxy'),
      mode: fc.constantFrom(...proxyModes(kubernetesVersion)),
      ipvs: some({ scheduler: fc.constantFrom('rr', 'wlc', 'sh'), strictARP: fc.boolean(), syncPeriod: duration }),
      extraConfig: some({
        metricsBindAddress: fc.constantFrom('0.0.0.0:10249', '[::1]:10249'),
        oomScoreAdj: int(-999, 0),
        portRange: fc.constantFrom('', '3000-3100', '4000+9'),
        hostnameOverride: line,
      }),
    }),
  });
}

const nameservers = fc.constantFrom([], ['10.0.0.2', '9.9.9.9']);

function network(flannelVersion: string): Arbitrary<Json> {
  return some({
    provider: fc.constantFrom('flannel', 'flannel', 'external'),
    podCIDR: fc.constantFrom('10.244.0.0/16', '172.20.0.0/14'),
    serviceCIDR: fc.constantFrom('10.96.0.0/16', '192.168.128.0/20'),
    dnsDomain: fc.constantFrom('cluster.local', 'k8s', 'a-b.example.com'),
    nodePortRange: fc.constantFrom('30000-32767', '31000-31999'),
    nodeCIDRMaskSize: int(24, 25),
    // A static network needs the interface's name on RHEL.
    host: fc.oneof(
      some({ cidr: fc.constant('10.0.0.0/16'), nameservers, interface: fc.constantFrom('e*', 'eth0') }),
      fc.constant({ cidr: '10.0.0.0/16', gateway: '10.0.0.1', interface: 'eth0' }),
    ),
    flannel: some({
      store: fc.constantFrom('etcd', 'kubernetes'),
      etcdPrefix: pathBelow('/kubernetes'),
      subnetLength: int(24, 25),
      backend: fc.constantFrom({ Type: 'vxlan', VNI: 7, Port: 8472 }, { Type: 'host-gw' }, { Type: 'udp' }),
      interface: word,
      ipMasq: fc.boolean(),
      extraArgs: extraArgs('flanneld', flannelVersion),
    }),
  });
}

function etcd(etcdVersion: string): Arbitrary<Json> {
  return some({
    dataDir: pathBelow('/data/etcd'),
    walDir: pathBelow('/wal'),
    clusterToken: word,
    initialClusterState: fc.constantFrom('new', 'existing'),
    clientPort: int(2381, 2389),
    peerPort: int(2390, 2399),
    heartbeatInterval: int(1, 500),
    snapshotCount: int(1, 99_999),
    quotaBackendBytes: int(0, 2 ** 31),
    autoCompactionRetention: fc.constantFrom('8', '8h', '30m'),
    extraArgs: extraArgs('etcd', etcdVersion),
  });
}

const tomlKey = word.map((text) => `x-${text}`);

const containerRuntime = some({
  type: fc.constantFrom('docker', 'containerd'),
  cgroupDriver: fc.constantFrom('systemd', 'cgroupfs'),
  containerd: some({
    dataDir: pathBelow('/data/containerd'),
    registryMirrors: fc.dictionary(
      fc.constantFrom('docker.io', 'registry.example.com:5000', '_default'),
      fc.array(mirrorUrl, { minLength: 1, maxLength: 2 }),
    ),
    extraConfig: fc.dictionary(tomlKey, json, { maxKeys: 2 }),
  }),
  docker: some({
    dataDir: pathBelow('/data/docker'),
    storageDriver: fc.constantFrom('overlay2', 'btrfs', 'zfs'),
    logMaxSize: fc.constantFrom('100m', '1g', '64kb', '2.5G'),
    logMaxFiles: int(1, 9),
    registryMirrors: fc.subarray(['https://a.example.com', 'http://b.example.com:5000/']),
    insecureRegistries: fc.subarray(['registry.local:5000', '10.0.0.0/8', 'http://b.example.com']),
    liveRestore: fc.boolean(),
    extraConfig: fc.dictionary(tomlKey, json, { maxKeys: 2 }),
  }),
});

/** A key of ssh-ed25519, made for the tests. */
const sshKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJWq5GgZ5t3v0k2s7c6b1m9n8v7c6x5z4l3k2j1h0g9f';

const os = some({
  family: fc.constantFrom('debian', 'rhel'),
  timezone: fc.constantFrom('Etc/UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires'),
  locale: fc.constantFrom('C.UTF-8', 'de_DE.UTF-8'),
  ntp: some({ enabled: fc.boolean(), servers: fc.subarray(['10.0.0.2', 'ntp.example.com', 'fd00::2']) }),
  swap: fc.constantFrom('off', 'keep'),
  selinux: fc.constantFrom('permissive', 'disabled', 'keep'),
  firewall: fc.constantFrom('off', 'keep'),
  disableServices: fc.constantFrom([], ['postfix', 'a@b.service']),
  packages: fc.constantFrom([], ['jq', 'g++', 'libc6:amd64=2.36~x']),
  packageUpgrade: fc.boolean(),
  kernelModules: fc.constantFrom([], ['ip_vs', 'nf_conntrack']),
  sysctls: fc.dictionary(
    fc.constantFrom('vm.swappiness', 'net.ipv4.tcp_rmem', 'net.core.somaxconn', 'kernel.core_pattern'),
    fc.oneof(line, fc.integer()),
  ),
  hosts: fc.constantFrom([], [{ address: '10.9.0.1', names: ['a.example.com', 'a'] }]),
  sshAuthorizedKeys: line.map((comment) => [`${sshKey} ${comment}`]),
  journald: some({ storage: fc.constantFrom('persistent', 'none'), maxUse: fc.constant('1G'), compress: fc.boolean() }),
  proxy: some({ http: httpUrl, https: httpUrl, noProxy: fc.subarray(['.example.com', '10.1.0.0/16', '*', 'a$b%c']) }),
});

const tenants = ['etcd', 'docker', 'containerd', 'kubelet'] as const;
const dataDisks = fc
  .array(fc.tuple(pathBelow('/mnt'), fc.constantFrom('ext4', 'xfs'), fc.subarray([...tenants])), { maxLength: 2 })
  .map((disks) =>
    disks.map(([mount, filesystem, holds], index) => ({
      device: `/dev/vd${'bc'[index]}`,
      filesystem,
      // Side by side, and every tenant on one of them at most.
      mount: mount.replace('/mnt', `/mnt${index}`),
      holds: holds.filter((tenant) => tenants.indexOf(tenant) % disks.length === index),
    })),
  );

const roles = fc.subarray(['master', 'worker', 'etcd', 'balancer']);
const extraFiles = fc
  .array(fc.tuple(pathBelow('/srv'), anyText, fc.boolean(), some({ roles, mode: fc.constantFrom('0600', '0640') })), {
    maxLength: 3,
  })
  .map((files) =>
    files.map(([path, content, secret, rest], index) => ({
      path: path.replace('/srv', `/srv/${index}`),
      content,
      secret,
      ...rest,
    })),
  );
const extraUnits = fc
  .array(fc.tuple(label, anyText, some({ roles, start: fc.boolean() })), { maxLength: 2 })
  .map((units) =>
    units.map(([name, content, rest], index) => ({
      name: `x-${name}${index}.service`,
      // Lines that systemd does not know are ignored.
      content: `[Service]\nExecStart=/bin/true\n# ${content}`,
      ...rest,
    })),
  );

const addons = some({
  coreDNS: some({
    enabled: fc.boolean(),
    replicas: int(1, 5),
    forward: fc.constantFrom([], ['9.9.9.9', '10.0.0.2']),
    cacheSeconds: int(0, 99),
  }),
  manifests: fc.uniqueArray(word, { maxLength: 2 }),
});
const artifacts = fc.oneof(
  some({ mirrors: fc.array(mirrorUrl, { maxLength: 2 }), parallel: int(1, 32) }),
  fc.record({ mirrors: fc.array(mirrorUrl, { minLength: 1, maxLength: 2 }), upstream: fc.boolean() }),
);
const pki = some({
  algorithm: fc.constantFrom('ecdsa-p256', 'rsa-2048'),
  subject: some({ country: fc.constant('DE'), state: line, organization: line }),
});

/** A cluster file that knode must take, as data: every key of the schema, most of them left out in any one file. */
export const clusterFile: Arbitrary<Json> = version.chain((paired) =>
  fc
    .record({
      name: label,
      masters: machines('m', 0, 1, 3),
      workers: machines('w', 1, 0, 2),
      dedicated: fc.oneof(fc.constant([]), machines('e', 2, 0, 3, false)),
      balancers: machines('b', 3, 0, 2, false),
      pools,
      loadBalancer,
      external: fc.boolean(),
      kubernetes: kubernetes(paired.kubernetes),
      rest: some({
        arch,
        roles: some({
          master: some({ labels, taints, schedulable: fc.boolean() }),
          worker: some({ labels: poolLabels, taints }),
        }),
        network: network(paired.flannel),
        etcd: etcd(paired.etcd),
        containerRuntime,
        os,
        dataDisks,
        addons,
        pki,
        artifacts,
        extraFiles,
        extraUnits,
      }),
    })
    .map(({ name, masters, workers, dedicated, balancers, external, rest, ...made }) => ({
      apiVersion: 'knode.dev/v1',
      kind: 'Cluster',
      name,
      kubernetes: { version: paired.kubernetes, ...made.kubernetes },
      apiEndpoint: {
        address: '10.0.9.9',
        name: 'api.example.com',
        extraSANs: ['*.example.org', '10.0.9.10'],
        loadBalancer: {
          ...made.loadBalancer,
          type: balancers.length > 0 ? 'balancer' : external ? 'external' : 'local',
        },
      },
      nodes: { masters, workers, etcd: dedicated, balancers, pools: made.pools },
      ...rest,
    })),
);
