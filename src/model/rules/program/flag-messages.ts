import { speaker } from '../../../base/catalogue.ts';
import { list, suggest } from '../../../base/wording.ts';

/** What rules about flags and feature gates say. */
export const say = speaker('model/rules/flags', {
  'flag-deprecated': ({ program, flag, instead }: { program: string; flag: string; instead: string }) => ({
    message: `${program} calls --${flag} deprecated`,
    hint: instead,
  }),
  'field-deprecated': ({ kind, version, field }: { kind: string; version: string; field: string }) => ({
    message: `${kind} of Kubernetes ${version} has ${field} without effect`,
    hint: 'remove it',
  }),
  'flag-denied': ({
    name,
    program,
    reason,
    instead,
  }: {
    name: string;
    program: string;
    reason: string;
    instead: string;
  }) => ({ message: `--${name} of ${program} is knode's own: ${reason}`, hint: instead }),
  'flag-removed': ({
    program,
    version,
    flag,
    until,
  }: {
    program: string;
    version: string;
    flag: string;
    until: string | undefined;
  }) => ({
    message: `${program} ${version} has no --${flag} any more: the last that had it was ${until}`,
    hint: 'remove it; docs/source-documents.md tells what came after',
  }),
  'flag-not-yet': ({
    program,
    version,
    flag,
    since,
  }: {
    program: string;
    version: string;
    flag: string;
    since: string | undefined;
  }) => ({
    message: `${program} ${version} has no --${flag} yet: it came with ${since}`,
    hint: 'remove it, or use a newer version',
  }),
  'flag-unknown': ({
    program,
    version,
    flag,
    nearest,
  }: {
    program: string;
    version: string;
    flag: string;
    nearest: string | undefined;
  }) => ({
    message: `${program} ${version} has no flag --${flag}`,
    hint: suggest(nearest, 'see the reference of the program'),
  }),
  'gate-unknown': ({ name, nearest, program }: { name: string; nearest: string | undefined; program: string }) => ({
    message: `Kubernetes has no feature gate ${name}`,
    hint: suggest(nearest, `remove it: ${program} would not start`),
  }),
  'gate-unknown/elsewhere': ({
    program,
    version,
    name,
    other,
  }: {
    program: string;
    version: string;
    name: string;
    other: string;
  }) => ({
    message: `${program} ${version} has no feature gate ${name}: only ${other} has it`,
    hint: 'remove it: the program would not start',
  }),
  'gate-removed': ({ version, name, until }: { version: string; name: string; until: string }) => ({
    message: `Kubernetes ${version} has no feature gate ${name} any more: the last that had it was ${until}`,
    hint: 'remove it: the program would not start',
  }),
  'gate-not-yet': ({ version, name, since }: { version: string; name: string; since: string }) => ({
    message: `Kubernetes ${version} has no feature gate ${name} yet: it came with ${since}`,
    hint: 'remove it: the program would not start',
  }),
  'gate-locked': ({ name, to, version, program }: { name: string; to: boolean; version: string; program: string }) => ({
    message: `the feature gate ${name} is locked to ${to} in Kubernetes ${version}`,
    hint: `remove it: ${program} would not start`,
  }),
  'gate-needs': ({
    program,
    version,
    gate,
    needs,
    asked,
  }: {
    program: string;
    version: string;
    gate: string;
    needs: string;
    asked: boolean;
  }) => ({
    message: `${program} ${version} would not start: the feature gate ${gate} is on, and ${needs}, which it needs, is off`,
    hint: asked ? `add ${needs}: true, or remove it` : `remove it, or add ${gate}: false`,
  }),
  'gates-lost': ({ program }: { program: string }) => ({
    message: `${program} does not get these gates: --feature-gates of extraArgs takes their place`,
    hint: 'move all gates to one of the two',
  }),
  'flag-relation/durations': ({
    program,
    longer,
    longerText,
    factor,
    shorter,
    shorterText,
    usual,
  }: {
    program: string;
    longer: string;
    longerText: string;
    factor: number;
    shorter: string;
    shorterText: string;
    usual: readonly string[];
  }) => ({
    message: `${program} refuses --${longer} of ${longerText}: it must be longer than ${factor === 1 ? '' : `${factor} times `}--${shorter} of ${shorterText}`,
    hint: `for example ${list(usual)}`,
  }),
  'flag-relation/audit': ({ prefix, most, largest }: { prefix: string; most: number; largest: number }) => ({
    message: `kube-apiserver refuses --${prefix}-truncate-max-batch-size of ${most}: it must be at least --${prefix}-truncate-max-event-size of ${largest}`,
    hint: 'raise it, or lower the other',
  }),
  'flag-conflict/signing': ({ flag }: { flag: string }) => ({
    message: `kube-controller-manager refuses --${flag} beside --cluster-signing-cert-file, which knode sets`,
    hint: 'remove it; an authority of your own goes under pki.authorities',
  }),
  'flag-conflict/reload': {
    message: 'kube-apiserver refuses to reload an encryption configuration that it is not given',
    hint: 'remove it, or set kubernetes.apiServer.encryption.provider',
  },
  'flag-relation/requests': {
    message: 'kube-apiserver refuses to start: its limits of requests in flight add up to nothing',
    hint: 'for example 400 and 200',
  },
  'flag-relation/timeout': {
    message: 'with a request timeout of 0 every request to the API server fails at once',
    hint: 'for example 1m',
  },
  'flag-value': ({
    program,
    version,
    value,
    flag,
    expected,
    hint,
  }: {
    program: string;
    version: string;
    value: string;
    flag: string;
    expected: string;
    hint: string;
  }) => ({
    message: `${program} ${version} does not take '${value}' for --${flag}: it must be ${expected}`,
    hint: hint,
  }),
  'flag-value/runtime-config': ({ value, key }: { value: string | undefined; key: string | undefined }) => ({
    message: `kube-apiserver does not take '${value}' for ${key} of --runtime-config`,
    hint: 'write group/version=true or =false',
  }),
  'flag-value/no-api': { message: 'kube-apiserver refuses to serve no API at all', hint: 'name those to keep' },
  'api-group-unknown': ({ key, near }: { key: string; near: string | undefined }) => ({
    message: `kube-apiserver refuses --runtime-config: it has no API group for '${key}'`,
    hint: suggest(near, 'write group/version, for example batch/v1, or api/all'),
  }),
});
