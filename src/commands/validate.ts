import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Diagnostic, hasErrors, type Report } from '../base/diagnostic.ts';
import { UserMistake } from '../base/failure.ts';
import { lockFileName, readLock } from '../mirror/lock/lock.ts';
import { resolveArtifacts } from '../mirror/lock/resolve.ts';
import type { ReadCluster } from '../model/read-cluster.ts';
import { type CommandIo, printJson, warn } from '../workflow/io.ts';
import { everyNode } from '../workflow/pick-nodes.ts';
import { clusterCatalogue, reportNeeds } from '../workflow/plan-nodes.ts';
import { readClusterFile, readSources } from '../workflow/read-inputs.ts';
import type { RecallOptions } from '../workflow/recall.ts';

interface ValidateOptions extends RecallOptions {
  /** What the lock lacks is a mistake, as it is to `render`. */
  readonly strict?: boolean;
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
    ...(options.strict ? locked.diagnostics : locked.diagnostics.map(asWarning)),
  ];
}

const asWarning = (one: Diagnostic): Diagnostic => ({ ...one, severity: 'warning' });

/** What the state knows of the cluster, where there is one. Without it, keys and certificates need not be read: that takes a while to load. */
async function checkState(read: ReadCluster, options: ValidateOptions, io: CommandIo): Promise<readonly Diagnostic[]> {
  if (!existsSync(options.state ?? join(dirname(options.file), '.knode'))) return [];
  return (await import('../workflow/validate-state.ts')).checkState(read, options, io);
}

async function check(options: ValidateOptions, io: CommandIo): Promise<Report<ReadCluster>> {
  try {
    const report = readClusterFile(options.file);
    if (report.value === undefined) return report;
    const found = [...checkNodes(report.value, options), ...(await checkState(report.value, options, io))];
    return { ...report, diagnostics: [...report.diagnostics, ...found] };
  } catch (error) {
    // A file that cannot be read is one more finding, also as JSON.
    if (error instanceof UserMistake) return { diagnostics: error.diagnostics };
    throw error;
  }
}

/** `knode validate`: everything that render would refuse, at once; what only the lock lacks is a warning here. */
export async function validate(options: ValidateOptions, io: CommandIo): Promise<void> {
  const { value: read, diagnostics } = await check(options, io);
  const valid = !hasErrors(diagnostics);
  if (options.json) printJson({ valid, diagnostics }, io);
  if (!valid) throw new UserMistake(diagnostics);
  if (options.json || read === undefined) return;
  warn(diagnostics, io);
  const { name, versions, nodes } = read.cluster;
  io.stdout(`${options.file} is valid: cluster ${name}, Kubernetes ${versions.kubernetes}, ${nodes.length} nodes\n`);
}
