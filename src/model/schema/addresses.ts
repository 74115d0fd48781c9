import ipaddr from 'ipaddr.js';
import * as z from 'zod';
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
      : {
          code: 'not-dns-1123',
          message: `'${value}' is not a DNS-1123 label`,
          hint: `use at most 63 lower-case letters, digits and '-', for example '${suggestDnsName(value).replaceAll('.', '-')}'`,
        },
  { pattern: dnsLabelPattern.source },
);

function checkDnsName(value: string): Problem | undefined {
  if (dnsNamePattern.test(value) && value.length <= 253) return undefined;
  const hint = value.endsWith('.')
    ? `leave the trailing dot out: '${value.replace(/\.+$/, '')}'`
    : `use lower-case letters, digits, '-' and '.', for example '${suggestDnsName(value)}'`;
  return { code: 'not-dns-1123', message: `'${value}' is not a DNS-1123 name`, hint };
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
    if (looksLikeAddress(value))
      return { code: 'not-a-name', message: `'${value}' is no DNS name`, hint: "write an address under 'address'" };
    return checkDnsName(value);
  },
  { pattern: dnsNamePattern.source },
);

/** A SAN: an address or a DNS name, whose first label may be `*`. */
export const subjectAltName = text((value) => {
  if (isAddress(value)) return undefined;
  if (dnsNamePattern.test(value.replace(/^\*\./, '')) && !looksLikeAddress(value)) return undefined;
  const hint = value.endsWith('.')
    ? `leave the trailing dot out: '${value.replace(/\.+$/, '')}'`
    : 'give a DNS name or an IP address';
  return { code: 'invalid-san', message: `'${value}' cannot stand in a certificate`, hint };
});

export const ipAddress = text(
  (value) =>
    ipaddr.IPv4.isValidFourPartDecimal(value)
      ? undefined
      : {
          code: 'invalid-address',
          message: `'${value}' is not an IPv4 address`,
          hint: 'write four numbers, for example 10.0.0.11',
        },
  { pattern: '^([0-9]{1,3}\\.){3}[0-9]{1,3}$' },
);

const cidrPattern = '^([0-9]{1,3}\\.){3}[0-9]{1,3}/[0-9]{1,2}$';

function checkCidr(value: string): Problem | undefined {
  if (!ipaddr.IPv4.isValidCIDRFourPartDecimal(value)) {
    return {
      code: 'invalid-cidr',
      message: `'${value}' is not an IPv4 network`,
      hint: 'write address/prefix, for example 10.244.0.0/16',
    };
  }
  const network = `${ipaddr.IPv4.networkAddressFromCIDR(value)}/${value.split('/')[1]}`;
  if (network === value) return undefined;
  return { code: 'host-bits', message: `'${value}' has host bits set`, hint: `write the network itself: ${network}` };
}

/** An IPv4 network in CIDR notation without host bits. */
export const cidr = text(checkCidr, { pattern: cidrPattern });

/** The network of Services: its first address is the API server's, its tenth the DNS service's by default. */
export const serviceCidr = text(
  (value) => {
    const problem = checkCidr(value);
    if (problem !== undefined || Number(value.split('/')[1]) <= 28) return problem;
    return {
      code: 'service-network-size',
      message: `'${value}' has too few addresses for Services`,
      hint: 'use a prefix of /28 or shorter; a /16 has 65,536 addresses',
    };
  },
  { pattern: cidrPattern },
);

export const port = z.int().min(1).max(65535);
