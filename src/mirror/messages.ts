import { formatPath } from '../base/diagnostic.ts';

/** The words of this room's diagnostics. */
export const messages = {
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

  notALock: 'a lock must hold one YAML mapping',
  aliases: 'a lock has no anchors or aliases',
  notAName: 'is not an artifact name: lower-case letters, digits and dashes',
  notAVersion: 'is not a version: letters, digits, dots and dashes',
  notAUrl: "is not a plain http(s) URL of a file: no user or password, no blanks, no '..'",
  notAKey: "is not a plain relative path: no leading '/', no '..', no blanks",
  notASize: 'is not a number of bytes',
  notHex: (algorithm: string, digits: number): string => `is not a ${algorithm} checksum: ${digits} hex digits`,
  noChecksum: 'has no checksum: give sha256 or sha512',
  twoChecksums: 'has both sha256 and sha512: keep one',
  duplicate: (what: string, line: number): string => `${what} is pinned twice, first in line ${line}`,
  duplicateKey: (key: string, line: number): string =>
    `two artifacts share the mirror key '${key}', the other is in line ${line}`,

  notLocked: (file: string, labels: readonly string[]): string =>
    `${file} does not pin ${countOf(labels)}: ${labels.join(', ')}`,
  notLockedHint: (file: string, isNew: boolean): string =>
    [
      '`knode mirror lock` will add them (a later version). Until then add these lines by hand',
      `${isNew ? `in a new file ${file}` : `below \`artifacts:\` in ${file}`}, each with its checksum,`,
      `or render with --unlocked, and nodes trust the checksums that upstream serves:`,
    ].join(' '),
  unpublished: (labels: readonly string[]): string =>
    `upstream publishes no checksum file for ${countOf(labels)}: ${labels.join(', ')}`,
  unpublishedHint: (file: string, isNew: boolean): string =>
    [
      'rendered for looking at only: a node refuses what it cannot verify. Download them once, compute the sha256,',
      `and pin it ${isNew ? `in a new file ${file}` : `below \`artifacts:\` in ${file}`}:`,
    ].join(' '),
  unlocked: (labels: readonly string[]): string => `not pinned (--unlocked): ${labels.join(', ')}`,
  unlockedHint: 'nodes check these against whatever checksum upstream serves when they boot; pin them for production',
} as const;

function countOf(labels: readonly string[]): string {
  return labels.length === 1 ? 'an artifact of this cluster' : `${labels.length} artifacts of this cluster`;
}
