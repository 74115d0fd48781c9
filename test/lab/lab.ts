/** `npm run lab -- CLUSTER [--scenario NAME]… [--keep]`: see README.md. */
import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { standBaked } from './bake.ts';
import { LabCluster } from './cluster.ts';
import { endpointProblem } from './endpoint.ts';
import { openRun } from './host.ts';
import { cacheDir, repository } from './paths.ts';
import { say, sayAlsoTo } from './say.ts';
import { bootAll } from './scenarios/first-boot.ts';
import { scenarios } from './scenarios/index.ts';
import type { Scenario } from './scenarios/scenario.ts';

const usage = `usage: npm run lab -- CLUSTER [options]

CLUSTER is a cluster file or a folder with one: test/lab/clusters/docker, examples/…

  --scenario NAME   only this one (by name or number); may be given several times
  --list            the scenarios
  --short           fewer rounds of what is repeated
  --baked           nodes of a golden image, made here by packer; says what it spares
  --ci              short, and only the scenarios that CI runs
  --rounds N        of what is repeated (20 of the power cuts)
  --seed N          for what is random; printed, so that a failure can be repeated
  --keep            leave everything running at the end, until Ctrl-C
`;

function die(text: string, code: number): never {
  process.stderr.write(`${text}\n`);
  process.exit(code);
}

function parse() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        scenario: { type: 'string', multiple: true },
        list: { type: 'boolean' },
        short: { type: 'boolean' },
        baked: { type: 'boolean' },
        ci: { type: 'boolean' },
        rounds: { type: 'string' },
        seed: { type: 'string' },
        keep: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    return die(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`, 2);
  }
}

function clusterFile(path: string): string {
  const whole = join(process.env.INIT_CWD ?? process.cwd(), path);
  const found = [path, whole, join(repository, path)].find((one) => existsSync(one));
  if (found === undefined) return die(`lab: there is no ${path}`, 2);
  return statSync(found).isDirectory() ? join(found, 'cluster.yaml') : found;
}

function chosen(wanted: readonly string[] | undefined): readonly Scenario[] {
  if (wanted === undefined)
    return scenarios.filter(({ ci, needs, byName }) => (values.ci ? ci : needs !== 'kernel' && byName !== true));
  const missing = wanted.filter((one) => !scenarios.some(({ name, number }) => one === name || one === String(number)));
  if (missing.length > 0) die(`lab: no scenario ${missing.join(', ')}; --list shows them`, 2);
  const found = scenarios.filter(({ name, number }) => wanted.includes(name) || wanted.includes(String(number)));
  if (found.length > 1 && found.some(({ needs }) => needs === 'kernel'))
    die('lab: a scenario of a virtual machine changes the cluster file in another way: run it alone', 2);
  return found;
}

const { values, positionals } = parse();
if (values.help) {
  process.stdout.write(usage);
  process.exit(0);
}
if (values.list) {
  for (const { number, name, title } of scenarios)
    process.stdout.write(`${String(number).padStart(2)}  ${name.padEnd(20)} ${title}\n`);
  process.exit(0);
}
const [wantedFile] = positionals;
if (wantedFile === undefined || positionals.length > 1) die(usage, 2);
if (process.getuid?.() !== 0) die('lab: must run as root: it makes name spaces, cgroups and loop devices', 3);

/** Runs one scenario; false if it failed, after printing the machines' consoles and journals. */
async function perform(lab: LabCluster, title: string, act: () => Promise<void>): Promise<boolean> {
  const began = Date.now();
  const took = (): string => `${((Date.now() - began) / 1000).toFixed(0)} s`;
  say(`==> ${title}`);
  try {
    await act();
    say(`passed in ${took()}: ${title}`);
    results.push(`passed  ${took().padStart(6)}  ${title}`);
    return true;
  } catch (error) {
    for (const machine of lab.machines.values()) process.stderr.write(await machine.report());
    say(`FAILED after ${took()}: ${title}\n${error instanceof Error ? error.message : String(error)}`);
    results.push(`FAILED  ${took().padStart(6)}  ${title}`);
    return false;
  }
}

const results: string[] = [];
const file = clusterFile(wantedFile);
const list = chosen(values.scenario);
function wholeNumber(name: 'rounds' | 'seed'): number | undefined {
  const text = values[name];
  if (text !== undefined && !/^\d{1,9}$/.test(text)) return die(`lab: --${name} is a whole number, not ${text}`, 2);
  return text === undefined ? undefined : Number(text);
}

const rounds = wholeNumber('rounds');
const options = {
  short: (values.short || values.ci) ?? false,
  seed: wholeNumber('seed') ?? Date.now() % 1_000_000,
  ...(rounds === undefined ? {} : { rounds }),
};
const run = openRun();
sayAlsoTo(join(cacheDir, `${basename(dirname(file))}.log`));
say(`machines ${run.inMemory ? 'in memory' : 'on disk (less than 12 GiB of memory are free)'}; --seed ${options.seed}`);
const lab = await LabCluster.open(file, join(run.folder, 'cluster'), {
  ownKernel: list.some(({ needs }) => needs === 'kernel'),
});
if (lab.mirror.missing.length > 0) {
  const keys = lab.mirror.missing.map((key) => `\n  ${key}`).join('');
  say(`cannot run: nobody has these; put them into a folder and name it in KNODE_LAB_ARTIFACTS:${keys}`);
  process.exit(4);
}
const problem = endpointProblem(lab.cluster);
if (problem !== undefined) {
  say(`cannot run: ${problem}`);
  process.exit(4);
}
await lab.render();
await lab.openNetwork();
await lab.startMirror();

let good = true;
let standing = false;
if (values.baked) {
  standing = await perform(lab, 'all machines on blank roots, and again on a golden image', () => standBaked(lab));
  good = standing;
}
for (const scenario of good ? list : []) {
  if (scenario.needs === 'cluster' && !standing) {
    standing = await perform(lab, 'all machines powered on at once', () => bootAll(lab));
    good = standing && good;
    if (!standing) break;
  }
  const passed = await perform(lab, `${scenario.number} ${scenario.name}: ${scenario.title}`, () =>
    scenario.run(lab, options),
  );
  good = passed && good;
  // A failed scenario leaves the cluster unusable for the next one; one that boots its own machines leaves nothing.
  if (!passed && values.keep) break;
  if ((!passed && !scenario.looks) || scenario.needs !== 'cluster') {
    await lab.destroyMachines();
    standing = false;
  }
}
say(`\n${results.join('\n')}\n`);
if (values.keep) {
  say(
    `kept, until Ctrl-C; to look into a machine: ${lab.running.map(({ name, initPid }) => `${name}: nsenter -t ${initPid} -a --wd=/ bash`).join('; ')}`,
  );
  await new Promise((resolve) => setTimeout(resolve, 2 ** 31 - 1));
}
await lab.close();
process.exit(good ? 0 : 1);
