import { dirname, join } from 'node:path';
import { hasErrors } from '../base/diagnostic.ts';
import { UserMistake } from '../base/failure.ts';
import { loadCatalogue } from '../mirror/catalogue.ts';
import { lockFileName, readLock } from '../mirror/lock.ts';
import { resolveArtifacts } from '../mirror/resolve.ts';
import { type CommandIo, type GlobalOptions, printJson, warn } from './io.ts';
import { readClusterFile, readSources } from './read-inputs.ts';
import { planNodes } from './render-nodes.ts';

/** `knode validate`: everything that render would refuse, at once; what only the lock lacks is a warning here. */
export function validate(options: GlobalOptions & { readonly lock?: string }, io: CommandIo): void {
  const report = readClusterFile(options.file);
  const read = report.value;
  const diagnostics = [...report.diagnostics];
  if (read !== undefined) {
    const plans = planNodes(read, read.cluster.nodes);
    const lockFile = options.lock ?? join(dirname(options.file), lockFileName);
    const lock = readLock(lockFile);
    const needs = plans.flatMap((plan) => plan.artifacts);
    const locked = resolveArtifacts(needs, loadCatalogue(), lock.value, { unlocked: false, lockFile });
    diagnostics.push(...readSources(plans, read).diagnostics, ...lock.diagnostics);
    diagnostics.push(...locked.diagnostics.map((one) => ({ ...one, severity: 'warning' as const })));
  }
  const valid = !hasErrors(diagnostics);
  if (options.json) printJson({ valid, diagnostics }, io);
  if (!valid) throw new UserMistake(options.json ? [] : diagnostics);
  if (options.json) return;
  warn(diagnostics, io);
  const count = read?.cluster.nodes.length ?? 0;
  io.stdout(
    `${options.file} is valid: cluster ${read?.cluster.name}, Kubernetes ${read?.cluster.versions.kubernetes}, ${count} nodes\n`,
  );
}
