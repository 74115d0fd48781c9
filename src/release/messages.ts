import type { Diagnostic } from '../base/diagnostic.ts';
import { compareVersions, minorOf } from './version.ts';

/** Messages about a version that knode does not know. Callers add the place in the cluster file. */

export function malformedVersion(program: string, version: string, example: string): Diagnostic {
  return {
    severity: 'error',
    code: 'version-malformed',
    message: `'${version}' is not a version of ${program}`,
    hint: `write it in full, for example ${example}`,
  };
}

export function unknownVersion(program: string, version: string, first: string, last: string): Diagnostic {
  return {
    severity: 'error',
    code: 'version-unknown',
    message: `knode has facts for ${program} ${first} to ${last}, not for ${version}`,
    hint: `choose a version from ${first} to ${last}${isBeyond(version, last) ? ', or use a newer knode' : ''}`,
  };
}

/** Whether it is newer than all versions in the facts. */
function isBeyond(version: string, last: string): boolean {
  return compareVersions(minorOf(version), minorOf(last)) > 0;
}

export function newerThanFacts(program: string, version: string, last: string): Diagnostic {
  return {
    severity: 'warning',
    code: 'version-newer-than-facts',
    message: `knode has facts for ${program} up to ${last}, and treats ${version} like it`,
    hint: `check its release notes for changed flags and settings, or choose ${last} or older`,
  };
}
