/** The versions and choices that must be compatible. */
export interface Pairs {
  readonly kubernetes: string;
  readonly runtime: 'docker' | 'containerd';
  readonly proxyMode: string;
  readonly etcd?: string;
  readonly flannel?: string;
  /** Where flannel stores its subnets. */
  readonly flannelStore?: 'etcd' | 'kubernetes';
  readonly containerd?: string;
  readonly docker?: string;
  readonly criDockerd?: string;
  /** Linux kernel of the nodes, if known: `5.10`. */
  readonly kernel?: string;
  /** The operating system's release, if set: `rocky-9`. */
  readonly os?: string;
  /** The user has set kubelet's failCgroupV1 to false. */
  readonly toleratesCgroupV1?: boolean;
}

/** Two choices that are incompatible, or barely compatible. */
export interface Pairing {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  /** The choice at fault. */
  readonly which: 'etcd' | 'flannel' | 'containerd' | 'docker' | 'criDockerd' | 'proxyMode' | 'kernel' | 'os';
}
