import type { Diagnostic, Report } from '../../base/diagnostic.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { artifactId, artifactLabel } from '../catalogue/identity.ts';
import { artifactKey } from '../layout/layout.ts';
import { type ArtifactLock, entrySpan } from '../lock/lock.ts';
import { layerArchiveUrl } from '../lock/schema.ts';
import { messages } from '../messages.ts';
import type { PullTask } from './pull.ts';
import { madeSource, type SourceOptions, sourceOf } from './source.ts';

/** The artifacts of a lock, with their sources and targets. Reports keys that cannot exist side by side. */
export function planPull(
  lock: ArtifactLock,
  catalogue: Catalogue,
  options: SourceOptions,
): Report<readonly PullTask[]> {
  const tasks = lock.entries.map((entry) => ({
    entry,
    key: artifactKey(entry, catalogue),
    source:
      entry.url === layerArchiveUrl
        ? madeSource(artifactLabel(entry), options.made?.get(artifactId(entry)))
        : sourceOf(entry.url, entry.arch, options),
  }));
  const owners = new Map<string, PullTask>();
  const diagnostics = tasks.flatMap((task) => {
    const other = owners.get(task.key);
    owners.set(task.key, task);
    return other === undefined
      ? []
      : [clash('duplicate-key', messages.sameKey(task.key, artifactLabel(other.entry)), task, lock)];
  });
  for (const task of tasks) {
    const steps = task.key.split('/');
    for (let length = 1; length < steps.length; length++) {
      const other = owners.get(steps.slice(0, length).join('/'));
      if (other === undefined) continue;
      diagnostics.push(clash('key-below-key', messages.keyBelowKey(task.key, artifactLabel(other.entry)), task, lock));
    }
  }
  return { value: tasks, diagnostics };
}

function clash(code: string, message: string, { entry }: PullTask, lock: ArtifactLock): Diagnostic {
  const span = entrySpan(lock, entry, entry.key === undefined ? 'name' : 'key');
  return { severity: 'error', code, message, hint: messages.keyHint, ...(span && { span }) };
}
