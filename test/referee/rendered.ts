/**
 * Real output for the outside programs to judge: every example (and variants of them) rendered by the command itself, with
 * keys and certificates made now. Each is rendered once a run, when a referee first asks for it.
 */
import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Document, parseDocument } from 'yaml';
import { systemClock } from '../../src/base/clock.ts';
import { packagePath } from '../../src/base/files/package-root.ts';
import type { CommandIo } from '../../src/commands/io.ts';
import { render } from '../../src/commands/render.ts';
import type { NodePlan } from '../../src/component/plan.ts';
import type { Cluster } from '../../src/model/cluster.ts';
import { planNodes } from '../../src/workflow/plan-nodes.ts';
import { readClusterFile } from '../../src/workflow/read-inputs.ts';
import { tempDir } from './tools.ts';

export interface RenderedNode {
  readonly name: string;
  readonly role: string;
  /** The node's files as a tree: what `render --files` writes. */
  readonly tree: string;
  /** Its NoCloud seed: what `render -o` writes. */
  readonly seed: string;
  readonly plan: NodePlan;
}

export interface RenderedCluster {
  readonly name: string;
  /** The cluster file. */
  readonly file: string;
  readonly state: string;
  readonly cluster: Cluster;
  readonly nodes: readonly RenderedNode[];
  node(name: string): RenderedNode;
}

/** A surrounding for a command that records its output. */
export class MemoryIo implements CommandIo {
  out = '';
  err = '';
  readonly colour = false;
  readonly clock = systemClock;
  readonly randomBytes = randomBytes;
  readonly stdout = (text: string): void => {
    this.out += text;
  };
  readonly stderr = (text: string): void => {
    this.err += text;
  };
}

export const exampleNames: readonly string[] = readdirSync(packagePath('examples'))
  .filter((name) => existsSync(packagePath('examples', name, 'cluster.yaml')))
  .sort();

async function renderFolder(name: string, folder: string, unlocked: boolean): Promise<RenderedCluster> {
  const shared = process.env.KNODE_RENDERED;
  const work = shared === undefined ? tempDir(`rendered-${name}`) : join(shared, name);
  const file = join(folder, 'cluster.yaml');
  const paths = { state: join(work, 'state'), files: join(work, 'files'), output: join(work, 'seeds') };
  if (!existsSync(join(work, 'done'))) {
    const own = join(folder, 'knode.lock.yaml');
    const lock = existsSync(own) ? own : packagePath('test/fixtures/test.lock.yaml');
    rmSync(work, { recursive: true, force: true });
    await render({ file, ...paths, lock, unlocked, all: true }, new MemoryIo());
    writeFileSync(join(work, 'done'), '');
  }
  const read = readClusterFile(file).value;
  if (read === undefined) throw new Error(`${file} was rendered, but cannot be read`);
  const plans = planNodes(read, read.cluster.nodes);
  const nodes = plans.map((plan) => ({
    name: plan.node.name,
    role: plan.node.role,
    tree: plans.length > 1 ? join(paths.files, plan.node.name) : paths.files,
    seed: join(paths.output, plan.node.name),
    plan,
  }));
  const node = (wanted: string): RenderedNode => {
    const found = nodes.find((one) => one.name === wanted);
    if (found === undefined) throw new Error(`${name} has no node ${wanted}`);
    return found;
  };
  return { name, file, state: paths.state, cluster: read.cluster, nodes, node };
}

const rendered = new Map<string, Promise<RenderedCluster>>();

function once(name: string, make: () => Promise<RenderedCluster>): Promise<RenderedCluster> {
  const made = rendered.get(name) ?? make();
  rendered.set(name, made);
  return made;
}

/** An example, with its own lock or the one made for tests. */
export function example(name: string): Promise<RenderedCluster> {
  return once(name, () => renderFolder(name, packagePath('examples', name), false));
}

function renderText(name: string, text: string, folder: string): Promise<RenderedCluster> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'cluster.yaml'), text);
  return renderFolder(name, folder, true);
}

/** An example with changes to its cluster file. Artifacts that the lock lacks are rendered unlocked. */
export function variant(base: string, name: string, edit: (file: Document) => void): Promise<RenderedCluster> {
  return once(name, () => {
    const folder = tempDir(`variant-${name}`);
    cpSync(packagePath('examples', base), folder, { recursive: true });
    const document = parseDocument(readFileSync(join(folder, 'cluster.yaml'), 'utf8'));
    edit(document);
    return renderText(name, document.toString(), folder);
  });
}

/** A cluster file of the referee's own. */
export function clusterOf(name: string, text: string): Promise<RenderedCluster> {
  return once(name, () => renderText(name, text, tempDir(`cluster-${name}`)));
}

/** The example for Debian, whose programs judge here; with faster keys, where the keys do not matter. */
export function onDebian(base: string): Promise<RenderedCluster> {
  return variant(base, `${base}-debian`, (file) => {
    file.setIn(['os', 'family'], 'debian');
    file.setIn(['pki', 'algorithm'], 'ecdsa-p256');
  });
}

/** A file of the node. */
export function readTree(node: RenderedNode, path: string): string {
  return readFileSync(join(node.tree, path), 'utf8');
}

/** Paths (absolute on the node) of all files of its tree, sorted. */
export function treePaths(node: RenderedNode): string[] {
  return (
    readdirSync(node.tree, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(node.tree.length))
      // The .gitignore protects the folder of secrets and does not belong to the node.
      .filter((path) => path !== '/.gitignore')
      .sort()
  );
}
