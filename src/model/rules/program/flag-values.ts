import { checkFlagValue, type FlagProgram } from '../../../release/values/flag-values.ts';
import type { Cluster } from '../../cluster.ts';
import { finalFlags, flagSections } from '../../final-flags.ts';
import { eachIntact } from '../../loading/intact.ts';
import { error, type Rule } from '../rule.ts';
import { deniedArgs } from './denied-args.ts';
import { say } from './flag-messages.ts';

/** Version of a program for people, and its minor in the facts. */
function versionOf(cluster: Cluster, program: FlagProgram): { readonly version: string; readonly minor: string } {
  if (program === 'etcd') return cluster.etcd;
  if (program === 'flanneld') return { version: cluster.versions.flannel, minor: cluster.versions.flannel };
  return cluster.kubernetes;
}

/** A program exits on a value that it cannot parse, or does not know: types, words and ranges of the final flags. */
export const flagValuesAreAccepted: Rule = (cluster) =>
  eachIntact(Object.keys(flagSections) as FlagProgram[], (program) => {
    const flags = finalFlags(cluster, program);
    const { version, minor } = versionOf(cluster, program);
    return flags.flatMap((given) => {
      if (given.extra && deniedArgs[program][given.flag] !== undefined) return [];
      const problem = checkFlagValue(program, minor, given, flags);
      if (problem === undefined) return [];
      return [
        error(
          given.path,
          say('flag-value', {
            program,
            version,
            value: problem.value,
            flag: given.flag,
            expected: problem.expected,
            hint: problem.hint,
          }),
        ),
      ];
    });
  });
