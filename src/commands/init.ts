import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { UserMistake } from '../base/failure.ts';
import { packagePath } from '../base/files/package-root.ts';
import { replaceFiles } from '../base/files/write-tree.ts';
import { nearest } from '../base/nearest.ts';
import { ofOption, together } from '../base/option-mistakes.ts';
import type { ArtifactNeed } from '../component/artifact.ts';
import { readCluster } from '../component/read-cluster.ts';
import { artifactId, artifactLabel, sortedNeeds } from '../mirror/catalogue/identity.ts';
import { publishedLockEntries } from '../mirror/catalogue/published.ts';
import { stringifyLock } from '../mirror/lock/file.ts';
import { lockFileName } from '../mirror/lock/lock.ts';
import { planNodes } from '../workflow/plan-nodes.ts';
import { type CommandIo, demand, type GlobalOptions, printJson } from './io.ts';
import { say } from './messages.ts';
import { olderPresets, presetFiles, presets } from './presets.ts';

/** The schema that editors read, beside the cluster file: also where there is no network. */
const schemaFileName = 'knode.schema.json';
const modeline = `# yaml-language-server: $schema=${schemaFileName}\n`;

export interface InitOptions extends GlobalOptions {
  readonly name?: string;
  readonly preset?: string;
}

function presetFile(preset: string): string {
  const known = Object.hasOwn(olderPresets, preset) ? (olderPresets[preset] ?? preset) : preset;
  const file = Object.hasOwn(presetFiles, known) ? presetFiles[known] : undefined;
  if (file !== undefined) return file;
  const near = nearest(preset, presets);
  throw new UserMistake([{ severity: 'error', ...say('unknown-preset', { preset, near, presets }) }]);
}

/** The commented cluster file of a preset, with another cluster name. */
function clusterFileText(preset: string, name: string | undefined): string {
  const shipped = readFileSync(packagePath(presetFile(preset)), 'utf8');
  const text = shipped.startsWith(modeline) ? shipped : modeline + shipped;
  // Edited as text: the YAML library would move comments at the margin into the previous section.
  return name === undefined ? text : text.replace(/^name: .*$/m, () => `name: ${stringify(name).trim()}`);
}

/**
 * `knode init`: a first cluster file, the lock that pins its artifacts by the checksums that upstream publishes, and
 * the schema for completion and help in editors. Existing files are never overwritten.
 */
export function init(options: InitOptions, io: CommandIo): void {
  const { preset = 'modern', name, dryRun = false } = options;
  const folder = dirname(options.file);
  const [lockFile, schemaFile] = [join(folder, lockFileName), join(folder, schemaFileName)];
  const schema = readFileSync(packagePath('schema/cluster.v1.json'), 'utf8');
  const schemaIsThere = existsSync(schemaFile) && isFileOf(schemaFile, schema);
  const files = [options.file, lockFile, ...(schemaIsThere ? [] : [schemaFile])];
  const [text] = together([() => ofOption('--preset', () => clusterFileText(preset, name)), () => demandNew(files)]);
  const read = ofOption('[name]', () => demand(readCluster(text, options.file), io));
  const needs = sortedNeeds(planNodes(read, read.cluster.nodes).flatMap((plan) => plan.artifacts));
  const entries = publishedLockEntries(needs);
  const unpinned = needs.filter((need) => !entries.some((entry) => artifactId(entry) === artifactId(need)));
  if (!dryRun)
    replaceFiles(folder, [
      { path: basename(options.file), content: text, mode: '0644' },
      { path: lockFileName, content: stringifyLock(entries), mode: '0644' },
      ...(schemaIsThere ? [] : [{ path: schemaFileName, content: schema, mode: '0644' }]),
    ]);
  tell({ dryRun, cluster: read.cluster.name, files, unpinned }, options, io);
  tellOpen(unpinned, lockFile, io);
}

/** Whether a file has this content. An unreadable file does not. */
function isFileOf(path: string, content: string): boolean {
  try {
    return readFileSync(path, 'utf8') === content;
  } catch {
    return false;
  }
}

function demandNew(paths: readonly string[]): void {
  const found = paths
    .filter((path) => existsSync(path))
    .map((path) => ({ severity: 'error', ...say('file-exists', { path }) }) as const);
  if (found.length > 0) throw new UserMistake(found);
}

interface Told {
  readonly dryRun: boolean;
  readonly cluster: string;
  readonly files: readonly string[];
  /** Artifacts that the lock does not pin yet. */
  readonly unpinned: readonly ArtifactNeed[];
}

function tell(told: Told, { json }: InitOptions, io: CommandIo): void {
  const { files } = told;
  if (json) printJson(told, io);
  else if (told.dryRun) io.stdout(`${files.map((file) => `write ${file}\n`).join('')}dry run: nothing was written\n`);
  else io.stdout(`wrote ${files.join(', ')}\nnext: change the addresses, then knode validate\n`);
}

/** A lock pins only artifacts whose checksums knode knows; the user must pin the others. */
function tellOpen(open: readonly ArtifactNeed[], lockFile: string, io: CommandIo): void {
  if (open.length === 0) return;
  io.stderr(
    `knode: ${lockFile} is to be completed: knode ships no checksums of ${open.map(artifactLabel).join(', ')}\n` +
      'knode: knode mirror lock adds them; render --unlocked renders without them, to look at\n',
  );
}
