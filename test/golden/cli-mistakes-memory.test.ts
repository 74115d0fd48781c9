import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'vitest';
import { sha256 } from '../../src/base/digest.ts';
import { render as renderNode } from '../../src/commands/render.ts';
import { freshCluster, memoryIo } from '../commands/fixture.ts';
import { type CliMistake, checkMistake } from './cli-mistake.ts';

const render = ['render', '--node', 'w1'];
const tracked = 'knode.authorities.yaml';

function change(folder: string, from: string | RegExp, to: string, name = 'cluster.yaml'): void {
  const file = join(folder, name);
  const text = readFileSync(file, 'utf8');
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`${from} is not in ${name}`);
  writeFileSync(file, changed);
}

/** Adds settings of `network`; the file of `knode init` has that section. */
const networks = 'network: { podCIDR: 10.240.0.0/16, serviceCIDR: 10.97.0.0/16, dnsDomain: other.local }\n';
function otherNetworks(folder: string): void {
  change(folder, /^network:\n(?: .*\n)+/m, networks);
}

/** A colleague's clone: everything except the state. */
function cloned(folder: string): void {
  rmSync(join(folder, '.knode'), { recursive: true });
}

async function stateOfAnother(folder: string): Promise<void> {
  const other = freshCluster();
  await renderNode({ file: other, node: 'w1' }, memoryIo(new Date().toISOString()));
  cloned(folder);
  cpSync(join(dirname(other), '.knode'), join(folder, '.knode'), { recursive: true });
}

const unnamed =
  'nodes:\n  masters:\n    - { address: 10.0.0.11 }\n    - { address: 10.0.0.12 }\n    - { address: 10.0.0.13 }\n';
/** Masters by position, rendered once; then the first is dropped. */
async function firstDropped(folder: string): Promise<void> {
  cloned(folder);
  rmSync(join(folder, tracked));
  change(folder, /^nodes:\n(?: .*\n)+/m, `${unnamed}  workers:\n    - { name: w1, address: 10.0.0.21 }\n`);
  await renderNode({ file: join(folder, 'cluster.yaml'), node: 'w1' }, memoryIo(new Date().toISOString()));
  change(folder, '    - { address: 10.0.0.11 }\n', '');
}

const mistakes: readonly Omit<CliMistake, 'state'>[] = [
  { name: 'memory-fixed-fields', args: render, code: 1, arrange: otherNetworks },
  { name: 'memory-fixed-fields-dry-run', args: [...render, '--dry-run'], code: 1, arrange: otherNetworks },
  { name: 'memory-fixed-fields-validate', args: ['validate'], code: 1, arrange: otherNetworks },
  { name: 'memory-fixed-fields-explain', args: ['explain', '--node', 'w1'], code: 1, arrange: otherNetworks },
  { name: 'memory-fixed-fields-pki-renew', args: ['pki', 'renew', '--all'], code: 1, arrange: otherNetworks },
  {
    name: 'memory-one-allowed',
    args: [...render, '--allow-change', 'network.podCIDR'],
    code: 1,
    arrange: otherNetworks,
  },
  {
    name: 'memory-all-allowed',
    args: [...render, '--allow-change', 'network.podCIDR,network.serviceCIDR', '--allow-change', 'network.dnsDomain'],
    code: 0,
    arrange: otherNetworks,
    changes: ['.knode/record/cluster.json', '.knode/state.json'],
  },
  { name: 'memory-unknown-change', args: [...render, '--allow-change', 'network.podCIRD'], code: 1 },
  {
    name: 'memory-kubernetes-downwards',
    args: render,
    code: 1,
    arrange: (folder) => change(folder, /version: 1\.36\.\d+/, 'version: 1.35.8'),
  },
  {
    name: 'memory-encryption-changed',
    args: [...render, '--unlocked'],
    code: 0,
    arrange: (folder) =>
      change(folder, /^kubernetes:\n/m, 'kubernetes:\n  apiServer: { encryption: { provider: aescbc } }\n'),
    changes: ['.knode/record/cluster.json', '.knode/state.json'],
  },
  { name: 'memory-node-renamed', args: render, code: 1, arrange: firstDropped },
  {
    name: 'memory-newer',
    args: render,
    code: 3,
    arrange: (folder) => {
      const [path, text] = ['record/cluster.json', '{"version": 2}\n'];
      writeFileSync(join(folder, '.knode', path), text);
      change(folder, new RegExp(`("${path}": ")[0-9a-f]+`), `$1${sha256(text)}`, '.knode/state.json');
    },
  },
  { name: 'authorities-no-state', args: render, code: 1, arrange: cloned },
  { name: 'authorities-no-state-dry-run', args: [...render, '--dry-run'], code: 1, arrange: cloned },
  { name: 'authorities-no-state-kubeconfig', args: ['kubeconfig'], code: 1, arrange: cloned },
  { name: 'authorities-no-state-passport', args: ['passport', '--node', 'm1'], code: 1, arrange: cloned },
  { name: 'authorities-no-state-elsewhere', args: ['--state', 'keys', ...render], code: 1, arrange: cloned },
  { name: 'authorities-no-state-validate', args: ['validate'], code: 0, arrange: cloned },
  { name: 'authorities-state-of-another', args: render, code: 1, arrange: stateOfAnother },
  { name: 'authorities-state-of-another-validate', args: ['validate'], code: 1, arrange: stateOfAnother },
  {
    name: 'authorities-new-state',
    args: ['--new-state', ...render],
    code: 0,
    arrange: stateOfAnother,
    changes: [tracked],
  },
  { name: 'authorities-untracked-state', args: ['--untracked-state', ...render], code: 0, arrange: stateOfAnother },
  {
    name: 'authorities-state-moved',
    args: ['--state', 'elsewhere', ...render],
    code: 0,
    arrange: (folder) => renameSync(join(folder, '.knode'), join(folder, 'elsewhere')),
  },
  {
    name: 'authorities-conflict',
    args: render,
    code: 1,
    arrange: (folder) => change(folder, /^clusters:\n/m, '<<<<<<< HEAD\nclusters:\n', tracked),
  },
  {
    name: 'authorities-malformed',
    args: render,
    code: 1,
    arrange: (folder) => change(folder, /etcd: sha256:.{8}/, 'etcd: sha256:', tracked),
  },
  {
    name: 'authorities-is-folder',
    args: render,
    code: 1,
    arrange: (folder) => {
      rmSync(join(folder, tracked));
      mkdirSync(join(folder, tracked));
    },
  },
];

describe.concurrent('what the state remembers', () => {
  test.each(mistakes.map((one): CliMistake => ({ ...one, state: true })))('$name', { timeout: 180_000 }, checkMistake);
});
