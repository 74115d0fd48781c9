import { isIPv6 } from '../../base/cidr.ts';
import { parseCsv, parseGoBool, parseGoDuration, parseGoFloat, parseGoInt } from './go-syntax.ts';

/** A check of a flag's type, and words for it. */
interface FlagType {
  readonly accepts: (text: string) => boolean;
  /** Ends the sentence "it must be …". */
  readonly expected: string;
  readonly example: string;
}

const defined = <T>(parse: (text: string) => T | undefined) => {
  return (text: string): boolean => parse(text) !== undefined;
};

function whole(bits: number, signed: boolean): FlagType {
  const limit = bits === 32 ? ' of 32 bits' : '';
  const expected = `a whole number${limit}${signed ? '' : ' that is not negative'}`;
  return { accepts: defined((text) => parseGoInt(text, bits, signed)), expected, example: '10' };
}

function decimal(bits: 32 | 64): FlagType {
  return { accepts: defined((text) => parseGoFloat(text, bits)), expected: 'a number', example: '0.5' };
}

/** Items between commas; empty ones are skipped (component-base, cli/flag/map_string_string.go and its neighbours). */
function pairs(separator: string, value: (text: string) => boolean, expected: string, example: string): FlagType {
  const pair = (text: string): boolean => {
    const at = text.indexOf(separator);
    return at >= 0 && value(text.slice(at + 1).trim());
  };
  return { accepts: (text) => text.split(',').every((item) => item === '' || pair(item)), expected, example };
}

/** Old minors accept octets with leading zeros, new ones do not: no address is refused because of them. */
function isAddress(text: string): boolean {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return text.split('.').every((octet) => Number(octet) <= 255);
  return !text.includes('%') && isIPv6(text);
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65535;
}

/** pkg/util/flag/flags.go: empty, an address, or an address and a port. */
function isAddressAndPort(text: string): boolean {
  if (text === '' || isAddress(text)) return true;
  const [, bracketed, plain, port = ''] = /^(?:\[([^\]]+)\]|([^:]*)):(\d+)$/.exec(text) ?? [];
  return isAddress(bracketed ?? plain ?? '') && isPort(port);
}

/** apimachinery, util/net/port_range.go: `80-90`, `80+10` or `80`. */
function isPortRange(text: string): boolean {
  const [, first = '', sign, second = ''] = /^\s*(\d+)(?:([-+])(\d+))?\s*$/.exec(text) ?? [];
  if (!isPort(first)) return text === '';
  if (sign === undefined) return true;
  return sign === '+' ? /^\d{1,5}$/.test(second) : isPort(second) && Number(first) <= Number(second);
}

/** apimachinery, api/resource/quantity.go. */
const quantity = /^[+-]?(\d+\.?\d*|\.\d+)(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?\d+)?$/;

const modulePatterns = (text: string): boolean =>
  text.split(',').every((item) => item === '' || /^[^=]+=[+-]?\d+$/.test(item));

const list: FlagType = { accepts: defined(parseCsv), expected: 'a list with commas', example: 'one,two' };
const switches = pairs('=', defined(parseGoBool), 'name=true or name=false, with commas', 'Name=true');
const words = pairs('=', () => true, 'name=value, with commas', 'name=value');
const modules: FlagType = { accepts: modulePatterns, expected: 'pattern=N, with commas', example: 'store=4' };

/** pkg/types/urls.go of etcd: a scheme, a host and a port, and nothing else; a socket has no port. */
function isUrl(text: string): boolean {
  return /^(https?:\/\/[^/\s]+:\d+|unixs?:\/\/[^\s]+)$/.test(text) && URL.canParse(text);
}

const urls: FlagType = {
  accepts: (text) => text === '' || text.split(',').every((one) => isUrl(one.trim())),
  expected: 'URLs with a scheme and a port, with commas',
  example: 'http://127.0.0.1:2381',
};

