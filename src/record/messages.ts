import { phrases, speaker } from '../base/catalogue.ts';
import { type DataPath, type Diagnostic, formatPath } from '../base/diagnostic.ts';
import type { ClusterNode } from '../model/cluster.ts';
import type { FixedField } from './fixed-fields.ts';

/** A change that was allowed, or that would be refused. */
export interface FieldChange {
  readonly field: FixedField;
  readonly before: string;
  readonly after: string;
}

/** All messages of this room. */
export const messages = phrases('record/messages', {
  fixedField: ({ field, before, after }: FieldChange, path: DataPath): Diagnostic => ({
    severity: 'error',
    code: 'fixed-field',
    message: `${field.name}: the cluster lives with ${before}, and here it is ${after}; ${field.breaks(before, after)}`,
    hint: `write ${before} again; the change needs ${needs(field, before, after)}. Then, or if no machine of the cluster runs yet: knode render --allow-change ${field.name}`,
    path,
  }),

  renamed: (path: DataPath, node: ClusterNode, before: string): Diagnostic => ({
    severity: 'error',
    code: 'node-renamed',
    message: `${formatPath(path)}: the node at ${node.address} is ${before}, and would become ${node.name} because nodes before it were added or removed`,
    hint: `write its name: { name: ${before}, address: ${node.address} }; for a new machine at this address: knode render --allow-change node-names`,
    path,
  }),

  encryptionWaits: (resources: readonly string[], change: string): Diagnostic => ({
    severity: 'warning',
    code: 'encryption-reads-first',
    message: `API servers that run do not know the new encryption of ${resources.join(', ')} yet: it reads for now, and objects are written as before`,
    hint: `replace every master, then render with --allow-change ${change} and replace every master again`,
    path: encryptionPath,
  }),

  encryptionAlsoReads: (resources: readonly string[], change: string): Diagnostic => ({
    severity: 'warning',
    code: 'encryption-old-reader',
    message: `objects of ${resources.join(', ')} that were written before are still read by the provider that was used then`,
    hint: `write every object again (kubectl get RESOURCE -A -o json | kubectl replace -f -), then render with --allow-change ${change}`,
    path: encryptionPath,
  }),

  unknownChange: (name: string, near: string | undefined, names: readonly string[]): Diagnostic => ({
    severity: 'error',
    code: 'unknown-change',
    message: `--allow-change: '${name}' is not a setting that the state remembers`,
    hint: near === undefined ? `one of ${names.join(', ')}` : `did you mean '${near}'?`,
  }),
});

function needs({ needs }: FixedField, before: string, after: string): string {
  return typeof needs === 'string' ? needs : needs(before, after);
}

const encryptionPath: DataPath = ['kubernetes', 'apiServer', 'encryption'];

/** What is wrong, by code. */
export const say = speaker('record', {
  'state-version': ({ version }: { version: number }) => ({
    message: `record/cluster.json in the state has format version ${version}; this knode knows version 1.`,
    hint: 'use the knode release that wrote the state, or a newer one',
  }),
});
