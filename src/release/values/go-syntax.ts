/**
 * Literals as Go's standard library parses them, `0x10` and `1h2.5m` included: a flag accepts what strconv and time
 * accept (strconv/atob.go, atoi.go, atof.go; time/format.go).
 */

const booleans = new Map([
  ...['1', 't', 'T', 'true', 'TRUE', 'True'].map((word) => [word, true] as const),
  ...['0', 'f', 'F', 'false', 'FALSE', 'False'].map((word) => [word, false] as const),
]);

/** strconv.ParseBool. */
export function parseGoBool(text: string): boolean | undefined {
  return booleans.get(text);
}

/** A prefix chooses the base, a leading 0 means octal, and `_` may be between digits. */
const integer = /^([+-]?)(?:0[xX]((?:_?[0-9a-fA-F])+)|0[bB]((?:_?[01])+)|0[oO]?((?:_?[0-7])+)|([1-9](?:_?[0-9])*|0))$/;

/**
 * strconv.ParseInt with base 0, or ParseUint, which accepts no sign; undefined if the number does not fit into the
 * bits.
 */
export function parseGoInt(text: string, bits: number, signed: boolean): bigint | undefined {
  const match = integer.exec(text);
  if (!match) return undefined;
  const [, sign = '', hex, binary, octal, decimal = '0'] = match;
  if (!signed && sign !== '') return undefined;
  const digits = (part: string): string => part.replaceAll('_', '');
  const literal =
    hex !== undefined
      ? `0x${digits(hex)}`
      : binary !== undefined
        ? `0b${digits(binary)}`
        : octal !== undefined
          ? `0o${digits(octal)}`
          : digits(decimal);
  const size = BigInt(literal);
  const value = sign === '-' ? -size : size;
  const fits = signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
  return fits === value ? value : undefined;
}

/** strconv.ParseFloat; undefined if the number is out of range. */
export function parseGoFloat(text: string, bits: 32 | 64): number | undefined {
  if (/^([+-]?(inf|infinity)|nan)$/i.test(text)) return /nan/i.test(text) ? Number.NaN : Number.POSITIVE_INFINITY;
  // Go accepts hexadecimal mantissas; they are rare, and their size is not computed here.
  if (/^[+-]?0[xX][0-9a-fA-F_]*\.?[0-9a-fA-F_]*[pP][+-]?\d+$/.test(text)) return Number.NaN;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return undefined;
  const value = Number(text);
  const largest = bits === 32 ? 3.4028235677973366e38 : Number.MAX_VALUE;
  return Math.abs(value) <= largest ? value : undefined;
}

const units: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** time.ParseDuration, in nanoseconds; undefined if it is not a duration or longer than 290 years. */
export function parseGoDuration(text: string): number | undefined {
  const [, sign = '', parts = ''] = /^([+-]?)(.+)$/.exec(text) ?? [];
  if (parts === '0') return 0;
  if (!/^((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+$/.test(parts)) return undefined;
  const terms = parts.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g);
  const total = [...terms].reduce((sum, [, number, unit = '']) => sum + Number(number) * (units[unit] ?? 0), 0);
  if (total >= 2 ** 63) return undefined;
  return sign === '-' ? -total : total;
}

/** The items of a list as encoding/csv parses one line; undefined if its quotes are wrong (pflag, string_slice.go). */
export function parseCsv(text: string): readonly string[] | undefined {
  if (text === '') return [];
  const items: string[] = [];
  let rest = text;
  for (;;) {
    const quoted = /^"((?:[^"]|"")*)"(,|$)/.exec(rest);
    const match = quoted ?? /^([^",]*)(,|$)/.exec(rest);
    if (!match) return undefined;
    items.push(quoted ? (match[1] ?? '').replaceAll('""', '"') : (match[1] ?? ''));
    rest = rest.slice(match[0].length);
    if (match[2] === '') return items;
  }
}
