import { contains, overlaps, prefixLength } from '../../../base/cidr.ts';
import { eachIntact } from '../../loading/intact.ts';
import { fitsPattern } from '../../names.ts';
import type { ClusterFile, PoolSpec } from '../../schema/cluster-file.ts';
import { error, type Finding, type Rule, warning } from '../rule.ts';
import { say } from './node-messages.ts';

function poolOf(spec: ClusterFile, pool: string): PoolSpec {
  const found = spec.nodes.pools[pool];
  if (found === undefined) throw new Error(`there is no pool ${pool}`);
  return found;
}

/** Otherwise a machine of the pool could take the name of a node in the file. */
export const poolPatternsAreApart: Rule = ({ spec, nodes }) =>
  eachIntact(Object.keys(spec.nodes.pools), (pool) => {
    const { names, nodeName } = poolOf(spec, pool);
    const path = ['nodes', 'pools', pool, 'names'];
    if (names === undefined) return [];
    if (nodeName === 'address') {
      return [error(path, say('pool-names-unused', { pool, names }))];
    }
    const taken = nodes.find((node) => fitsPattern(names, node.name));
    if (taken === undefined) return [];
    return [error(path, say('pool-names-taken', { names, name: taken.name, pool }))];
  });

/** A pool's credential is limited by its names and its network only. */
export const poolsAreBounded: Rule = ({ spec }) =>
  eachIntact(Object.keys(spec.nodes.pools), (pool) => {
    const { names, nodeName, network } = poolOf(spec, pool);
    const anyName = nodeName === 'hostname' && names === undefined;
    const anyAddress = network === undefined && spec.network.host.cidr === undefined;
    if (!anyName && !anyAddress) return [];
    return [warning(['nodes', 'pools', pool], say('pool-unbounded', { pool, anyName, anyAddress }))];
  });

/** A machine's address can be in neither the pods' nor the Services' network. */
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
      return [error(path, say('networks-overlap', { network, pool, name, cidr }))];
    }
    const first = network.split('/')[0] ?? '';
    const inside =
      host.cidr === undefined || (contains(host.cidr, first) && prefixLength(network) >= prefixLength(host.cidr));
    if (inside) return [];
    return [error(path, say('address-outside-network', { network, pool, cidr: host.cidr }))];
  });
