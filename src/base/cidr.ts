import ipaddr from 'ipaddr.js';

/** An IPv4 network as an interval of addresses, both ends included. */
interface Interval {
  readonly first: number;
  readonly last: number;
}

/** Whether a text is an IPv6 address. */
export function isIPv6(text: string): boolean {
  return ipaddr.IPv6.isValid(text);
}

function toNumber(address: string): number {
  return ipaddr.IPv4.parse(address)
    .toByteArray()
    .reduce((sum, byte) => sum * 256 + byte, 0);
}

function fromNumber(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

function interval(cidr: string): Interval {
  const [address, prefix] = ipaddr.IPv4.parseCIDR(cidr);
  const size = 2 ** (32 - prefix);
  const first = Math.floor(toNumber(address.toString()) / size) * size;
  return { first, last: first + size - 1 };
}

/** Number of bits that name the network: 16 for `10.0.0.0/16`. */
export function prefixLength(cidr: string): number {
  return ipaddr.IPv4.parseCIDR(cidr)[1];
}

/** Whether two IPv4 networks share an address. */
export function overlaps(a: string, b: string): boolean {
  const [x, y] = [interval(a), interval(b)];
  return x.first <= y.last && y.first <= x.last;
}

/** Whether an address lies in a network. */
export function contains(cidr: string, address: string): boolean {
  const { first, last } = interval(cidr);
  const value = toNumber(address);
  return value >= first && value <= last;
}

/**
 * The n-th address of a network: 1 for the first after the network's own address. Kubernetes gives the first address of
 * the service network to the API server.
 * @throws RangeError if the network has no such address.
 */
export function nthAddress(cidr: string, n: number): string {
  const { first, last } = interval(cidr);
  if (first + n > last) throw new RangeError(`${cidr} has no address ${n}`);
  return fromNumber(first + n);
}

/** Whether a text is an IPv4 address of four numbers, or an IPv6 address. */
export function isAddress(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) || (text.includes(':') && ipaddr.IPv6.isValid(text));
}

/** Whether a text is a network in CIDR notation, IPv4 or IPv6. */
export function isNetwork(text: string): boolean {
  return ipaddr.IPv4.isValidCIDRFourPartDecimal(text) || (text.includes(':') && ipaddr.IPv6.isValidCIDR(text));
}

/** Kinds of addresses that no machine can have as its own. */
const homeless: Readonly<Record<string, string>> = {
  loopback: 'a loopback address',
  unspecified: 'the unspecified address',
  linkLocal: 'a link-local address',
  multicast: 'a multicast address',
  broadcast: 'the broadcast address',
};

/** Why an IPv4 address cannot belong to a machine; undefined if it can. */
export function notAMachine(address: string): string | undefined {
  return homeless[ipaddr.IPv4.parse(address).range()];
}

/**
 * Whether an address is the first or last of a network, that is, its network or broadcast address (not in /31 and /32).
 */
export function namesNetwork(cidr: string, address: string): 'network' | 'broadcast' | undefined {
  const { first, last } = interval(cidr);
  if (last - first < 3) return undefined;
  const value = toNumber(address);
  if (value === first) return 'network';
  return value === last ? 'broadcast' : undefined;
}
