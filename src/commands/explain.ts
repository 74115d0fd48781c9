import { ofOption, together } from '../base/option-mistakes.ts';
import { describeOneFile, parseTarget } from '../explain/file.ts';
import { oneFileText } from '../explain/file-text.ts';
import { describeNode } from '../explain/node.ts';
import { nodeText } from '../explain/node-text.ts';
import { checkChoice, type NodeChoice, pickNodes } from '../workflow/pick-nodes.ts';
import { recalled } from '../workflow/recall.ts';
import { hasSource, type RenderOptions, readRenderInputs } from '../workflow/render-inputs.ts';
import { renderNodes } from '../workflow/render-nodes.ts';
import { begin, type CommandIo, type GlobalOptions, printJson } from './io.ts';

export interface ExplainOptions extends GlobalOptions, RenderOptions, NodeChoice {
  /** `PATH` or `PATH:LINE` on the node; the whole node if undefined. */
  readonly path?: string;
}

/**
 * `knode explain`: what a node gets. It changes nothing: keys that do not exist yet are made in memory and discarded.
 */
export async function explain(options: ExplainOptions, io: CommandIo): Promise<void> {
  // Explaining needs no state.
  const looking = { ...options, dryRun: true, untrackedState: true };
  const [opened] = together([
    () => begin(looking, io, { sourceElsewhere: hasSource(options) }),
    () => checkChoice(options),
  ]);
  const cluster = await recalled(opened);
  const { session } = cluster;
  const { read } = session;
  const [chosen, inputs] = together(
    [() => pickNodes(read.cluster, options), () => readRenderInputs(options, session)],
    [() => ofOption('--lock', () => session.lock)],
  );
  const { nodes } = await renderNodes(cluster, chosen, inputs);
  if (options.path === undefined) {
    const told = nodes.map((node) => ({ plan: node.plan, told: describeNode(node, read) }));
    if (options.json)
      return printJson(
        told.map((one) => one.told),
        io,
      );
    return io.stdout(told.map((one) => nodeText(one.plan, one.told)).join('\n'));
  }
  const { path } = options;
  const target = ofOption('[path]', () => parseTarget(path, nodes));
  const files = nodes.flatMap((node) => describeOneFile(target, node, read) ?? []);
  if (options.json) return printJson(files, io);
  io.stdout(files.map(oneFileText).join('\n'));
}
