import { eachIntact } from '../../model/loading/intact.ts';
import type { Rule } from '../../model/rules/rule.ts';
import { checkOwnText } from '../machine/own-files.ts';

/** Checks the text of files and units in the cluster file before rendering, like files beside the cluster file. */
export const ownTextsAreRead: Rule = (cluster) => {
  const { extraFiles, extraUnits } = cluster.spec;
  const files = eachIntact(extraFiles, ({ path, content }, index) =>
    content === undefined ? [] : checkOwnText(cluster, path, content, ['extraFiles', index]),
  );
  const units = eachIntact(extraUnits, ({ name, content }, index) =>
    content === undefined ? [] : checkOwnText(cluster, name, content, ['extraUnits', index]),
  );
  return [...files, ...units];
};
