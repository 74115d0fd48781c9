/** Every well-known path on a node, defined once. Components and tests use these names instead of literals. */
export const nodePaths = {
  /** Binaries from artifacts. In systemd's default PATH, so that containerd finds its shim and runc. */
  bin: '/usr/local/bin',
  cniBin: '/opt/cni/bin',
  cniConf: '/etc/cni/net.d',
  units: '/etc/systemd/system',
  /** The node's own scripts. */
  lib: '/usr/local/lib/knode',
  /** Input of the scripts. */
  etc: '/etc/knode',
  nodeEnv: '/etc/knode/node.env',
  clusterEnv: '/etc/knode/cluster.env',
  /** Mirrors whose URL has a password or a signature. */
  mirrorsEnv: '/etc/knode/mirrors.env',
  packagesList: '/etc/knode/packages.list',
  artifactsList: '/etc/knode/artifacts.list',
  disksList: '/etc/knode/disks.list',
  manifests: '/etc/knode/manifests',
  /** The node's identity, signed by the state. */
  passport: '/etc/knode/passport',
  /** Names and addresses that no worker may have in a certificate. */
  reservedList: '/etc/knode/reserved.list',
  /** Container images as files, which the runtime imports; kept, because kubelet removes unused images. */
  images: '/var/lib/knode/images',
  /** State of the scripts. */
  varLib: '/var/lib/knode',
  /** The right to found the etcd cluster, until it expires. */
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
  /**
   * The certificate in that kubeconfig. kubelet writes the kubeconfig at once, and the certificate after its approval.
   */
  kubeletCertificate: '/var/lib/kubelet/pki/kubelet-client-current.pem',
} as const;
