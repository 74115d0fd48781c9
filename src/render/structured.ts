import { stringify as stringifyToml } from 'smol-toml';
import { yamlDocument } from '../base/yaml/text.ts';
import type { ResolvedArtifact } from '../component/artifact.ts';

/** One or more documents with the same meaning in YAML 1.1 and 1.2. */
export function yamlText(documents: readonly unknown[]): string {
  return documents.map((document) => yamlDocument(document)).join('---\n');
}

export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

export function tomlText(value: Readonly<Record<string, unknown>>): string {
  return stringifyToml(value);
}

/** `KEY="value"` lines with the same meaning to systemd (systemd.exec(5), EnvironmentFile) and to a POSIX shell. */
export function envText(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}="${value.replace(/[\\"$`]/g, '\\$&')}"\n`)
    .join('');
}

/** The list that the fetch script reads (templates/cloud-init/usr/local/lib/knode/fetch documents its format). */
export function artifactsText(artifacts: readonly ResolvedArtifact[]): string {
  return artifacts
    .flatMap((artifact) => [
      [
        'artifact',
        artifact.name,
        artifact.algorithm,
        artifact.checksum ?? '-',
        artifact.key,
        artifact.url,
        artifact.checksum === undefined ? (artifact.checksumUrl ?? '') : (artifact.size ?? ''),
      ]
        .join(' ')
        .trimEnd(),
      ...artifact.members.map((member) => `  ${member.mode} ${member.to} ${member.from === '' ? '-' : member.from}`),
    ])
    .map((line) => `${line}\n`)
    .join('');
}
