import * as z from 'zod';
import { EnvironmentFailure } from '../base/failure.ts';

/** Where the state keeps what it remembers of the cluster file. */
export const memoryPath = 'record/cluster.json';

const provider = z.enum(['secretbox', 'aescbc', 'identity']);

const memorySchema = z.object({
  version: z.literal(1),
  /** Value by name of the fixed field, as the last render gave it to nodes (`fixed-fields.ts`). */
  fields: z.record(z.string(), z.string()),
  /** Providers by resource, the writing one first. */
  encryption: z.record(z.string(), z.array(provider).min(1)),
  /** Name by address, of nodes that the cluster file gives no name. */
  names: z.record(z.string(), z.string()),
  /** Counts changes of what the manifests are made of. */
  generation: z.object({ number: z.int().min(1), digest: z.string() }).default({ number: 1, digest: '' }),
});

/**
 * What a cluster was last rendered with, as far as a later render must not contradict it. Settings only, never content: it is
 * small, versioned, and travels with the keys in the state.
 */
export type Memory = Readonly<z.output<typeof memorySchema>>;

export const nothingKnown: Memory = {
  version: 1,
  fields: {},
  encryption: {},
  names: {},
  generation: { number: 1, digest: '' },
};

/** @param text undefined where the state has none: it is new, or of a knode that did not keep one. */
export function parseMemory(text: string | undefined): Memory {
  if (text === undefined) return nothingKnown;
  const value: unknown = JSON.parse(text);
  const version = (value as { version?: unknown }).version;
  if (typeof version === 'number' && version > 1)
    throw new EnvironmentFailure(
      'state-version',
      `${memoryPath} in the state has format version ${version}; this knode knows version 1.`,
      'use the knode release that wrote the state, or a newer one',
    );
  return memorySchema.parse(value);
}

/** The same memory gives the same text. */
export function formatMemory({ version, fields, encryption, names, generation }: Memory): string {
  const sorted = <T>(record: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
  const value = { version, fields: sorted(fields), encryption: sorted(encryption), names: sorted(names), generation };
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
