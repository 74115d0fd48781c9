import { speaker } from '../../base/catalogue.ts';
import { list } from '../../base/wording.ts';

/** What is wrong with files of the user's own. Messages follow the file's name. */
export const say = speaker('model/own-files', {
  'not-yaml/read-yaml': ({ line, why }: { line: number; why: string | undefined }) => ({
    message: `line ${line} is no YAML: ${why}`,
    hint: 'correct the file',
  }),
  'not-yaml/aliases': { message: 'its aliases make too much of it', hint: 'write the parts out' },
  'manifest-object/check-object': ({ index }: { index: number }) => ({
    message: `document ${index + 1} is no Kubernetes object`,
    hint: 'an object has apiVersion, kind and metadata',
  }),
  'manifest-object/incomplete': ({ object, lacking }: { object: string; lacking: readonly string[] }) => ({
    message: `${object} has no ${list(lacking)}: it cannot be applied`,
    hint: `add ${list(lacking)}`,
  }),
  'manifest-object/check-manifest': {
    message: 'there is no object in it',
    hint: 'name a manifest, or remove the entry',
  },
  'config-kind': ({ kind, versions }: { kind: string; versions: string | undefined }) => ({
    message: `it is no ${kind}`,
    hint: `begin with apiVersion: ${versions}, kind: ${kind}`,
  }),
  'config-version': ({ kind, given, versions }: { kind: string; given: string; versions: string }) => ({
    message: `${kind} has apiVersion ${given}, which the version does not take`,
    hint: `write apiVersion: ${versions}`,
  }),
  'audit-policy/check-audit-policy': { message: 'the policy has no rules', hint: 'add rules: [{level: Metadata}]' },
  'audit-policy/found': ({ index, given, levels }: { index: number; given: string; levels: readonly string[] }) => ({
    message: `rule ${index + 1} has the level ${given}`,
    hint: `levels: ${list(levels)}`,
  }),
  'audit-policy/unknown': ({ index, given, stages }: { index: number; given: string; stages: readonly string[] }) => ({
    message: `rule ${index + 1} omits the stage ${given}`,
    hint: `stages: ${list(stages)}`,
  }),
  'audit-policy/all': ({ given, stages }: { given: string; stages: readonly string[] }) => ({
    message: `the policy omits the stage ${given}`,
    hint: `stages: ${list(stages)}`,
  }),
  'unit-line': ({ line, why }: { line: number; why: string }) => ({
    message: `line ${line} ${why}: systemd ignores it`,
    hint: 'correct it, or remove it',
  }),
  'unit-setting-missing': ({
    own,
    key,
    near,
  }: {
    own: string;
    key: string;
    near: readonly [wrong: string, right: string | undefined] | undefined;
  }) => ({
    message: `[${own}] has no ${key}=`,
    hint: near === undefined ? `add ${key}=` : `did you mean '${near[1]}' instead of '${near[0]}'?`,
  }),
  'unit-command': ({ key, program }: { key: string; program: string }) => ({
    message: `${key}= names '${program}', which is no absolute path`,
    hint: 'write the whole path, for example /usr/bin/true',
  }),
  'unit-without-section/check-unit-text': {
    message: 'it has no section',
    hint: 'begin with [Unit], or with [Service] for a service',
  },
  'unit-without-section/own': ({ own, kind }: { own: string; kind: string }) => ({
    message: `it has no section [${own}]`,
    hint: `a ${kind} has its settings there`,
  }),
});
