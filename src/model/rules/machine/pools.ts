import { contains, overlaps, prefixLength } from '../../../base/cidr.ts';
import { eachIntact } from '../../intact.ts';
import { fitsPattern } from '../../names.ts';
import type { ClusterFile, PoolSpec } from '../../schema/cluster-file.ts';
import { error, type Finding, type Rule, warning } from '../rule.ts';

function poolOf(spec: ClusterFile, pool: string): PoolSpec {
  const found = spec.nodes.pools[pool];
  if (found === undefined) throw new Error(`there is no pool ${pool}`);
  return found;
}

/** A machine of the pool could otherwise take the name of a node of the file. */
export const poolPatternsAreApart: Rule = ({ spec, nodes }) =>
  eachIntact(Object.keys(spec.nodes.pools), (pool) => {
    const { names, nodeName } = poolOf(spec, pool);
    const path = ['nodes', 'pools', pool, 'names'];
    if (names === undefined) return [];
    if (nodeName === 'address') {
      const message = `pool ${pool} names its machines by their addresses: '${names}' has no effect`;
      return [error(path, 'pool-names-unused', message, 'leave names out, or set nodeName: hostname')];
    }
    const taken = nodes.find((node) => fitsPattern(names, node.name));
    if (taken === undefined) return [];
    const message = `'${names}' fits the node ${taken.name}, whose name the machines of pool ${pool} must not take`;
    return [error(path, 'pool-names-taken', message, 'choose a pattern that no named node fits')];
  });

/** What a pool's credential is good for is as narrow as its names and its network. */
export const poolsAreBounded: Rule = ({ spec }) =>
  eachIntact(Object.keys(spec.nodes.pools), (pool) => {
    const { names, nodeName, network } = poolOf(spec, pool);
    const anyName = nodeName === 'hostname' && names === undefined;
    const anyAddress = network === undefined && spec.network.host.cidr === undefined;
    if (!anyName && !anyAddress) return [];
    const what = [...(anyName ? ['any name'] : []), ...(anyAddress ? ['any address'] : [])].join(' and ');
    const message = `a machine that has the user-data of pool ${pool} can join with ${what} that is not reserved`;
    const example = [...(anyName ? [`names: '${pool}-*'`] : []), ...(anyAddress ? ['network: 10.0.0.0/24'] : [])];
    const hint = `bound it, for example nodes: {pools: {${pool}: {${example.join(', ')}}}}`;
    return [warning(['nodes', 'pools', pool], 'pool-unbounded', message, hint)];
  });

/** A machine's address can lie in neither the pods' nor the Services' network. */
export const poolNetworksAreHosts: Rule = ({ spec }) =>
  eachIntact(Object.keys(spec.nodes.pools), (pool): Finding[] => {
    const { network } = poolOf(spec, pool);
    if (network === undefined) return [];
    const path = ['nodes', 'pools', pool, 'network'];
    const { podCIDR, serviceCIDR, host } = spec.network;
    for (const [name, cidr] of [
      ['pod', podCIDR],
      ['service', serviceCIDR],
    ] as const) {
      if (!overlaps(cidr, network)) continue;
      const message = `the network ${network} of pool ${pool} overlaps the ${name} network ${cidr}`;
      return [error(path, 'networks-overlap', message, 'choose networks that share no address')];
    }
    const first = network.split('/')[0] ?? '';
    const inside =
      host.cidr === undefined || (contains(host.cidr, first) && prefixLength(network) >= prefixLength(host.cidr));
    if (inside) return [];
    const message = `the network ${network} of pool ${pool} lies outside network.host.cidr ${host.cidr}`;
    return [error(path, 'address-outside-network', message, 'mend one of them')];
  });
