import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { packagePath } from '../src/base/files/package-root.ts';
import { inTurns, median, time } from './measure.ts';
import type { Figure } from './report.ts';

const rounds = 21;
const base = 'node -e 0';

/** Bounds by command. Node 20 is slower than its successors. */
const bounds: Readonly<Record<string, { readonly node20: number; readonly later: number }>> = {
  'knode --help': { node20: 1.7, later: 1.5 },
  'knode validate': { node20: 4, later: 3.5 },
  'knode render, one master, existing PKI': { node20: 5.5, later: 5 },
  'knode render, one worker, existing PKI': { node20: 5.5, later: 5 },
};

/** Whole processes against an empty node process, in turns: with the compiled code that an earlier run kept, and without. */
export function startupFigures(cli: string, work: string): readonly Figure[] {
  const folder = join(work, 'modern');
  cpSync(packagePath('examples/modern'), folder, { recursive: true });
  // The cache of the machine's user stays as it is.
  process.env.XDG_CACHE_HOME = join(work, 'cache');
  mkdirSync(process.env.XDG_CACHE_HOME);
  const common = ['-f', join(folder, 'cluster.yaml'), '--state', join(work, 'state')];
  const commands: Readonly<Record<string, readonly string[]>> = {
    'knode --help': ['--help'],
    'knode validate': [...common, 'validate'],
    'knode render, one master, existing PKI': [...common, 'render', '--node', 'm1'],
    'knode render, one worker, existing PKI': [...common, 'render', '--node', 'w1'],
  };
  const cases = new Map<string, () => number>([[base, () => time(process.execPath, ['-e', '0'])]]);
  for (const [name, args] of Object.entries(commands)) {
    cases.set(name, () => time(process.execPath, [cli, ...args]));
    cases.set(`${name}, first start`, () => withoutCache(() => time(process.execPath, [cli, ...args])));
  }
  // The first runs make the keys and the compiled code; they are not what is measured.
  time(process.execPath, [cli, ...common, '--new-state', 'render', '--node', 'm1']);
  inTurns(cases, 1);
  const times = inTurns(cases, rounds);
  const empty = median(times.get(base) ?? []);
  return [...times].map(([name, values]) => ({
    name,
    value: median(values) / empty,
    unit: 'x',
    note: `${median(values).toFixed(0)} ms, ${Math.min(...values).toFixed(0)} at best`,
    ...boundOf(name),
  }));
}

function boundOf(name: string): Pick<Figure, 'atMost'> {
  const bound = bounds[name];
  if (bound === undefined) return {};
  return { atMost: process.version.startsWith('v20.') ? bound.node20 : bound.later };
}

function withoutCache<T>(run: () => T): T {
  process.env.NODE_DISABLE_COMPILE_CACHE = '1';
  try {
    return run();
  } finally {
    delete process.env.NODE_DISABLE_COMPILE_CACHE;
  }
}
