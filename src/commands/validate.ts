import { existsSync } from 'node:fs';
import { type Diagnostic, hasErrors, type Report } from '../base/diagnostic.ts';
import { UserMistake } from '../base/failure.ts';
import { readLock } from '../mirror/lock/lock.ts';
import { resolveArtifacts } from '../mirror/lock/resolve.ts';
import type { ReadCluster } from '../model/read-cluster.ts';
import { everyNode } from '../workflow/pick-nodes.ts';
import { reportNeeds } from '../workflow/plan-nodes.ts';
import { readClusterFile, readSources } from '../workflow/read-inputs.ts';
import { type Session, sessionOf } from '../workflow/session.ts';
import { type CommandIo, type GlobalOptions, printJson, surroundings, warn } from './io.ts';

interface ValidateOptions extends GlobalOptions {
  /** Missing lock entries are errors, as in `render`. */
  readonly strict?: boolean;
}

/** Adds findings from the plans, the user's own files and the lock to those of the cluster file. */
function checkNodes({ read, catalogue, lockFile }: Session, { strict }: ValidateOptions): readonly Diagnostic[] {
  const { value: plans = [], diagnostics } = reportNeeds(read, everyNode(read.cluster));
  const lock = readLock(lockFile);
  const needs = plans.flatMap((plan) => plan.artifacts);
  const locked = resolveArtifacts(needs, catalogue, lock.value, { unlocked: false, lockFile });
  return [
    ...diagnostics,
    ...readSources(plans, read).diagnostics,
    ...lock.diagnostics,
    ...(strict ? locked.diagnostics : locked.diagnostics.map(asWarning)),
  ];
}

const asWarning = (one: Diagnostic): Diagnostic => ({ ...one, severity: 'warning' });

/**
 * Findings from the state, if there is one. Without a state the modules for keys and certificates are not loaded, which
 * takes a while.
 */
async function checkState(session: Session): Promise<readonly Diagnostic[]> {
  if (!existsSync(session.stateDirectory)) return [];
  return (await import('../workflow/validate-state.ts')).checkState(session);
}

async function check(options: ValidateOptions, io: CommandIo): Promise<Report<ReadCluster>> {
  try {
    const report = readClusterFile(options.file);
    if (report.value === undefined) return report;
    const session = sessionOf(report.value, options, surroundings(io));
    const found = [...checkNodes(session, options), ...(await checkState(session))];
    return { ...report, diagnostics: [...report.diagnostics, ...found] };
  } catch (error) {
    // An unreadable file is one more finding, also as JSON.
    if (error instanceof UserMistake) return { diagnostics: error.diagnostics };
    throw error;
  }
}

/**
 * `knode validate`: reports everything that render would refuse, at once; missing lock entries are only warnings here.
 */
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
