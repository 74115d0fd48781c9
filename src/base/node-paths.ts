/** Every well-known path on a node, once. Components and tests name these, never literals of their own. */
export const nodePaths = {
  /** Binaries from artifacts. In systemd's default PATH, so that containerd finds its shim and runc. */
  bin: '/usr/local/bin',
  cniBin: '/opt/cni/bin',
  cniConf: '/etc/cni/net.d',
  units: '/etc/systemd/system',
  /** The node's own scripts. */
  lib: '/usr/local/lib/knode',
  /** What the scripts read. */
  etc: '/etc/knode',
  nodeEnv: '/etc/knode/node.env',
  clusterEnv: '/etc/knode/cluster.env',
  /** Mirrors that come with a password or a signature. */
  mirrorsEnv: '/etc/knode/mirrors.env',
  packagesList: '/etc/knode/packages.list',
  artifactsList: '/etc/knode/artifacts.list',
  disksList: '/etc/knode/disks.list',
  manifests: '/etc/knode/manifests',
  /** Who this node is, signed by the state. */
  passport: '/etc/knode/passport',
  /** Names and addresses that no worker may have in a certificate. */
  reservedList: '/etc/knode/reserved.list',
  /** Container images as files, which the runtime imports; kept, because kubelet removes what nothing uses. */
  images: '/var/lib/knode/images',
  /** What the scripts remember. */
  varLib: '/var/lib/knode',
  /** The right to found the etcd cluster, until it ends. */
  founding: '/etc/knode/founding.env',
  run: '/run/knode',
  receipt: '/run/knode/receipt.json',
  etcdEnv: '/run/knode/etcd.env',
  kubernetes: '/etc/kubernetes',
  pki: '/etc/kubernetes/pki',
  etcdPki: '/etc/etcd/pki',
  kubelet: '/var/lib/kubelet',
  flannelSubnet: '/run/flannel/subnet.env',
  flannelDocker: '/run/flannel/docker.env',
  kubeletKubeconfig: '/var/lib/kubelet/kubeconfig',
  /** What that kubeconfig names. kubelet writes the kubeconfig at once, and this when its certificate is approved. */
  kubeletCertificate: '/var/lib/kubelet/pki/kubelet-client-current.pem',
} as const;
