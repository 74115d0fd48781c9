import { dirname, join } from 'node:path';
import { type Diagnostic, hasErrors, type Report } from '../base/diagnostic.ts';
import { UserMistake } from '../base/failure.ts';
import { lockFileName, readLock } from '../mirror/lock.ts';
import { resolveArtifacts } from '../mirror/resolve.ts';
import type { ReadCluster } from '../model/read-cluster.ts';
import { type CommandIo, type GlobalOptions, printJson, warn } from './io.ts';
import { everyNode } from './pick-nodes.ts';
import { clusterCatalogue, reportNeeds } from './plan-nodes.ts';
import { readClusterFile, readSources } from './read-inputs.ts';

interface ValidateOptions extends GlobalOptions {
  readonly lock?: string;
}

/** What the plans, the user's own files and the lock add to what the cluster file itself says. */
function checkNodes(read: ReadCluster, options: ValidateOptions): readonly Diagnostic[] {
  const { value: plans = [], diagnostics } = reportNeeds(read, everyNode(read.cluster));
  const lockFile = options.lock ?? join(dirname(options.file), lockFileName);
  const lock = readLock(lockFile);
  const needs = plans.flatMap((plan) => plan.artifacts);
  const locked = resolveArtifacts(needs, clusterCatalogue(read), lock.value, { unlocked: false, lockFile });
  return [
    ...diagnostics,
    ...readSources(plans, read).diagnostics,
    ...lock.diagnostics,
    ...locked.diagnostics.map((one) => ({ ...one, severity: 'warning' as const })),
  ];
}

function check(options: ValidateOptions): Report<ReadCluster> {
  try {
    const report = readClusterFile(options.file);
    if (report.value === undefined) return report;
    return { ...report, diagnostics: [...report.diagnostics, ...checkNodes(report.value, options)] };
  } catch (error) {
    // A file that cannot be read is one more finding, also as JSON.
    if (error instanceof UserMistake) return { diagnostics: error.diagnostics };
    throw error;
  }
}

/** `knode validate`: everything that render would refuse, at once; what only the lock lacks is a warning here. */
export function validate(options: ValidateOptions, io: CommandIo): void {
  const { value: read, diagnostics } = check(options);
  const valid = !hasErrors(diagnostics);
  if (options.json) printJson({ valid, diagnostics }, io);
  if (!valid) throw new UserMistake(options.json ? [] : diagnostics);
  if (options.json || read === undefined) return;
  warn(diagnostics, io);
  const { name, versions, nodes } = read.cluster;
  io.stdout(`${options.file} is valid: cluster ${name}, Kubernetes ${versions.kubernetes}, ${nodes.length} nodes\n`);
}
