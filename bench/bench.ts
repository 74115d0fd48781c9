import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packagePath } from '../src/base/package-root.ts';

/** Times whole processes of the built knode against an empty node process, in turns, and prints the ratio of the medians. */
const rounds = 15;
const cli = packagePath('dist/cli.js');
const state = mkdtempSync(join(tmpdir(), 'knode-bench-'));
const common = ['-f', packagePath('examples/modern/cluster.yaml'), '--state', state];

const cases: readonly (readonly [string, readonly string[]])[] = [
  ['node -e 0', ['-e', '0']],
  ['knode --help', [cli, '--help']],
  ['knode validate', [cli, ...common, 'validate']],
  ['knode render, one master, existing PKI', [cli, ...common, 'render', '--role', 'master', '--index', '0']],
  ['knode render, one worker, existing PKI', [cli, ...common, 'render', '--role', 'worker', '--index', '0']],
];

function run(args: readonly string[]): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  return performance.now() - start;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

try {
  // The first run makes the keys; it is not what is measured.
  for (const [, args] of cases) run(args);
  const times = new Map<string, number[]>(cases.map(([name]) => [name, []]));
  for (let round = 0; round < rounds; round++) for (const [name, args] of cases) times.get(name)?.push(run(args));
  const base = median(times.get('node -e 0') ?? []);
  for (const [name, values] of times) {
    console.log(
      `${name.padEnd(42)} ${median(values).toFixed(0).padStart(5)} ms  ${(median(values) / base).toFixed(2).padStart(5)} x`,
    );
  }
} finally {
  rmSync(state, { recursive: true, force: true });
}
