import ipaddr from 'ipaddr.js';
import * as z from 'zod';

/** What a check found: the words for the user and, where one can be guessed, the remedy. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** JSON Schema keywords and documentation that go with a text. */
interface TextMeta {
  readonly description?: string;
  readonly pattern?: string;
  readonly examples?: readonly unknown[];
}

/**
 * A string with one check whose failure carries a code and a remedy (zod's own string checks carry neither).
 * `meta.pattern` tells editors what the check tells us.
 */
export function text(check: (value: string) => Problem | undefined, meta: TextMeta = {}) {
  return z
    .string()
    .check((ctx) => {
      const problem = check(ctx.value);
      if (problem === undefined) return;
      const { message, ...params } = problem;
      ctx.issues.push({ code: 'custom', input: ctx.value, message, params });
    })
    .meta(meta as Record<string, unknown>);
}

function matching(pattern: RegExp, code: string, what: string, hint: string, meta: TextMeta = {}) {
  return text((value) => (pattern.test(value) ? undefined : { code, message: `'${value}' is not ${what}`, hint }), {
    pattern: pattern.source,
    ...meta,
  });
}

const label = '[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?';
const dnsLabelPattern = new RegExp(`^${label}$`);
const dnsNamePattern = new RegExp(`^${label}(\\.${label})*$`);

/** Turns a name people like (`k8s_1`, `Node.A`) into the DNS-1123 name nearest to it. */
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

/** Whether a text is an address, written in full: `10.1` and `0x7f` are addresses to some programs only. */
export function isAddress(value: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(value) || (value.includes(':') && ipaddr.IPv6.isValid(value));
}

/** A name whose last label is a number would be taken for an address, and never matches a certificate. */
function looksLikeAddress(value: string): boolean {
  return /(^|\.)\d+$/.test(value);
}

/** A DNS name at which something is reached. */
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

/** The network of Services: its first address is the API server's, its tenth the DNS service's unless another is said. */
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

export const absolutePath = text(
  (value) => {
    if (/^(\/[^/\0\s]+)+$/.test(value) && !/(^|\/)\.\.?(\/|$)/.test(value)) return undefined;
    const hint = "write an absolute path without '..', a trailing '/' or white space, for example /data/etcd";
    return { code: 'invalid-path', message: `'${value}' is not an absolute path`, hint };
  },
  { pattern: '^(/[^/\\s]+)+$' },
);

/** A Go duration: `1h30m`, `500ms`. */
export const duration = matching(
  /^(\d+(\.\d+)?(ms|s|m|h))+$/,
  'invalid-duration',
  'a duration',
  'write a number with a unit of h, m, s or ms, for example 24h',
);

/** A Go duration in whole hours, for certificate and token life times. */
export const hours = matching(
  /^[1-9]\d*h$/,
  'invalid-duration',
  'a number of hours',
  'write whole hours, for example 8760h for one year',
);

/** A Kubernetes resource quantity. */
export const quantity = matching(
  /^\d+(\.\d+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/,
  'invalid-quantity',
  'a quantity',
  'write a number with a unit, for example 500m, 512Mi or 1Gi',
);

/** An eviction threshold: a quantity or a percentage. */
export const threshold = matching(
  /^(\d+(\.\d+)?%|\d+(\.\d+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?)$/,
  'invalid-quantity',
  'a threshold',
  'write a quantity or a percentage, for example 200Mi or 10%',
);

export const version = matching(
  /^\d+\.\d+\.\d+$/,
  'invalid-version',
  'a version',
  "write major.minor.patch without 'v', for example 1.36.3",
  {
    pattern: '^[0-9]+\\.[0-9]+\\.[0-9]+$',
  },
);

export const httpUrl = matching(
  /^https?:\/\/[^\s'"\\]+$/,
  'invalid-url',
  'an http(s) URL',
  'write it with its scheme, for example https://mirror.example.com/knode',
);

/** `host/path:tag` or with a digest; enough to catch slips, the runtime judges the rest. */
export const image = matching(
  /^[a-z0-9][a-zA-Z0-9._:@/-]*$/,
  'invalid-image',
  'an image reference',
  'write registry/name:tag or registry/name@sha256:…',
);

/** A value on a command line or in a unit: one line, no control characters. */
export const singleLine = text((value) =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  /[\u0000-\u001f\u007f]/.test(value)
    ? {
        code: 'control-character',
        message: 'the value has a line break or another control character',
        hint: 'write it on one line',
      }
    : undefined,
);

/** extraArgs: flag name (without dashes) to value; a list repeats the flag. */
export const extraArgs = z
  .record(
    matching(
      /^[a-z0-9][a-zA-Z0-9_-]*$/,
      'invalid-flag',
      'a flag name',
      "write the name without leading dashes, for example 'v'",
    ),
    z.union([singleLine, z.number(), z.boolean(), z.array(singleLine)]),
  )
  .default({});

export const extraConfig = z.record(z.string(), z.json()).default({});
