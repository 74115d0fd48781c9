import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clusterText } from './cluster-text.ts';
import { measure, median, type Run } from './measure.ts';
import type { Figure } from './report.ts';

/** NoCloud seeds of so many workers and three masters, the PKI being there. */
function renderAll(cli: string, work: string, workers: number): Run {
  const folder = join(work, `scale-${workers}`);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'cluster.yaml');
  writeFileSync(file, clusterText(workers));
  const out = join(folder, 'out');
  const common = [cli, '-f', file, '--state', join(folder, 'state'), 'render', '--unlocked', '-o', out];
  for (const master of ['m1', 'm2', 'm3']) measure([...common, '--node', master]);
  rmSync(out, { recursive: true });
  const run = measure([...common, '--all']);
  rmSync(folder, { recursive: true });
  return run;
}

/** Time of a thousand workers, and what ten times as many take: ten times the time when all is linear. */
export function scaleFigures(cli: string, work: string): readonly Figure[] {
  const thousands = [1, 2, 3].map(() => renderAll(cli, work, 1000));
  const seconds = median(thousands.map((run) => run.milliseconds)) / 1000;
  const cpu = median(thousands.map((run) => run.cpuMilliseconds)) / 1000;
  const large = renderAll(cli, work, 10_000);
  return [
    { name: '1,000 workers rendered', value: seconds, unit: 's', atMost: 5, note: `${cpu.toFixed(1)} s of CPU` },
    {
      name: '10,000 workers, CPU time of 1,000',
      value: large.cpuMilliseconds / 1000 / cpu,
      unit: 'x',
      atMost: 11,
      note: `${(large.milliseconds / 1000).toFixed(1)} s, ${(large.cpuMilliseconds / 1000).toFixed(1)} s of CPU`,
    },
    { name: '10,000 workers, CPU a node', value: large.cpuMilliseconds / 10_003, unit: 'ms', atMost: 1.4 },
    { name: '10,000 workers, memory', value: large.maxRssMiB, unit: 'MiB', atMost: 480 },
  ];
}
