import { mistake } from '../base/failure.ts';
import { nearest } from '../base/nearest.ts';
import type { PlannedFile } from '../component/plan.ts';
import { purposes } from '../component/profile.ts';
import type { RenderedNode } from '../delivery/rendered-node.ts';
import type { ReadCluster } from '../model/read-cluster.ts';
import { isSecretManifest } from '../model/rules/secrets.ts';
import type { NodeFile } from '../render/node-file.ts';
import { type Influence, influencesOn } from './influence.ts';
import { say } from './messages.ts';
import { describeFile } from './node.ts';
import { filePath, type Origin, originFinder } from './origin.ts';
import { isPem, requestWords } from './request.ts';

/** Argument of `knode explain PATH[:LINE]`. */
interface Target {
  readonly path: string;
  readonly line?: number;
}

/** One file of a node; `--json` prints it unchanged. */
export interface ToldOneFile extends ReturnType<typeof describeFile> {
  readonly node: string;
  readonly purpose: string;
  /** The request to `pki`, for certificates, keys and secrets. */
  readonly request: readonly string[];
  /** Settings of the cluster file that create or change the file. */
  readonly settings: readonly Influence[];
  /** Number of settings of other nodes that the file also names, and that were not tried. */
  readonly untried: number;
  /** Undefined for a secret file. */
  readonly content?: string;
  readonly line?: ToldLine;
}

export interface ToldLine {
  readonly number: number;
  readonly text?: string;
  /** Origins of the line, the most specific first; empty: a default. */
  readonly origins: readonly Origin[];
  readonly because: string;
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Paths that the user may have meant: with the same name, a similar name, or a similar path. */
function nearestPaths(path: string, paths: readonly string[]): readonly string[] {
  const named = (name: string | undefined) => paths.filter((one) => baseName(one) === name);
  const same = named(baseName(path));
  if (same.length > 0) return same;
  const near = named(nearest(baseName(path), new Set(paths.map(baseName))));
  if (near.length > 0) return near;
  const whole = nearest(path, paths);
  return whole === undefined ? [] : [whole];
}

/** Parses `PATH` or `PATH:LINE`, for a path that one of the nodes has. */
export function parseTarget(text: string, nodes: readonly RenderedNode[]): Target {
  const paths = [...new Set(nodes.flatMap((node) => node.files.map((file) => file.path)))];
  if (paths.includes(text)) return { path: text };
  const [, path = text, line] = /^(.+):(\d+)$/.exec(text) ?? [];
  if (line !== undefined && paths.includes(path)) return { path, line: Number(line) };
  const near = nearestPaths(path, paths);
  const where = nodes.length === 1 ? nodes[0]?.plan.node.name : 'these nodes';
  throw mistake(say('unknown-path', { path, where, offered: near.length > 0, near: near.slice(0, 5).join(' or ') }));
}

/** The origin of one line. */
function describeLine(
  number: number,
  file: NodeFile,
  planned: PlannedFile,
  settings: readonly Influence[],
  origin: Origin,
): ToldLine {
  const lines = file.content.replace(/\n$/, '').split('\n');
  if (number < 1 || number > lines.length)
    throw mistake(say('no-such-line', { path: file.path, number, count: lines.length }));
  const text = file.secret ? {} : { text: lines[number - 1] ?? '' };
  const answer = (origins: readonly Origin[], because: string): ToldLine => ({ number, ...text, origins, because });
  const { content } = planned;
  if (content.kind === 'source') return answer([{ from: `${content.file}:${number}` }, origin], 'a file of your own');
  if (planned.component === 'extras') return answer([origin], 'a text of your own');
  if (isPem(content)) return answer([origin], 'PEM: its lines mean nothing by themselves, see the file as a whole');
  const own = settings.filter((one) => one.lines.includes(number)).sort((a, b) => a.lines.length - b.lines.length);
  const origins = own.map(({ setting, from }) => ({ setting, from }));
  if (own.length > 0) return answer(origins, 'the line changes with the setting');
  const because = `no setting that the cluster file has changes this line: it is what ${file.component} does by default`;
  return answer([{ ...origin, from: 'default' }], because);
}

/** Everything about one file of a node; undefined if the node does not have it. */
export function describeOneFile(
  target: Target,
  { plan, files }: RenderedNode,
  read: ReadCluster,
): ToldOneFile | undefined {
  const found = files.find((one) => one.path === target.path);
  const planned = plan.files.find((one) => one.path === target.path);
  if (found === undefined || planned === undefined) return undefined;
  // Only its text shows that a manifest holds a Secret.
  const closed = planned.from?.[0] === 'addons' && isSecretManifest(found.content);
  const file = closed ? { ...found, secret: true } : found;
  const origin = originFinder(read)(filePath(file, plan.node));
  const { settings, untried } = influencesOn(read, plan.node, file.path, target.line);
  return {
    node: plan.node.name,
    ...describeFile(file, origin),
    purpose: purposes.get(file.component) ?? '',
    request: requestWords(planned.content, plan),
    settings: isPem(planned.content) ? settings.map((one) => ({ ...one, lines: [] })) : settings,
    untried,
    ...(file.secret || target.line !== undefined ? {} : { content: file.content }),
    ...(target.line === undefined ? {} : { line: describeLine(target.line, file, planned, settings, origin) }),
  };
}
