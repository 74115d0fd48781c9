import { phrases, speaker } from '../base/catalogue.ts';
import { formatPath } from '../base/diagnostic.ts';

/** Messages of this room's diagnostics. */
export const messages = phrases('mirror/messages', {
  unknownKey: (key: string, parent: readonly (string | number)[]): string =>
    parent.length === 0 ? `unknown key '${key}' in the lock` : `unknown key '${key}' in ${formatPath(parent)}`,
  knownKeys: (keys: readonly string[]): string => `known here: ${keys.join(', ')}`,
  didYouMean: (word: string): string => `did you mean '${word}'?`,
  missing: (path: readonly (string | number)[]): string => `'${formatPath(path)}' is missing`,
  wrongType: (path: readonly (string | number)[], expected: string): string =>
    `'${formatPath(path)}' must be ${expected}`,
  notOneOf: (path: readonly (string | number)[], values: readonly string[]): string =>
    `'${formatPath(path)}' must be ${values.length === 1 ? `'${values[0]}'` : `one of ${values.join(', ')}`}`,
  invalid: (path: readonly (string | number)[], why: string): string => `'${formatPath(path)}' ${why}`,

  notALock: 'an artifact lock must hold one YAML mapping',
  mendLock: 'mend it here, or take the whole entry out: knode mirror lock adds what is missing',
  aliases: 'an artifact lock has no anchors or aliases',
  notAName: 'is not an artifact name: lower-case letters, digits and dashes',
  notAVersion: 'is not a version: letters, digits, dots and dashes',
  notAUrl: "is not a plain http(s) URL of a file: no user or password, no blanks, no '..'",
  notAKey: "is not a plain relative path: no leading '/', no '..', no blanks",
  ownKey: 'is a file of the mirror itself (index.json, SHA256SUMS), or lies below one',
  notASize: 'is not a number of bytes',
  notHex: (algorithm: string, digits: number): string => `is not a ${algorithm} checksum: ${digits} hex digits`,
  noChecksum: 'has no checksum: give sha256 or sha512',
  twoChecksums: 'has both sha256 and sha512: keep one',
  duplicate: (what: string, line: number): string => `${what} is pinned twice, first in line ${line}`,
  duplicateKey: (key: string, line: number): string =>
    `two artifacts share the mirror key '${key}', the other is in line ${line}`,

  sameKey: (key: string, other: string): string => `the key '${key}' is that of ${other}, too`,
  keyBelowKey: (key: string, other: string): string =>
    `the key '${key}' lies below the file of ${other}: no folder can hold both`,
  keyHint: 'give it a key of its own, or remove the key line: the layout’s own never clash',

  notLocked: (file: string, labels: readonly string[]): string =>
    `${file} does not pin ${countOf(labels)}: ${labels.join(', ')}`,
  noLockFile: (file: string, labels: readonly string[]): string =>
    `there is no ${file}, so nothing pins ${countOf(labels)}: ${labels.join(', ')}`,
  noLockFileHint: 'name the lock that there is with --lock, or write one: knode mirror lock',
  notLockedHint: 'run knode mirror lock, which adds what is missing and changes nothing else',
  unpublished: (labels: readonly string[]): string =>
    `upstream publishes no checksum file for ${countOf(labels)}: ${labels.join(', ')}`,
  unpublishedHint:
    'rendered for looking at only: a node refuses what it cannot verify. knode mirror lock downloads them once and pins them',
  unlocked: (labels: readonly string[]): string => `not pinned (--unlocked): ${labels.join(', ')}`,
  unlockedHint: 'nodes check these against whatever checksum upstream serves when they boot; pin them for production',

  nameTaken: (name: string): string => `'${name}' is the name of an artifact of knode`,
  nameTakenHint: 'choose another name: the versions of knode’s own artifacts have settings of their own',
  pathTaken: (path: string, owner: string): string => `${path} is installed by ${owner} as well`,
  pathTakenHint: 'choose another path: two artifacts of one node would overwrite each other',
});

function countOf(labels: readonly string[]): string {
  return labels.length === 1 ? 'an artifact of this cluster' : `${labels.length} artifacts of this cluster`;
}

/** What is wrong, by code. */
export const say = speaker('mirror', {
  'lock-unreadable': ({ file, code }: { file: string; code: string | undefined }) => ({
    message: `cannot read ${file} (${code})`,
    hint: 'check its permissions',
  }),
  'unknown-artifact': ({
    name,
    near,
    names,
    word,
  }: {
    name: string;
    near: string | undefined;
    names: readonly string[];
    word: string | undefined;
  }) => ({
    message: `no node of the cluster needs an artifact '${name}'`,
    hint: near === undefined ? `it needs: ${names.join(', ')}` : `did you mean '${word}'?`,
  }),
  'lock-differs': ({
    file,
    label,
    locked,
    wanted,
    name,
  }: {
    file: string;
    label: string;
    locked: string;
    wanted: string;
    name: string;
  }) => ({
    message: `${file} pins ${label} as ${locked}, and the cluster file says ${wanted}`,
    hint: `where the cluster file is right: knode mirror lock --update ${name}; otherwise mend artifacts.extra`,
  }),
  'checksum-not-upstreams': ({ pin, checksum, name }: { pin: string; checksum: string; name: string }) => ({
    message: `${pin} is pinned by another checksum than upstream's, which knode knows: ${checksum}`,
    hint: `take upstream's: knode mirror lock --update ${name}; for bytes of your own write checksumFrom: user`,
  }),
  'not-presigned': ({ lacking, hint }: { lacking: string; hint: string }) => ({ message: lacking, hint: hint }),
  'presigned-expired': ({ expired, hint }: { expired: string; hint: string }) => ({ message: expired, hint: hint }),
  'checksum-differs': ({ url, published, shipped }: { url: string; published: string; shipped: string }) => ({
    message: `${url} publishes ${published}, and knode knows ${shipped}`,
    hint: 'somebody changed the file or its checksum since: find out who before you trust it, then pin it by hand with checksumFrom: user',
  }),
});
