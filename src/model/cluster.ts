import type { Arch } from '../platform/arch.ts';
import type { ContainerdRelease } from '../release/program/containerd-release.ts';
import type { DockerRelease } from '../release/program/docker-release.ts';
import type { EtcdRelease } from '../release/program/etcd-release.ts';
import type { FlannelRelease } from '../release/program/flannel-release.ts';
import type { KubernetesRelease } from '../release/program/kubernetes-release.ts';
import type { EncryptedResource } from './encryption.ts';
import type { ClusterFile, Role } from './schema/cluster-file.ts';

export type { Arch } from '../platform/arch.ts';
export type { Role } from './schema/cluster-file.ts';

export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: string;
}

/** A group of workers that share one user-data. */
export interface Pool {
  readonly name: string;
  readonly nodeName: 'hostname' | 'address';
  /** The pattern of its machines' names: `web-*`, or `web-{address}` with `nodeName: address`. */
  readonly names: string;
  /** The IPv4 network of its machines' addresses. */
  readonly network: string;
  /** Interface whose address is the node's; default: that of the default route. */
  readonly interface?: string;
}

/** One machine of the cluster, fully resolved. */
export interface ClusterNode {
  readonly role: Role;
  /** Position in its role's list, from 0: the number for `--index`. */
  readonly index: number;
  readonly name: string;
  readonly address: string;
  readonly arch: Arch;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  /** For a pool's node: it finds its name and address at boot; `name` and `address` here must not be used. */
  readonly pool?: Pool;
  /** Whether an etcd member runs here: on dedicated etcd nodes, or on every master if there are none. */
  readonly etcdMember: boolean;
}

/** Version of every component, chosen by the user or paired with the Kubernetes version. */
export interface Versions {
  readonly kubernetes: string;
  readonly etcd: string;
  readonly flannel: string;
  readonly containerd: string;
  readonly docker: string;
  readonly criDockerd: string;
  readonly runc: string;
  readonly cniPlugins: string;
  readonly flannelCniPlugin: string;
  readonly crictl: string;
}

/** Programs whose data a disk can hold. */
export type Tenant = 'etcd' | 'docker' | 'containerd' | 'kubelet';

/** The cluster for components: nothing optional is left open, nothing is computed twice. */
export interface Cluster {
  readonly name: string;
  /** The cluster file itself with its defaults, for everything that needs no derivation. */
  readonly spec: ClusterFile;
  readonly versions: Versions;
  readonly kubernetes: KubernetesRelease;
  readonly etcd: EtcdRelease;
  readonly flannel: FlannelRelease;
  readonly containerd: ContainerdRelease;
  readonly docker: DockerRelease;
  readonly masters: readonly ClusterNode[];
  readonly workers: readonly ClusterNode[];
  readonly balancers: readonly ClusterNode[];
  /** Nodes with an etcd member: masters, or the dedicated ones. */
  readonly etcdMembers: readonly ClusterNode[];
  /** Machines with a name and an address. */
  readonly nodes: readonly ClusterNode[];
  /** One node for each pool: all machines of the pool are rendered as this one. */
  readonly pools: readonly ClusterNode[];
  readonly serviceIP: string;
  readonly dnsIP: string;
  /** URL of the API for people: `https://api.example.com:6443`. */
  readonly publicUrl: string;
  /** URL of the API for kubelets and other clients on the nodes: the local load balancer, or the endpoint. */
  readonly nodeUrl: string;
  /** Names and addresses in the API server's certificate. */
  readonly apiServerNames: { readonly dnsNames: readonly string[]; readonly ipAddresses: readonly string[] };
  readonly proxyMode: 'iptables' | 'ipvs' | 'nftables';
  /**
   * Pods get their network by CNI; false only for dockershim with flannel's docker options, as in the source documents.
   */
  readonly usesCni: boolean;
  readonly usesFlannel: boolean;
  /** flannel keeps its subnets in etcd: flanneld needs a client certificate, and Kubernetes allocates no node networks. */
  readonly flannelInEtcd: boolean;
  /**
   * Encrypted resources in etcd, and their providers. From the cluster file, until a state adds the ones that it
   * remembers.
   */
  readonly encryption: readonly EncryptedResource[];
  /** Number of renders that changed the manifests, as far as a state remembers them; 1 without a state. */
  readonly generation: number;
  readonly images: { readonly pause: string; readonly coreDns: string };
}
