import { contains, namesNetwork, overlaps } from '../../../base/cidr.ts';
import { attempt } from '../../loading/intact.ts';
import { error, type Finding, type Rule, warning } from '../rule.ts';
import { keptFor, say } from './address-messages.ts';

/** Networks reserved by the kernel or by Internet standards (RFC 6890), and their purpose. */
const kept = Object.keys(keptFor) as (keyof typeof keptFor)[];

/** Addresses of pods and Services must be reachable. */
export const networksArePossible: Rule = ({ spec }) =>
  (['podCIDR', 'serviceCIDR'] as const).flatMap((key): Finding[] => {
    const own = attempt(() => spec.network[key]);
    const network = kept.find((one) => own !== undefined && overlaps(one, own));
    if (own === undefined || network === undefined) return [];
    return [
      error(['network', key], say('network-impossible', { cidr: own, key, kept: network, purpose: keptFor[network] })),
    ];
  });

/** A gateway is a machine in its network. */
export const gatewayIsPossible: Rule = ({ spec }) => {
  const { cidr, gateway } = spec.network.host;
  const name = cidr === undefined || gateway === undefined ? undefined : namesNetwork(cidr, gateway);
  if (name === undefined) return [];
  return [error(['network', 'host', 'gateway'], say('address-impossible/gateway', { gateway, name, cidr }))];
};

/**
 * CoreDNS forwards to the node's servers (plugin forward, /etc/resolv.conf). A loopback address is CoreDNS itself in
 * its pod, and plugin loop stops it; a Service's address is CoreDNS as well.
 */
export const nameServersAreElsewhere: Rule = ({ spec }) => {
  const { enabled, forward } = spec.addons.coreDNS;
  // A resolver on the node itself is fine if CoreDNS does not use it.
  if (!enabled || forward.length > 0) return [];
  return spec.network.host.nameservers.flatMap((server, index): Finding[] => {
    const path = ['network', 'host', 'nameservers', index];
    const loopback = server.startsWith('127.') || server === '::1';
    if (!loopback && (server.includes(':') || !contains(spec.network.serviceCIDR, server))) return [];
    return [error(path, say('nameserver-loop', { server, loopback }))];
  });
};

/** Names that already have another meaning on every machine, or in every pod. */
export const endpointNameIsFree: Rule = ({ spec }) => {
  const { address, name } = spec.apiEndpoint;
  const found: Finding[] = [];
  if (name !== undefined && /^localhost(\.|$)/.test(name)) {
    found.push(error(['apiEndpoint', 'name'], say('name-localhost/endpoint', { name })));
  }
  if (name !== undefined && /^kubernetes(\.default(\.svc(\..*)?)?)?$/.test(name)) {
    found.push(warning(['apiEndpoint', 'name'], say('name-of-service', { name })));
  }
  if (address !== undefined && (address.startsWith('127.') || address === '::1')) {
    found.push(warning(['apiEndpoint', 'address'], say('endpoint-loopback', { address })));
  }
  return found;
};
