import ipaddr from 'ipaddr.js';
import * as z from 'zod';
import { say } from './messages.ts';
import { type Problem, text } from './primitives.ts';

const label = '[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?';
const dnsLabelPattern = new RegExp(`^${label}$`);
const dnsNamePattern = new RegExp(`^${label}(\\.${label})*$`);

/** Converts a common name (`k8s_1`, `Node.A`) into the nearest DNS-1123 name. */
export function suggestDnsName(value: string): string {
  const guess = value
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .replace(/[^a-z0-9.-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  return guess === '' ? 'node-1' : guess;
}

export const dnsLabel = text(
  (value) =>
    dnsLabelPattern.test(value)
      ? undefined
      : say('not-dns-1123/label', { value, example: suggestDnsName(value).replaceAll('.', '-') }),
  { pattern: dnsLabelPattern.source },
);

function checkDnsName(value: string): Problem | undefined {
  if (dnsNamePattern.test(value) && value.length <= 253) return undefined;
  return say('not-dns-1123/name', {
    value,
    dotted: value.endsWith('.'),
    trimmed: value.replace(/\.+$/, ''),
    example: suggestDnsName(value),
  });
}

export const dnsName = text(checkDnsName, { pattern: dnsNamePattern.source });

/** Whether a text is an address, written in full: only some programs accept `10.1` and `0x7f`. */
export function isAddress(value: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(value) || (value.includes(':') && ipaddr.IPv6.isValid(value));
}

/** A name whose last label is a number would be taken as an address, and never match a certificate. */
function looksLikeAddress(value: string): boolean {
  return /(^|\.)\d+$/.test(value);
}

/** A DNS name of a reachable host. */
export const hostName = text(
  (value) => {
    if (looksLikeAddress(value)) return say('not-a-name', { value });
    return checkDnsName(value);
  },
  { pattern: dnsNamePattern.source },
);

/** A SAN: an address or a DNS name, whose first label may be `*`. */
export const subjectAltName = text((value) => {
  if (isAddress(value)) return undefined;
  if (dnsNamePattern.test(value.replace(/^\*\./, '')) && !looksLikeAddress(value)) return undefined;
  return say('invalid-san', { value, dotted: value.endsWith('.'), trimmed: value.replace(/\.+$/, '') });
});

export const ipAddress = text(
  (value) => (ipaddr.IPv4.isValidFourPartDecimal(value) ? undefined : say('invalid-address', { value })),
  { pattern: '^([0-9]{1,3}\\.){3}[0-9]{1,3}$' },
);

const cidrPattern = '^([0-9]{1,3}\\.){3}[0-9]{1,3}/[0-9]{1,2}$';

function checkCidr(value: string): Problem | undefined {
  if (!ipaddr.IPv4.isValidCIDRFourPartDecimal(value)) {
    return say('invalid-cidr', { value });
  }
  const network = `${ipaddr.IPv4.networkAddressFromCIDR(value)}/${value.split('/')[1]}`;
  if (network === value) return undefined;
  return say('host-bits', { value, network });
}

/** An IPv4 network in CIDR notation without host bits. */
export const cidr = text(checkCidr, { pattern: cidrPattern });

/** The network of Services: its first address is the API server's, its tenth the DNS service's by default. */
export const serviceCidr = text(
  (value) => {
    const problem = checkCidr(value);
    if (problem !== undefined || Number(value.split('/')[1]) <= 28) return problem;
    return say('service-network-size', { value });
  },
  { pattern: cidrPattern },
);

export const port = z.int().min(1).max(65535);
