/** A documented bound, and the result of this run. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: 'x' | 's' | 'ms' | 'MiB';
  /** The bound that docs/benchmarks.md names. */
  readonly atMost?: number;
  readonly atLeast?: number;
  /** The times behind a ratio. */
  readonly note?: string;
}

export function isMet({ value, atMost = Number.POSITIVE_INFINITY, atLeast = 0 }: Figure): boolean {
  return value <= atMost && value >= atLeast;
}

/** One line a figure: `met` or `MISSED` where there is a bound. */
export function figureLine(figure: Figure): string {
  const { name, value, unit, atMost, atLeast, note } = figure;
  const bound = atMost === undefined ? (atLeast === undefined ? undefined : `>= ${atLeast}`) : `<= ${atMost}`;
  const verdict = bound === undefined ? '' : `  ${bound} ${unit}  ${isMet(figure) ? 'met' : 'MISSED'}`;
  const times = note === undefined ? '' : `  (${note})`;
  return `${name.padEnd(44)} ${value.toFixed(2).padStart(8)} ${unit.padEnd(3)}${verdict}${times}`.trimEnd();
}
