import { yamlDocument } from '../../base/yaml/text.ts';
import type { CloudConfig, WrittenFile } from './cloud-config.ts';

/**
 * The text of a file as an item of `write_files`, by path, from the previous node: most files of the next node are
 * equal.
 */
const written = new Map<string, { readonly file: WrittenFile; readonly text: string }>();

const head = 'write_files:\n';

function fileText(file: WrittenFile): string {
  const before = written.get(file.path);
  if (before?.file.content === file.content && before.file.permissions === file.permissions) return before.text;
  // The list needs no indentation either, but the library adds it.
  const text = yamlDocument({ write_files: [file] }, true)
    .slice(head.length)
    .replace(/^ /gm, '');
  written.set(file.path, { file, text });
  return text;
}

/** Has the same meaning as the text of the whole config, in three parts, with the files one by one. */
function filesApart(config: CloudConfig, files: readonly WrittenFile[]): string {
  const entries = Object.entries(config);
  const at = entries.findIndex(([key]) => key === 'write_files');
  const [before, after] = [entries.slice(0, at), entries.slice(at + 1)].map((part) =>
    part.length === 0 ? '' : yamlDocument(Object.fromEntries(part)),
  );
  return `${before}${head}${files.map(fileText).join('')}${after}`;
}

/**
 * A cloud-config as text. cloud-init reads YAML 1.1: strings with another meaning there are quoted. The first line
 * marks it as a cloud-config.
 */
export function userData(config: CloudConfig): string {
  const { write_files: files } = config;
  return `#cloud-config\n${files === undefined || files.length === 0 ? yamlDocument(config) : filesApart(config, files)}`;
}