const types: Readonly<Record<string, FlagType>> = {
  bool: { accepts: defined(parseGoBool), expected: 'true or false', example: 'true' },
  int: whole(64, true),
  int32: whole(32, true),
  int64: whole(64, true),
  uint: whole(64, false),
  uint32: whole(32, false),
  uint64: whole(64, false),
  float32: decimal(32),
  float64: decimal(64),
  duration: { accepts: defined(parseGoDuration), expected: 'a duration', example: '1h30m' },
  // etcd: a number counts hours or revisions.
  countOrDuration: {
    accepts: (text) => /^\+?\d+$/.test(text) || parseGoDuration(text) !== undefined,
    expected: 'a number or a duration',
    example: '8h',
  },
  ip: { accepts: (text) => isAddress(text.trim()), expected: 'an IP address', example: '10.0.0.1' },
  ipport: { accepts: isAddressAndPort, expected: 'an address, with or without a port', example: '127.0.0.1:10249' },
  quantity: { accepts: (text) => quantity.test(text), expected: 'a quantity', example: '64Mi' },
  stringSlice: list,
  int32Slice: {
    accepts: (text) => text.split(',').every((item) => /^[+-]?\d+$/.test(item)),
    expected: 'whole numbers with commas',
    example: '29,23',
  },
  stringToString: { ...words, accepts: (text) => parseCsv(text)?.every((item) => item.includes('=')) ?? false },
  mapStringString: words,
  // pflag calls these three mapStringString as well.
  anyPairs: { ...words, accepts: () => true },
  onePair: { ...words, accepts: (text) => text.includes('='), expected: 'name=value' },
  thresholds: pairs('<', () => true, 'signal<quantity, with commas', 'memory.available<100Mi'),
  mapStringBool: switches,
  // component-base's own colonSeparatedMultimapStringString; the flag of feature gates has the same type name, but
  // another syntax.
  headers: {
    accepts: (text) => text.split(',').every((item) => item === '' || item.includes(':')),
    expected: 'name:value, with commas',
    example: 'X-Key:value',
  },
  // From 1.31 on each gate may name its component: kube:Name=true (component-base, compatibility/registry.go).
  colonSeparatedMultimapStringString: {
    ...switches,
    accepts: (text) => switches.accepts(text.replaceAll(/(^|,)[^,=:]*:/g, '$1')),
  },
  // klog: a plain decimal number. From 1.23 on a negative one is refused; the program reports that.
  Level: { accepts: (text) => /^[+-]?\d+$/.test(text), expected: 'a whole number', example: '2' },
  'pattern=N,...': modules,
  moduleSpec: modules,
  traceLocation: {
    accepts: (text) => text === '' || /^.+:[+-]?\d+$/.test(text),
    expected: 'a file and a line',
    example: 'store.go:120',
  },
  severity: {
    accepts: (text) => /^([+-]?\d+|info|warning|error|fatal)$/i.test(text),
    expected: 'a number, or INFO, WARNING, ERROR or FATAL',
    example: 'ERROR',
  },
  portRange: { accepts: isPortRange, expected: 'a range of ports', example: '30000-32767' },
  'port-range': { accepts: isPortRange, expected: 'a range of ports', example: '30000-32767' },
  urls,
  origins: {
    accepts: (text) => text === '*' || urls.accepts(text),
    expected: '*, or URLs with a scheme and a port, with commas',
    example: 'https://ui.example.com:443',
  },
  // etcd, auth/store.go and auth/options.go: jwt needs a signing method.
  authToken: {
    accepts: (text) => text === '' || text === 'simple' || /^jwt,(.+,)?sign-method=.+$/.test(text),
    expected: 'simple, or jwt with a sign-method and its keys',
    example: 'jwt,pub-key=/etc/etcd/jwt.pub,priv-key=/etc/etcd/jwt.key,sign-method=RS512',
  },
  namedCertKey: {
    accepts: (text) => /^[^:,]*,[^:,]*(:.*\S.*)?$/.test(text),
    expected: 'a certificate file and a key file with a comma',
    example: '/etc/ssl/a.crt,/etc/ssl/a.key',
  },
};

/**
 * The type by its name in the facts; undefined for a type that accepts any text, or whose syntax is not implemented
 * here.
 */
export function flagType(name: string): FlagType | undefined {
  return Object.hasOwn(types, name) ? types[name] : undefined;
}
