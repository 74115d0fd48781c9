/**
 * Values as Go's libraries parse them: durations (time.ParseDuration), quantities (k8s.io/apimachinery,
 * pkg/api/resource) and lists of processors (k8s.io/utils/cpuset).
 */

/** Milliseconds of each unit of a Go duration. */
const units: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Milliseconds of a Go duration; undefined if it is malformed. */
export function milliseconds(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  const sign = value.startsWith('-') ? -1 : 1;
  const text = value.replace(/^[+-]/, '');
  if (text === '0') return 0;
  if (!/^((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d*\.?\d*)(ns|us|µs|μs|ms|s|m|h)/g)];
  return sign * parts.reduce((sum, [, count, unit]) => sum + Number(count) * (units[unit ?? ''] ?? 0), 0);
}

/** Factor of each suffix of a quantity. */
const suffixes: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** The number that a quantity stands for; undefined if it is malformed. */
export function quantity(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/.exec(value);
  if (match === null) return undefined;
  const [, number = '', exponent, suffix = ''] = match;
  return exponent === undefined ? Number(number) * (suffixes[suffix] ?? 1) : Number(`${number}${exponent}`);
}

/** A percentage such as `10%` as a number; undefined if it is something else. */
export function percentage(value: unknown): number | undefined {
  const match = typeof value === 'string' ? /^([+-]?\d+(?:\.\d+)?)%$/.exec(value) : null;
  return match === null ? undefined : Number(match[1]);
}

/** Whether a text is a list of processors such as `0-3,8`. */
export function isCpuSet(value: string): boolean {
  return value.split(',').every((part) => {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part);
    return match !== null && (match[2] === undefined || Number(match[1]) <= Number(match[2]));
  });
}
