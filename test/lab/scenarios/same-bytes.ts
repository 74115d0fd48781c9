/** Scenario 10: rendering twice gives the same bytes, and the files on the running nodes equal `--files`. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { knode, type LabCluster } from '../cluster.ts';
import { say } from '../say.ts';
import { equal } from '../wait.ts';
import { nodeNames } from './first-boot.ts';
import type { Scenario } from './scenario.ts';

function filesBelow(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length))
    .sort();
}

async function renderAgain(lab: LabCluster): Promise<string> {
  const again = join(lab.work, 'again');
  const common = ['render', '-f', lab.file, '--state', join(lab.work, 'state'), '--all'];
  await knode([...common, '-o', join(again, 'seeds')]);
  await knode([...common, '--files', join(again, 'files')]);
  return again;
}

export const sameBytes: Scenario = {
  number: 10,
  name: 'same-bytes',
  title: 'rendered twice: the same bytes; the running nodes have the files that --files shows',
  needs: 'cluster',
  looks: true,
  ci: true,
  async run(lab) {
    const again = await renderAgain(lab);
    const seeds = join(lab.work, 'seeds');
    equal(filesBelow(join(again, 'seeds')), filesBelow(seeds), 'the files of both renders');
    for (const file of filesBelow(seeds)) {
      equal(
        readFileSync(join(again, 'seeds', file)).equals(readFileSync(join(seeds, file))),
        true,
        `${file} has the same bytes`,
      );
    }
    let count = 0;
    for (const name of nodeNames(lab)) {
      const tree = join(again, 'files', name);
      for (const path of filesBelow(tree)) {
        const [want, have] = [join(tree, path), join(lab.get(name).root, path)];
        equal(readFileSync(have).equals(readFileSync(want)), true, `${path} on ${name} is what was rendered`);
        const { mode, uid, gid } = statSync(have);
        equal(
          [(mode & 0o7777).toString(8), uid, gid],
          [(statSync(want).mode & 0o7777).toString(8), 0, 0],
          `mode and owner of ${path} on ${name}`,
        );
        count += 1;
      }
    }
    say(`${count} files of the running nodes are what was rendered`);
  },
};
