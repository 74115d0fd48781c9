import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export { parseUnitExec } from './unit.ts';

/**
 * The independent judge of rendered output. It reads the facts as they were collected (per minor, not the index that
 * ships with knode) and shares no code with src/. Answers are lists of problems in words; an empty list is a pass.
 */

export type Program =
  | 'kube-apiserver'
  | 'kube-controller-manager'
  | 'kube-scheduler'
  | 'kubelet'
  | 'kube-proxy'
  | 'etcd'
  | 'flanneld';

interface Flag {
  readonly type: string;
  readonly deprecated?: string;
  readonly shorthand?: string;
}

const cache = new Map<string, unknown>();

function load<T>(file: string): T {
  if (!cache.has(file)) {
    const path = fileURLToPath(new URL(`./${file}.json`, import.meta.url));
    cache.set(file, JSON.parse(readFileSync(path, 'utf8')));
  }
  return cache.get(file) as T;
}

function numbers(version: string): number[] {
  return version.replace(/^v/, '').split('-')[0]!.split('.').map(Number);
}

function compare(left: string, right: string): number {
  const [a, b] = [numbers(left), numbers(right)];
  for (let i = 0; i < 3; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

const minor = (version: string): string => numbers(version).slice(0, 2).join('.');

function within(version: string, range: string | undefined): boolean {
  if (range === undefined) return true;
  return range.split(',').some((part) => {
    const [from, to = from] = part.trim().split(/\.\.|-/);
    return compare(from!, version) <= 0 && compare(version, to!) <= 0;
  });
}

/** Flag → fact, for one program in one version (Kubernetes: minor or version; flanneld: tag). */
export function flagsOf(program: Program, version: string): Map<string, Flag> {
  if (program === 'etcd') {
    const { flags } = load<{ flags: Record<string, { type: string; in: string[]; deprecated?: string[] }> }>('etcd');
    const here = Object.entries(flags).filter(([, flag]) => flag.in.includes(minor(version)));
    const warns = (minors: readonly string[] = []) => minors.includes(minor(version));
    return new Map(
      here.map(([name, { type, deprecated }]) => [name, warns(deprecated) ? { type, deprecated: 'its log' } : { type }]),
    );
  }
  if (program === 'flanneld') {
    const { flags } = load<{ flags: Record<string, { type: string; tags: string }> }>('flannel');
    return new Map(Object.entries(flags).filter(([, flag]) => within(version, flag.tags)));
  }
  const file = load<{ components: Record<string, { flags: Record<string, Flag> }> }>(`kubernetes/${minor(version)}`);
  return new Map(Object.entries(file.components[program]!.flags));
}

interface Given {
  readonly flag: string;
  readonly value: string | undefined;
}

/** Reads an argument vector like pflag (Kubernetes) or flag (etcd, flanneld): `--a=b`, `--a b`, bare booleans. */
function readArgs(argv: readonly string[], flags: Map<string, Flag>, goFlag: boolean): { given: Given[]; stray: string[] } {
  const given: Given[] = [];
  const stray: string[] = [];
  const shorthands = new Map([...flags].flatMap(([name, flag]) => (flag.shorthand ? [[flag.shorthand, name]] : [])));
  const args = argv.slice(1);
  for (let i = 0; i < args.length; i++) {
    const match = /^(--?)([^=]+)(?:=([\s\S]*))?$/.exec(args[i]!);
    if (!match) {
      stray.push(args[i]!);
      continue;
    }
    const [, dashes, raw = '', inline] = match;
    const short = dashes === '-' && !goFlag ? (shorthands.get(raw) ?? `-${raw}`) : raw;
    const flag = goFlag ? short : short.replaceAll('_', '-');
    const fact = flags.get(flag);
    const takesNext = inline === undefined && fact !== undefined && fact.type !== 'bool';
    given.push({ flag, value: takesNext ? args[++i] : (inline ?? 'true') });
  }
  return { given, stray };
}

const valueShapes: Record<string, RegExp> = {
  bool: /^(true|false|1|0|t|f|T|F|TRUE|FALSE|True|False)$/,
  int: /^[+-]?\d+$/,
  int32: /^[+-]?\d+$/,
  int64: /^[+-]?\d+$/,
  uint: /^\d+$/,
  uint64: /^\d+$/,
  float32: /^[+-]?\d+(\.\d+)?$/,
  float64: /^[+-]?\d+(\.\d+)?$/,
  duration: /^(0|[+-]?((\d+(\.\d+)?)(ns|us|ms|s|m|h))+)$/,
  ip: /^([\d.]+|[0-9a-fA-F:.]+)$/,
  mapStringBool: /^([A-Za-z]\w*=(true|false)(,|$))*$/,
};

/** Types that may be given once only: a second one silently replaces the first. */
const scalar = new Set([...Object.keys(valueShapes).filter((type) => type !== 'mapStringBool'), 'string']);

/** Problems of a command line (`argv[0]` is the program): flags that end it, values that do, flags given twice. */
export function checkFlags(program: Program, minorOrVersion: string, argv: readonly string[]): string[] {
  const flags = flagsOf(program, minorOrVersion);
  const { given, stray } = readArgs(argv, flags, program === 'etcd' || program === 'flanneld');
  const where = `${program} ${minorOrVersion}`;
  const problems = stray.map((arg) => `${where}: unexpected argument '${arg}'`);
  const seen = new Set<string>();
  for (const { flag, value } of given) {
    const fact = flags.get(flag);
    if (!fact) {
      problems.push(`${where}: unknown flag ${flag.startsWith('-') ? '' : '--'}${flag}`);
      continue;
    }
    if (value === undefined) problems.push(`${where}: --${flag} lacks its value`);
    if (seen.has(flag) && scalar.has(fact.type)) problems.push(`${where}: --${flag} is given twice`);
    seen.add(flag);
    const shape = valueShapes[fact.type];
    // A variable is systemd's to fill in.
    if (value !== undefined && shape && !value.includes('$') && !shape.test(value)) {
      problems.push(`${where}: --${flag}=${value} is not of type ${fact.type}`);
    }
  }
  return problems;
}

/** Flags of a command line that the version accepts with a warning, with the message its source attaches. */
export function deprecatedFlags(program: Program, minorOrVersion: string, argv: readonly string[]): string[] {
  const flags = flagsOf(program, minorOrVersion);
  const { given } = readArgs(argv, flags, program === 'etcd' || program === 'flanneld');
  return given.flatMap(({ flag }) => {
    const message = flags.get(flag)?.deprecated;
    return message === undefined ? [] : [`${program} ${minorOrVersion}: --${flag} is deprecated: ${message}`];
  });
}

/** Names (without hyphens) of the flags on a command line. */
export function flagNames(program: Program, minorOrVersion: string, argv: readonly string[]): string[] {
  const goFlag = program === 'etcd' || program === 'flanneld';
  return readArgs(argv, flagsOf(program, minorOrVersion), goFlag).given.map(({ flag }) => flag);
}

interface Mandatory {
  readonly program: Program;
  readonly flag: string;
  readonly minors?: string;
  readonly runtime?: 'containerd';
}

/** Rows of the change log of node flags: mandatory flags for a safe and working node, and their minors. */
const mandatoryFlags: readonly Mandatory[] = [
  { program: 'kube-apiserver', flag: 'etcd-servers' },
  { program: 'kube-apiserver', flag: 'insecure-port', minors: '1.16-1.19' },
  { program: 'kube-apiserver', flag: 'service-account-key-file', minors: '1.20-1.99' },
  { program: 'kube-apiserver', flag: 'service-account-issuer', minors: '1.20-1.99' },
  { program: 'kube-apiserver', flag: 'service-account-signing-key-file', minors: '1.20-1.99' },
  { program: 'kube-apiserver', flag: 'requestheader-allowed-names', minors: '1.35-1.99' },
  { program: 'kube-controller-manager', flag: 'authentication-kubeconfig', minors: '1.22-1.99' },
  { program: 'kube-controller-manager', flag: 'authorization-kubeconfig', minors: '1.22-1.99' },
  { program: 'kube-scheduler', flag: 'authentication-kubeconfig', minors: '1.22-1.99' },
  { program: 'kube-scheduler', flag: 'authorization-kubeconfig', minors: '1.22-1.99' },
  { program: 'kubelet', flag: 'container-runtime', minors: '1.16-1.23', runtime: 'containerd' },
  { program: 'kubelet', flag: 'container-runtime-endpoint', minors: '1.16-1.23', runtime: 'containerd' },
  { program: 'kubelet', flag: 'container-runtime-endpoint', minors: '1.24-1.26' },
];

/** Flags (without hyphens) that a program must be given in a version. `runtime` matters to kubelet before 1.24. */
export function mandatory(program: Program, minorOrVersion: string, runtime?: 'docker' | 'containerd'): string[] {
  return mandatoryFlags
    .filter((row) => row.program === program && (row.runtime === undefined || row.runtime === runtime))
    .filter((row) => within(minor(minorOrVersion), row.minors))
    .map((row) => row.flag);
}

export { checkConfigFields, checkDockerDaemonJson, mandatoryConfigFields } from './fields.ts';
