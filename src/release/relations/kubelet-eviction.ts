import { nearest } from '../../base/nearest.ts';
import { milliseconds, percentage, quantity } from './go-values.ts';
import { unfit } from './messages.ts';
import type { FinalValues, Refusal } from './relation.ts';
import { say } from './resource-messages.ts';

/** pkg/kubelet/eviction/api/types.go; those of containerfs came with 1.29. */
const signals: Readonly<Record<string, number>> = {
  'memory.available': 16,
  'allocatableMemory.available': 16,
  'nodefs.available': 16,
  'nodefs.inodesFree': 16,
  'imagefs.available': 16,
  'imagefs.inodesFree': 16,
  'pid.available': 16,
  'containerfs.available': 29,
  'containerfs.inodesFree': 29,
};

function knownSignals(minor: string): readonly string[] {
  const own = Number(minor.split('.')[1]);
  return Object.keys(signals).filter((signal) => (signals[signal] ?? 0) <= own);
}

function entries(values: FinalValues, field: string): readonly (readonly [string, unknown])[] {
  const map = values.value(field);
  return typeof map === 'object' && map !== null && !Array.isArray(map) ? Object.entries(map) : [];
}

function unknownSignals(field: string, values: FinalValues): Refusal[] {
  const known = knownSignals(values.minor);
  return entries(values, field).flatMap(([signal]) => {
    if (known.includes(signal)) return [];
    const words = say('eviction-signal', { signal, near: nearest(signal, known), known });
    return [{ ...words, fields: [field], key: signal, wrong: 'key' }];
  });
}

/** Before 1.22 kubelet compares the fraction with 100: it accepts 101%, and refuses 10001%. */
function highestShare(minor: string): number {
  return Number(minor.split('.')[1]) < 22 ? 10_000 : 100;
}

function badThreshold(value: unknown, minor: string): string | undefined {
  const share = percentage(value);
  if (share !== undefined) return share >= 0 && share <= highestShare(minor) ? undefined : unfit.share;
  const amount = quantity(value);
  if (amount === undefined) return unfit.form;
  return amount > 0 ? undefined : unfit.positive;
}

function badReclaim(value: unknown): string | undefined {
  const share = percentage(value);
  const amount = quantity(value);
  if (share === undefined && amount === undefined) return unfit.form;
  return (share ?? 1) > 0 && (amount ?? 0) >= 0 ? undefined : unfit.positive;
}

/** Why an amount is refused, in words that follow it. */
type Amount = (value: unknown, minor: string) => string | undefined;

function badAmounts(field: string, bad: Amount, values: FinalValues): Refusal[] {
  return entries(values, field).flatMap(([signal, value]) => {
    const why = bad(value, values.minor);
    if (why === undefined || signals[signal] === undefined) return [];
    const words = say('eviction-amount', { field, signal, value: JSON.stringify(value), why });
    return [{ ...words, fields: [field], key: signal }];
  });
}

function badPeriods(values: FinalValues): Refusal[] {
  const field = 'evictionSoftGracePeriod';
  return entries(values, field).flatMap(([signal, value]) => {
    const span = milliseconds(value);
    if (span !== undefined && span >= 0) return [];
    const words = say('eviction-amount/period', { field, signal, value: JSON.stringify(value) });
    return [{ ...words, fields: [field], key: signal }];
  });
}

function withoutPeriod(values: FinalValues): Refusal[] {
  const known = knownSignals(values.minor);
  const periods = new Set(entries(values, 'evictionSoftGracePeriod').map(([signal]) => signal));
  return entries(values, 'evictionSoft').flatMap(([signal, value]) => {
    // Both switch a threshold off.
    const off = value === '0%' || value === '100%';
    if (off || periods.has(signal) || !known.includes(signal)) return [];
    return [{ ...say('eviction-grace', { signal }), fields: ['evictionSoft'], key: signal, wrong: 'key' }];
  });
}

/** pkg/kubelet/eviction/helpers.go, ParseThresholdConfig. */
export function checkEviction(values: FinalValues): readonly Refusal[] {
  return [
    ...['evictionHard', 'evictionSoft', 'evictionSoftGracePeriod', 'evictionMinimumReclaim'].flatMap((field) =>
      unknownSignals(field, values),
    ),
    ...badAmounts('evictionHard', badThreshold, values),
    ...badAmounts('evictionSoft', badThreshold, values),
    ...badAmounts('evictionMinimumReclaim', badReclaim, values),
    ...badPeriods(values),
    ...withoutPeriod(values),
  ];
}
