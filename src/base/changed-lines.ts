type Lengths = readonly (readonly number[])[];

/** Row `i`, column `j`: how long the longest common subsequence of the lines from `i` and from `j` on is. */
function commonLengths(a: readonly string[], b: readonly string[]): Lengths {
  const rows: number[][] = [new Array<number>(b.length + 1).fill(0)];
  for (const line of a.toReversed()) {
    const below = rows.at(-1) ?? [];
    const row = new Array<number>(b.length + 1).fill(0);
    for (let j = b.length - 1; j >= 0; j--)
      row[j] = line === b[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    rows.push(row);
  }
  return rows.reverse();
}

/** Lines of `text`, from 1, that `other` does not have in the same order. */
export function changedLines(text: string, other: string): number[] {
  if (text === other) return [];
  const [a, b] = [text.split('\n'), other.split('\n')];
  const lengths = commonLengths(a, b);
  const at = (i: number, j: number) => lengths[i]?.[j] ?? 0;
  const changed: number[] = [];
  for (let i = 0, j = 0; i < a.length; ) {
    if (j < b.length && a[i] === b[j]) {
      i++;
      j++;
    } else if (j < b.length && at(i, j + 1) >= at(i + 1, j)) j++;
    else changed.push(++i);
  }
  return changed;
}
