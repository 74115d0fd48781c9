import { nodePaths } from '../base/node-paths.ts';
import type { NodeFile } from './node-file.ts';

export interface BootStep {
  readonly unit: string;
  /** Units of this node after which it starts. */
  readonly after: readonly string[];
  /** Whether its start fails if one of `after` failed. */
  readonly requires: readonly string[];
}

function settingsOf(text: string, key: string): string[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${key}=`))
    .flatMap((line) => line.slice(key.length + 1).split(/\s+/))
    .filter((word) => word !== '');
}

/**
 * The units of a node in a valid start order of systemd, read from the rendered units themselves, so that it cannot
 * drift from them. Units that nothing starts are left out.
 */
export function bootOrder(files: readonly NodeFile[], started: readonly string[]): readonly BootStep[] {
  const steps = new Map<string, BootStep>();
  for (const file of files) {
    const unit = file.path.slice(nodePaths.units.length + 1);
    if (!file.path.startsWith(`${nodePaths.units}/`) || !started.includes(unit)) continue;
    const own = (key: string) => settingsOf(file.content, key).filter((other) => started.includes(other));
    const before = files.filter(
      (other) => settingsOf(other.content, 'Before').includes(unit) && other.path.startsWith(nodePaths.units),
    );
    const after = [...own('After'), ...before.map((other) => other.path.slice(nodePaths.units.length + 1))];
    steps.set(unit, { unit, after: [...new Set(after)], requires: own('Requires') });
  }
  return sorted(steps, started);
}

/** @throws Error if units wait for each other: systemd would break the cycle by dropping one of them. */
function sorted(steps: ReadonlyMap<string, BootStep>, started: readonly string[]): BootStep[] {
  const result: BootStep[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (unit: string): void => {
    const step = steps.get(unit);
    if (step === undefined || state.get(unit) === 'done') return;
    if (state.get(unit) === 'open')
      throw new Error(
        `units wait for each other: ${[...state]
          .filter(([, s]) => s === 'open')
          .map(([u]) => u)
          .join(', ')}`,
      );
    state.set(unit, 'open');
    for (const other of step.after) visit(other);
    state.set(unit, 'done');
    result.push(step);
  };
  for (const unit of started) visit(unit);
  return result;
}

/** A unit, below the last unit that it waits for. */
export interface BootBranch {
  readonly unit: string;
  /** The other units that it waits for, except those that its parents in the tree wait for anyway. */
  readonly alsoAfter: readonly string[];
  readonly requires: readonly string[];
  readonly children: readonly BootBranch[];
}

/**
 * The boot order as a tree: at the root the units that start at once, below each unit those that wait for it. Every
 * unit occurs once.
 */
export function bootTree(steps: readonly BootStep[]): readonly BootBranch[] {
  const places = new Map(steps.map((step, index) => [step.unit, index]));
  const parents = new Map(steps.map((step) => [step.unit, lastOf(step.after, places)]));
  const waitsFor = new Map<string, ReadonlySet<string>>();
  for (const step of steps)
    waitsFor.set(
      step.unit,
      new Set([...step.after, ...step.after.flatMap((other) => [...(waitsFor.get(other) ?? [])])]),
    );
  const below = (parent: string | undefined): BootBranch[] =>
    steps
      .filter((step) => parents.get(step.unit) === parent)
      .map(({ unit, after, requires }) => {
        const known = new Set(parent === undefined ? [] : [parent, ...(waitsFor.get(parent) ?? [])]);
        return { unit, alsoAfter: after.filter((other) => !known.has(other)), requires, children: below(unit) };
      });
  return below(undefined);
}

function lastOf(units: readonly string[], places: ReadonlyMap<string, number>): string | undefined {
  return units.reduce<string | undefined>(
    (last, unit) => (last === undefined || (places.get(unit) ?? 0) > (places.get(last) ?? 0) ? unit : last),
    undefined,
  );
}
