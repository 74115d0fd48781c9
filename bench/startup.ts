import { join } from 'node:path';
import { packagePath } from '../src/base/files/package-root.ts';
import { inTurns, median, time } from './measure.ts';
import type { Figure } from './report.ts';

const rounds = 21;

/** Whole processes against an empty node process, in turns. */
export function startupFigures(cli: string, work: string): readonly Figure[] {
  const common = ['-f', packagePath('examples/modern/cluster.yaml'), '--state', join(work, 'modern')];
  const node =
    (...args: string[]) =>
    () =>
      time(process.execPath, args);
  const base = 'node -e 0';
  const cases = new Map([
    [base, node('-e', '0')],
    ['knode --help', node(cli, '--help')],
    ['knode validate', node(cli, ...common, 'validate')],
    ['knode render, one master, existing PKI', node(cli, ...common, 'render', '--node', 'm1')],
    ['knode render, one worker, existing PKI', node(cli, ...common, 'render', '--node', 'w1')],
  ]);
  const bounds: Readonly<Record<string, number>> = {
    'knode --help': 1.6,
    'knode render, one master, existing PKI': 4,
    'knode render, one worker, existing PKI': 4,
  };
  // The first run makes the keys; it is not measured.
  inTurns(cases, 1);
  const times = inTurns(cases, rounds);
  const empty = median(times.get(base) ?? []);
  return [...times].map(([name, values]) => {
    const bound = bounds[name];
    const note = `${median(values).toFixed(0)} ms`;
    const figure = { name, value: median(values) / empty, unit: 'x', note } as const;
    return bound === undefined ? figure : { ...figure, atMost: bound };
  });
}
