import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { packagePath } from '../src/base/files/package-root.ts';
import { ansibleFigures } from './ansible.ts';
import { certificateFigures } from './certificates.ts';
import { withoutStartOptions } from './measure.ts';
import { mirrorFigures } from './mirror.ts';
import { type Figure, figureLine, isMet } from './report.ts';
import { scaleFigures } from './scale.ts';
import { startupFigures } from './startup.ts';

/**
 * `npm run bench [-- section…]`: measures the bounds of docs/benchmarks.md with the built knode. Ratios compare runs in
 * turns, so that they are valid on a busy machine, too, as far as possible. KNODE_BENCH_CLI names another build,
 * KNODE_BENCH_HOSTS fewer hosts for Ansible.
 */
type Section = (cli: string, work: string) => readonly Figure[] | Promise<readonly Figure[]>;
const sections: Readonly<Record<string, Section>> = {
  startup: startupFigures,
  scale: scaleFigures,
  certificates: certificateFigures,
  mirror: mirrorFigures,
  ansible: (cli, work) => ansibleFigures(cli, work, Number(process.env.KNODE_BENCH_HOSTS ?? 50)),
};

const unset = withoutStartOptions(process.env);
const cli = process.env.KNODE_BENCH_CLI ?? packagePath('dist/cli.cjs');
const chosen = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(sections);
const unknown = chosen.filter((name) => !(name in sections));
if (unknown.length > 0) throw new Error(`no section ${unknown.join(', ')}: ${Object.keys(sections).join(', ')}`);
if (!existsSync(cli)) throw new Error(`${cli} is not there: npm run build`);

const load = () =>
  loadavg()
    .map((value) => value.toFixed(1))
    .join(' ');
console.log(
  `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, ${(totalmem() / 2 ** 30).toFixed(1)} GiB, node ${process.version}, load ${load()}`,
);
console.log(
  `NODE_EXTRA_CA_CERTS and NODE_OPTIONS are not passed on${unset.length > 0 ? `; unset: ${unset.join(', ')}` : ''}\n`,
);
const work = mkdtempSync(join(tmpdir(), 'knode-bench-'));
process.once('SIGINT', () => process.exit(130));
process.once('exit', () => rmSync(work, { recursive: true, force: true }));
let missed = 0;
for (const name of chosen)
  for (const figure of (await sections[name]?.(cli, work)) ?? []) {
    console.log(figureLine(figure));
    if (!isMet(figure)) missed++;
  }
console.log(`\nload ${load()}${missed === 0 ? '' : `; ${missed} missed`}`);
