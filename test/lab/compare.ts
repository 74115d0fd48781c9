/**
 * `npm run lab:compare -- BEFORE AFTER [--rounds N] [CLUSTER…]`: two checkouts of knode, compared in one run. Their
 * labs boot the same clusters in turns, from power-on to the last Ready node, and the sizes of their renders are
 * compared. With `--rounds 0` only sizes are compared.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { median, withoutStartOptions } from '../../bench/measure.ts';

const { values, positionals } = parseArgs({ allowPositionals: true, options: { rounds: { type: 'string' } } });
const rounds = Number(values.rounds ?? 3);
const [before, after, ...wanted] = positionals;
if (before === undefined || after === undefined || !(rounds >= 0)) {
  process.stderr.write('usage: npm run lab:compare -- BEFORE AFTER [--rounds N] [CLUSTER…]\n');
  process.exit(2);
}
const checkouts = { before: resolve(before), after: resolve(after) };
const clusters = wanted.length > 0 ? wanted : ['test/lab/clusters/docker', 'test/lab/clusters/containerd'];
withoutStartOptions(process.env);

/** A cluster that hangs ends the comparison. */
const longestMs = 30 * 60_000;

/** Seconds from power-on to the last node's receipt, reported by the checkout's own lab. */
function boot(checkout: string, cluster: string): number {
  // The scenario that checks flags is the shortest; its output is not compared.
  const args = ['--import', 'tsx', 'test/lab/lab.ts', cluster, '--scenario', 'cis'];
  const { stderr } = spawnSync(process.execPath, args, {
    cwd: checkout,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    timeout: longestMs,
  });
  const seconds = [...stderr.matchAll(/ is ready ([\d.]+) s after power-on/g)].map(([, text]) => Number(text));
  if (!/passed in \d+ s: all machines powered on at once/.test(stderr)) throw new Error(`${checkout}: ${stderr}`);
  return Math.max(...seconds);
}

/** Bytes of each node's user-data, as `--format gzip` has it. */
function sizes(checkout: string, cluster: string): ReadonlyMap<string, number> {
  const work = mkdtempSync(join(tmpdir(), 'knode-compare-'));
  try {
    cpSync(join(checkout, cluster), work, { recursive: true });
    const knode = ['--import', 'tsx', join(checkout, 'src/cli.ts'), '-f', join(work, 'cluster.yaml')];
    const render = [
      '--state',
      join(work, 'state'),
      'render',
      '--all',
      '--unlocked',
      '--format',
      'gzip',
      '-o',
      join(work, 'seeds'),
    ];
    const { status, stderr } = spawnSync(process.execPath, [...knode, ...render], { cwd: checkout, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${checkout}: render ended with ${status}: ${stderr}`);
    const seeds = readdirSync(join(work, 'seeds'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return new Map(seeds.map(({ name }) => [name, statSync(join(work, 'seeds', name, 'user-data.gz')).size]));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

for (const cluster of clusters) {
  const [old, now] = [sizes(checkouts.before, cluster), sizes(checkouts.after, cluster)];
  for (const [name, bytes] of now)
    console.log(`${cluster} ${name}: user-data ${old.get(name) ?? 'none'} B, then ${bytes} B`);
}
for (const cluster of rounds === 0 ? [] : clusters) {
  const times = { before: [] as number[], after: [] as number[] };
  for (let round = 0; round < rounds; round += 1)
    for (const which of ['before', 'after'] as const) {
      times[which].push(boot(checkouts[which], cluster));
      console.log(
        `${cluster} round ${round + 1}, ${which}: ${times[which].at(-1)?.toFixed(1)} s to the last node ready`,
      );
    }
  console.log(
    `${cluster}: median of ${rounds}: ${median(times.before).toFixed(1)} s before, ${median(times.after).toFixed(1)} s after`,
  );
}
