import type { DataPath } from '../base/diagnostic.ts';
import type { Cluster } from '../model/cluster.ts';
import type { ClusterFile } from '../model/schema/cluster-file.ts';
import { upgradeFault } from '../release/upgrade.ts';

/**
 * A setting that a living cluster must keep: running nodes would not agree with nodes that are rendered after a change.
 */
export interface FixedField {
  /** The name for `--allow-change`. */
  readonly name: string;
  /** The effective value, defaults and derived values included; undefined if the cluster does not use the setting. */
  readonly value: (cluster: Cluster) => string | undefined;
  /** What a change breaks, as the end of a sentence. Undefined if this change breaks nothing. */
  readonly breaks: (before: string, after: string) => string | undefined;
  /** What a change would need. */
  readonly needs: string | ((before: string, after: string) => string);
  /** The setting that decides if the file does not set this one: only the change of that setting is then reported. */
  readonly follows?: { readonly name: string; readonly unless: (spec: ClusterFile) => unknown };
}

const always = (words: string) => (): string => words;
const newCluster = 'a new cluster with a state of its own, and the workloads moved there';
const allAtOnce = 'every node stopped, replaced and started at the same time';

function upgrade(program: string) {
  return (before: string, after: string): string | undefined =>
    ({
      downwards: `${program} does not go back to an older minor: what the newer one stored may not be readable`,
      skips: `${program} goes up by one minor at a time, or parts of different minors do not understand each other`,
      none: undefined,
    })[upgradeFault(before, after) ?? 'none'];
}

function upgradeNeeds(what: string) {
  return (before: string, after: string): string =>
    upgradeFault(before, after) === 'downwards'
      ? 'a backup of etcd from before the upgrade'
      : `every minor between, one after the other, with all ${what} replaced at each`;
}

function issuer({ spec }: Cluster): string {
  const { extraArgs, serviceAccountIssuer } = spec.kubernetes.apiServer;
  const own = extraArgs['service-account-issuer'];
  return String(own ?? serviceAccountIssuer ?? `https://kubernetes.default.svc.${spec.network.dnsDomain}`);
}

/** All fixed fields; `docs/memory.md` has the same list. */
export const fixedFields: readonly FixedField[] = [
  {
    name: 'kubernetes.version',
    value: ({ versions }) => versions.kubernetes,
    breaks: upgrade('Kubernetes'),
    needs: upgradeNeeds('nodes'),
  },
  {
    name: 'etcd.version',
    value: ({ versions }) => versions.etcd,
    breaks: upgrade('etcd'),
    needs: upgradeNeeds('members'),
    follows: { name: 'kubernetes.version', unless: ({ etcd }) => etcd.version },
  },
  {
    name: 'network.podCIDR',
    value: ({ spec }) => spec.network.podCIDR,
    breaks: always('pods of nodes that are replaced would have addresses which the other nodes do not route'),
    needs: newCluster,
  },
  {
    name: 'network.serviceCIDR',
    value: ({ spec }) => spec.network.serviceCIDR,
    breaks: always('Services keep their addresses, and API servers and certificates would no longer know them'),
    needs: newCluster,
  },
  {
    name: 'network.dnsServiceIP',
    value: ({ dnsIP }) => dnsIP,
    breaks: always('a Service cannot change its address, and running pods ask the old one'),
    needs: `the Service kube-dns deleted, and ${allAtOnce}`,
    follows: { name: 'network.serviceCIDR', unless: ({ network }) => network.dnsServiceIP },
  },
  {
    name: 'network.dnsDomain',
    value: ({ spec }) => spec.network.dnsDomain,
    breaks: always('pods look for Services in the domain that they were started with'),
    needs: allAtOnce,
  },
  {
    name: 'network.provider',
    value: ({ spec }) => spec.network.provider,
    breaks: always('pods of the two networks do not reach each other'),
    needs: allAtOnce,
  },
  {
    name: 'network.flannel.store',
    value: (cluster) => (cluster.usesFlannel ? cluster.spec.network.flannel.store : undefined),
    breaks: always('nodes would look for the subnets of the others where these do not write them'),
    needs: allAtOnce,
  },
  {
    name: 'network.flannel.backend',
    value: (cluster) => (cluster.usesFlannel ? canonical(cluster.spec.network.flannel.backend) : undefined),
    breaks: always('nodes with different back ends do not exchange packets'),
    needs: allAtOnce,
  },
  {
    name: 'network.flannel.etcdPrefix',
    value: (cluster) => (cluster.flannelInEtcd ? cluster.spec.network.flannel.etcdPrefix : undefined),
    breaks: always('nodes would look for the subnets of the others where these do not write them'),
    needs: allAtOnce,
  },
  {
    name: 'network.flannel.subnetLength',
    value: (cluster) => (cluster.flannelInEtcd ? String(cluster.spec.network.flannel.subnetLength) : undefined),
    breaks: always('flannel gives up subnets of another length, and the pods in them lose their network'),
    needs: allAtOnce,
  },
  {
    name: 'kubernetes.apiServer.etcdPrefix',
    value: ({ spec }) => spec.kubernetes.apiServer.etcdPrefix,
    breaks: always('API servers would find an empty cluster under the new prefix'),
    needs: 'every key of etcd moved while all API servers are stopped',
  },
  {
    name: 'kubernetes.apiServer.serviceAccountIssuer',
    value: issuer,
    breaks: always('API servers would refuse the tokens of running pods'),
    needs: `the old issuer accepted as well (a second --service-account-issuer, from 1.22), or ${allAtOnce}`,
    follows: {
      name: 'network.dnsDomain',
      unless: ({ kubernetes: { apiServer } }) =>
        apiServer.serviceAccountIssuer ?? apiServer.extraArgs['service-account-issuer'],
    },
  },
  {
    name: 'kubernetes.apiServer.port',
    value: ({ spec }) => String(spec.kubernetes.apiServer.port),
    breaks: always('nodes that run look for every API server at the old port'),
    needs: allAtOnce,
  },
  {
    name: 'etcd.clusterToken',
    value: ({ name, spec }) => spec.etcd.clusterToken ?? name,
    breaks: always('members with different tokens do not belong to one cluster'),
    needs: newCluster,
  },
  {
    name: 'etcd.clientPort',
    value: ({ spec }) => String(spec.etcd.clientPort),
    breaks: always('new members and API servers would look for the running members at a port where none listens'),
    needs: allAtOnce,
  },
  {
    name: 'etcd.peerPort',
    value: ({ spec }) => String(spec.etcd.peerPort),
    breaks: always('new members would look for the running members at a port where none listens'),
    needs: allAtOnce,
  },
  {
    name: 'nodes.etcd',
    value: ({ spec }) => (spec.nodes.etcd.length > 0 ? 'dedicated members' : 'members on masters'),
    breaks: always('the new members would not know the data of the old ones'),
    needs: 'a backup of etcd, restored on the new members',
  },
];

/** JSON with sorted keys: the order of keys in the file has no meaning. */
function canonical(value: unknown): string {
  const sorted = (_key: string, one: unknown) =>
    one !== null && typeof one === 'object' && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one;
  return JSON.stringify(value, sorted);
}

export function pathOf({ name }: FixedField): DataPath {
  return name.split('.');
}
