import { knownMinors } from '../../src/release/minors.ts';
import { type KubernetesRelease, kubernetesRelease } from '../../src/release/program/kubernetes-release.ts';

/** The release of a version that has facts. */
export function release(version: string): KubernetesRelease {
  const { value } = kubernetesRelease(version);
  if (!value) throw new Error(`no facts for ${version}`);
  return value;
}

/** The answers to a question by minor, as the minors in which the answer changes: `{ '1.16': true, '1.20': false }`. */
export function changes<T>(question: (release: KubernetesRelease) => T): Record<string, T> {
  const found: Record<string, T> = {};
  let last: string | undefined;
  for (const minor of knownMinors()) {
    const answer = question(release(minor));
    if (JSON.stringify(answer ?? null) !== last) found[minor] = answer;
    last = JSON.stringify(answer ?? null);
  }
  return found;
}
