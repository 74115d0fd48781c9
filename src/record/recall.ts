import type { Diagnostic } from '../base/diagnostic.ts';
import { nearest } from '../base/nearest.ts';
import type { Cluster } from '../model/cluster.ts';
import { type EncryptionStep, encryptionChanges, encryptionStep } from './encryption.ts';
import { type FixedField, fixedFields, pathOf } from './fixed-fields.ts';
import { generationNow } from './generation.ts';
import type { Memory } from './memory.ts';
import { type FieldChange, messages } from './messages.ts';
import { namesNow, shiftedNames } from './node-names.ts';

const renaming = 'node-names';

/** Valid values of `--allow-change`. */
export const allowableChanges: readonly string[] = [
  ...fixedFields.map(({ name }) => name),
  ...Object.values(encryptionChanges),
  renaming,
];

/** A cluster file compared with the state's memory. */
export interface Recalled {
  /** The cluster, completed from the state. */
  readonly cluster: Cluster;
  /** For the next render. */
  readonly memory: Memory;
  /** Changes that the user allowed by name. */
  readonly allowed: readonly FieldChange[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Refuses changes that would break a living cluster, and completes the cluster with settings that its file no longer
 * has.
 * @param allowed names of `allowableChanges`.
 * @param manifests digest of the user's own manifests.
 */
export function recall(memory: Memory, cluster: Cluster, allowed: readonly string[], manifests = ''): Recalled {
  const changes = judgedChanges(memory, cluster, allowed);
  const refused = changes.filter(({ verdict }) => verdict === 'refused');
  const names = allowed.includes(renaming) ? [] : shiftedNames(memory, cluster);
  const encryption = encryptionStep(memory, cluster, allowed);
  const generation = generationNow(memory, cluster, manifests);
  return {
    cluster: { ...cluster, encryption: encryption.encryption, generation: generation.number },
    memory: {
      version: 1,
      fields: { ...memory.fields, ...fieldsNow(cluster) },
      encryption: Object.fromEntries(encryption.encryption.map((one) => [one.resource, [...one.providers]])),
      names: namesNow(memory, cluster),
      generation,
    },
    allowed: changes.filter(({ verdict }) => verdict === 'allowed'),
    diagnostics: [
      ...allowed.flatMap(unknown),
      ...refused.map((change) => messages.fixedField(change, pathOf(change.leader ?? change.field))),
      ...names,
      ...encryptionWarnings(encryption),
    ],
  };
}

function fieldsNow(cluster: Cluster): Record<string, string> {
  const pairs = fixedFields.map(({ name, value }) => [name, value(cluster)] as const);
  return Object.fromEntries(pairs.filter((pair): pair is readonly [string, string] => pair[1] !== undefined));
}

const byName = (name: string | undefined): FixedField | undefined => fixedFields.find((one) => one.name === name);

/** The setting that decides if the file does not set this one. */
function leaderOf(field: FixedField, cluster: Cluster): FixedField | undefined {
  const { follows } = field;
  return follows === undefined || follows.unless(cluster.spec) !== undefined ? undefined : byName(follows.name);
}

function changeOf(field: FixedField, memory: Memory, cluster: Cluster): FieldChange | undefined {
  const [before, after] = [memory.fields[field.name], field.value(cluster)];
  if (before === undefined || after === undefined || before === after) return undefined;
  return field.breaks(before, after) === undefined ? undefined : { field, before, after };
}

interface JudgedChange extends FieldChange {
  readonly leader: FixedField | undefined;
  readonly verdict: 'refused' | 'allowed' | 'follows';
}

/** Changes that break something. A change that merely follows from another is judged with the other one. */
function judgedChanges(memory: Memory, cluster: Cluster, allowed: readonly string[]): readonly JudgedChange[] {
  return fixedFields.flatMap((field): JudgedChange[] => {
    const change = changeOf(field, memory, cluster);
    if (change === undefined) return [];
    const leader = leaderOf(field, cluster);
    const led = leader !== undefined && changeOf(leader, memory, cluster) !== undefined;
    const isAllowed = [field.name, ...(led ? [leader.name] : [])].some((name) => allowed.includes(name));
    return [{ ...change, leader, verdict: isAllowed ? 'allowed' : led ? 'follows' : 'refused' }];
  });
}

function unknown(name: string): Diagnostic[] {
  if (allowableChanges.includes(name)) return [];
  return [messages.unknownChange(name, nearest(name, allowableChanges), allowableChanges)];
}

function encryptionWarnings({ waiting, alsoRead }: EncryptionStep): Diagnostic[] {
  return [
    ...(waiting.length > 0 ? [messages.encryptionWaits(waiting, encryptionChanges.writer)] : []),
    ...(alsoRead.length > 0 ? [messages.encryptionAlsoReads(alsoRead, encryptionChanges.readers)] : []),
  ];
}
