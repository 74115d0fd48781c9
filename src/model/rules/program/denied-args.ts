/** Why the user may not set a flag, and the setting to use instead. */
interface Denial {
  readonly reason: string;
  readonly instead: string;
}

const identity: Denial = {
  reason: 'it names this node, which unit files do not',
  instead: 'set the name and address under nodes',
};
const certificates: Denial = {
  reason: 'knode issues and places these files',
  instead: 'adopt your own authority under pki.authorities',
};
const setting = (path: string): Denial => ({ reason: 'the cluster file has a setting for it', instead: `set ${path}` });

const unprotected: Denial = { reason: 'the unprotected port stays shut', instead: 'use the secure port' };

function denied(names: readonly string[], why: Denial): Record<string, Denial> {
  return Object.fromEntries(names.map((name) => [name, why]));
}

/** Flags that hold the cluster together, by program. All other flags of the version may be set or overridden. */
export const deniedArgs: Readonly<Record<string, Readonly<Record<string, Denial>>>> &
  Record<
    'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler' | 'kubelet' | 'kube-proxy' | 'etcd' | 'flanneld',
    Readonly<Record<string, Denial>>
  > = {
  'kube-apiserver': {
    ...denied(['advertise-address'], identity),
    ...denied(
      [
        'client-ca-file',
        'tls-cert-file',
        'tls-private-key-file',
        'etcd-cafile',
        'etcd-certfile',
        'etcd-keyfile',
        'kubelet-client-certificate',
      ],
      certificates,
    ),
    ...denied(
      ['kubelet-client-key', 'kubelet-certificate-authority', 'proxy-client-cert-file', 'proxy-client-key-file'],
      certificates,
    ),
    ...denied(
      ['service-account-key-file', 'service-account-signing-key-file', 'requestheader-client-ca-file'],
      certificates,
    ),
    'etcd-servers': { reason: 'it follows from the etcd members', instead: 'name them under nodes' },
    'secure-port': setting('kubernetes.apiServer.port'),
    'bind-address': {
      reason: 'the programs of the node come by loopback, all others by its address',
      instead: 'leave it out',
    },
    'service-cluster-ip-range': setting('network.serviceCIDR'),
    'service-node-port-range': setting('network.nodePortRange'),
    'authorization-mode': setting('kubernetes.apiServer.authorizationModes'),
    'anonymous-auth': setting('kubernetes.apiServer.anonymousAuth'),
    'etcd-prefix': setting('kubernetes.apiServer.etcdPrefix'),
    'encryption-provider-config': setting('kubernetes.apiServer.encryption'),
    ...denied(['insecure-port', 'insecure-bind-address', 'port', 'address'], unprotected),
  },
  'kube-controller-manager': {
    ...denied(['port', 'address', 'master'], unprotected),
    'bind-address': setting('kubernetes.controllerManager.bindAddress'),
    ...denied(['kubeconfig', 'root-ca-file', 'cluster-signing-cert-file', 'cluster-signing-key-file'], certificates),
    ...denied(
      ['service-account-private-key-file', 'authentication-kubeconfig', 'authorization-kubeconfig'],
      certificates,
    ),
    'cluster-cidr': setting('network.podCIDR'),
    'service-cluster-ip-range': setting('network.serviceCIDR'),
    'allocate-node-cidrs': {
      reason: 'two allocators of pod networks would disagree',
      instead: 'set network.flannel.store',
    },
    'node-cidr-mask-size': setting('network.nodeCIDRMaskSize'),
  },
  'kube-scheduler': {
    ...denied(['port', 'address', 'master'], unprotected),
    'bind-address': setting('kubernetes.scheduler.bindAddress'),
    ...denied(['kubeconfig', 'authentication-kubeconfig', 'authorization-kubeconfig'], certificates),
  },
  kubelet: {
    ...denied(['hostname-override', 'node-ip'], identity),
    ...denied(['bootstrap-kubeconfig', 'kubeconfig', 'cert-dir', 'client-ca-file'], certificates),
    ...denied(['read-only-port', 'anonymous-auth', 'authorization-mode'], {
      reason: 'it opens the kubelet to anyone',
      instead: 'if you must, set the field in kubernetes.kubelet.extraConfig',
    }),
    'node-labels': setting('labels of roles and nodes'),
    config: { reason: 'knode writes the file', instead: 'use kubernetes.kubelet.extraConfig' },
    'root-dir': setting('kubernetes.kubelet.dataDir'),
    'container-runtime': setting('containerRuntime.type'),
    'container-runtime-endpoint': setting('containerRuntime.type'),
    'cgroup-driver': setting('containerRuntime.cgroupDriver'),
    'cluster-dns': setting('network.dnsServiceIP'),
    'cluster-domain': setting('network.dnsDomain'),
    'register-with-taints': setting('roles and nodes: taints'),
  },
  'kube-proxy': {
    ...denied(['hostname-override'], identity),
    ...denied(['kubeconfig'], certificates),
    config: { reason: 'knode writes the file', instead: 'use kubernetes.kubeProxy.extraConfig' },
    'cluster-cidr': setting('network.podCIDR'),
    'proxy-mode': setting('kubernetes.kubeProxy.mode'),
  },
  etcd: {
    ...denied(
      ['name', 'listen-client-urls', 'advertise-client-urls', 'listen-peer-urls', 'initial-advertise-peer-urls'],
      identity,
    ),
    ...denied(
      ['cert-file', 'key-file', 'trusted-ca-file', 'client-cert-auth', 'peer-cert-file', 'peer-key-file'],
      certificates,
    ),
    ...denied(['peer-trusted-ca-file', 'peer-client-cert-auth', 'auto-tls', 'peer-auto-tls'], certificates),
    'data-dir': setting('etcd.dataDir'),
    'wal-dir': setting('etcd.walDir'),
    'initial-cluster': { reason: 'it follows from the etcd members', instead: 'name them under nodes' },
    'initial-cluster-state': setting('etcd.initialClusterState'),
    'initial-cluster-token': setting('etcd.clusterToken'),
    ...denied(
      [
        'discovery',
        'discovery-srv',
        'discovery-srv-name',
        'discovery-fallback',
        'discovery-proxy',
        'discovery-token',
        'discovery-endpoints',
      ],
      { reason: 'etcd takes one source of its members, and knode gives it --initial-cluster', instead: 'leave it out' },
    ),
    'config-file': { reason: 'etcd would ignore every other flag', instead: 'use etcd.extraArgs' },
    'force-new-cluster': {
      reason: 'it throws every other member out',
      instead: 'see docs/troubleshooting.md on disaster recovery',
    },
  },
  flanneld: {
    ...denied(['etcd-cafile', 'etcd-certfile', 'etcd-keyfile', 'kubeconfig-file'], certificates),
    'etcd-endpoints': { reason: 'it follows from the etcd members', instead: 'name them under nodes' },
    'etcd-prefix': setting('network.flannel.etcdPrefix'),
    'kube-subnet-mgr': setting('network.flannel.store'),
    'subnet-file': { reason: 'docker and CNI read it where it is', instead: 'leave it out' },
    iface: setting('network.flannel.interface'),
  },
};
