import type { DataPath } from '../../base/diagnostic.ts';
import type { Cluster } from '../../model/cluster.ts';
import { checkAuditPolicy, checkManifest, checkSchedulerConfig } from '../../model/own-files/objects.ts';
import type { FileProblem } from '../../model/own-files/problem.ts';
import { checkUnitText } from '../../model/own-files/unit.ts';
import type { Finding } from '../../model/rules/rule.ts';
import type { FileDecl } from '../contract.ts';

type Check = (text: string) => readonly FileProblem[];

/** The file on the node that a flag of a program names. */
function namedBy(args: Readonly<Record<string, unknown>>, flag: string): unknown {
  return args[flag] ?? args[flag.replaceAll('-', '_')];
}

/** The check of a user's file that a program of the node reads; undefined for any other file. */
function checkOf(
  { spec, kubernetes }: Cluster,
  { from = [], path }: Pick<FileDecl, 'from' | 'path'>,
): Check | undefined {
  const [section] = from;
  if (section === 'extraUnits') return (text) => checkUnitText(path, text);
  if (section === 'addons') return checkManifest;
  if (section === 'kubernetes') return (text) => checkAuditPolicy(text, kubernetes);
  if (section !== 'extraFiles') return undefined;
  if (path === namedBy(spec.kubernetes.scheduler.extraArgs, 'config'))
    return (text) => checkSchedulerConfig(text, kubernetes);
  if (path === namedBy(spec.kubernetes.apiServer.extraArgs, 'audit-policy-file'))
    return (text) => checkAuditPolicy(text, kubernetes);
  return /^\/etc\/systemd\/system\/[^/]+\.(service|timer|socket|path|mount|target)$/.test(path)
    ? (text) => checkUnitText(path, text)
    : undefined;
}

/** The key of the cluster file that names the file or holds its text. */
function placeOf(from: DataPath, key: 'source' | 'content'): DataPath {
  if (from[0] === 'addons') return from;
  return [...from, from[0] === 'kubernetes' ? 'policy' : key];
}

function told(found: readonly FileProblem[], what: string, path: DataPath): Finding[] {
  return found.map(({ severity, code, message, hint }) => {
    const text = `${what}: ${message}`;
    return { severity: severity ?? 'error', code, message: text, hint, path };
  });
}

/** Errors in a file beside the cluster file that a program would refuse. */
export function checkOwnFile(cluster: Cluster, file: FileDecl, sources: ReadonlyMap<string, string>): Finding[] {
  const { content, from = [] } = file;
  const text = content.kind === 'source' ? sources.get(content.file) : undefined;
  const check = checkOf(cluster, file);
  if (content.kind !== 'source' || text === undefined || check === undefined) return [];
  return told(check(text), content.file, placeOf(from, 'source'));
}

/** Like `checkOwnFile`, for a text in the cluster file itself. */
export function checkOwnText(cluster: Cluster, path: string, text: string, from: DataPath): Finding[] {
  const check = checkOf(cluster, { path, from });
  return check === undefined ? [] : told(check(text), path, placeOf(from, 'content'));
}
