import * as z from 'zod';
import { EnvironmentFailure } from '../base/failure.ts';
import { say } from './messages.ts';

/** Path of the memory in the state. */
export const memoryPath = 'record/cluster.json';

const provider = z.enum(['secretbox', 'aescbc', 'identity']);

const memorySchema = z.object({
  version: z.literal(1),
  /** Value of each fixed field by name, as last rendered (`fixed-fields.ts`). */
  fields: z.record(z.string(), z.string()),
  /** Providers by resource; the first one writes. */
  encryption: z.record(z.string(), z.array(provider).min(1)),
  /** Name by address, for nodes without a name in the cluster file. */
  names: z.record(z.string(), z.string()),
  /** Counts changes of the manifests' inputs. */
  generation: z.object({ number: z.int().min(1), digest: z.string() }).default({ number: 1, digest: '' }),
});

/**
 * The settings of the last render that a later render must not contradict. Settings only, never content: it is small,
 * versioned, and stored with the keys in the state.
 */
export type Memory = Readonly<z.output<typeof memorySchema>>;

export const nothingKnown: Memory = {
  version: 1,
  fields: {},
  encryption: {},
  names: {},
  generation: { number: 1, digest: '' },
};

/** @param text undefined if the state has none: it is new, or made by an older knode. */
export function parseMemory(text: string | undefined): Memory {
  if (text === undefined) return nothingKnown;
  const value: unknown = JSON.parse(text);
  const version = (value as { version?: unknown }).version;
  if (typeof version === 'number' && version > 1) throw new EnvironmentFailure(say('state-version', { version }));
  return memorySchema.parse(value);
}

/** The same memory gives the same text. */
export function formatMemory({ version, fields, encryption, names, generation }: Memory): string {
  const sorted = <T>(record: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
  const value = { version, fields: sorted(fields), encryption: sorted(encryption), names: sorted(names), generation };
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
