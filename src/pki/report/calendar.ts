import type { InventoryEntry } from './inventory.ts';

/** The certificates that end in one month, the earliest first. */
export interface CalendarMonth<T extends InventoryEntry> {
  /** `2027-11`. */
  readonly month: string;
  readonly entries: readonly T[];
}

/** Months in order, only those in which something ends. */
export function calendar<T extends InventoryEntry>(entries: readonly T[]): CalendarMonth<T>[] {
  const key = (entry: T): string => `${entry.notAfter} ${entry.kind} ${entry.id}`;
  const sorted = [...entries].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  const months = new Map<string, T[]>();
  for (const entry of sorted) {
    const month = entry.notAfter.slice(0, 7);
    months.set(month, [...(months.get(month) ?? []), entry]);
  }
  return [...months].map(([month, inMonth]) => ({ month, entries: inMonth }));
}
