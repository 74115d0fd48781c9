import { diffArrays } from 'diff';

/** Lines of `text`, from 1, that `other` does not have in the same order. */
export function changedLines(text: string, other: string): number[] {
  const changed: number[] = [];
  let line = 0;
  for (const { count, added, removed } of diffArrays(text.split('\n'), other.split('\n'))) {
    if (added) continue;
    if (removed) for (let step = 1; step <= count; step++) changed.push(line + step);
    line += count;
  }
  return changed;
}
