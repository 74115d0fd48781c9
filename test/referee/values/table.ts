/** A table of configurations: the real program and knode must agree on each. */
import { expect } from 'vitest';
import { readCluster } from '../../../src/component/read-cluster.ts';
import type { Cluster } from '../../../src/model/cluster.ts';
import { deriveLazily } from '../../../src/model/derive.ts';
import { loadClusterFile } from '../../../src/model/loading/load.ts';
import { clusterText } from '../../support/cluster-text.ts';
import type { Verdict } from './judges.ts';

export interface Row {
  readonly name: string;
  /** What is changed in a small cluster file. */
  readonly over: Readonly<Record<string, unknown>>;
  /** Whether the program takes it. */
  readonly takes: boolean;
}

/** The cluster of a file, also of one that knode refuses. */
export function clusterAnyway(over: Row['over']): Cluster {
  const { value, intact } = loadClusterFile(clusterText(over), 'cluster.yaml');
  const file = value?.file ?? intact?.file;
  if (file === undefined) throw new Error('the file cannot be read');
  return deriveLazily(file).cluster;
}

function knodeTakes(over: Row['over']): { takes: boolean; said: string } {
  const errors = readCluster(clusterText(over), 'cluster.yaml').diagnostics.filter((one) => one.severity === 'error');
  return { takes: errors.length === 0, said: errors.map((one) => one.message).join('; ') };
}

/** Several programs at a time: most of a start is waiting. */
const atOnce = 6;

/** Confronts every row with the program and with knode; all that differ are told at once. */
export async function confront(rows: readonly Row[], real: (cluster: Cluster) => Promise<Verdict>): Promise<void> {
  const differ: string[] = [];
  const queue = [...rows];
  const work = async (): Promise<void> => {
    for (let row = queue.shift(); row !== undefined; row = queue.shift()) {
      const verdict = await real(clusterAnyway(row.over));
      const ours = knodeTakes(row.over);
      if (verdict.takes !== row.takes)
        differ.push(`${row.name}: the program ${verdict.takes ? 'takes' : 'refuses'} it\n${verdict.said.slice(-800)}`);
      if (ours.takes !== row.takes)
        differ.push(`${row.name}: knode ${ours.takes ? 'takes' : 'refuses'} it: ${ours.said}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  expect(differ.join('\n\n')).toBe('');
}
