/** What programs say in their logs about settings of which they think little, and which of it has a reason. */

/** Lines that must have a reason: of something deprecated, unknown, migrated, ignored or gone. */
const worth =
  /deprecat|unknown|unrecogni[sz]ed|migrat|obsolete|ignor(?:e|ing)|no longer|will be removed|has been removed/i;

interface Excuse {
  /** Names of units or programs, without `.service`. */
  readonly program: RegExp;
  readonly line: RegExp;
  readonly reason: string;
}

const unprotected = 'the port is open without the flag, in 1.16 to 1.19 and longer, and no other form shuts it';

const excuses: readonly Excuse[] = [
  { program: /^kube-controller-manager$/, line: /Flag --port has been deprecated/, reason: unprotected },
  {
    program: /^kube-/,
    line: /\] FLAG: --/,
    reason: 'the list of all flags and their values, some with such a word in the name',
  },
  {
    program: /^kube-(apiserver|controller-manager)$/,
    line: /Using audit backend: ignoreErrors<|legacy-unknown/,
    reason: 'names of their own, not settings: the audit log goes on when a write fails, and a signer of certificates',
  },
];

/** Lines of a log that no excuse covers. `program` is the name of the unit or of the program. */
export function complaints(program: string, log: string): string[] {
  const own = excuses.filter((excuse) => excuse.program.test(program));
  return log.split('\n').filter((line) => worth.test(line) && !own.some((excuse) => excuse.line.test(line)));
}
