import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { BundledLibrary } from './contents.ts';

const licenceName =
  /^(?:un)?licen[cs]es?(?![a-z])|^copying(?![a-z])|^notices?(?![a-z])|^copyright(?![a-z])|\.licen[cs]e(?![a-z])|^third[-_ ]?party/i;
const code = /\.(?:[cm]?[jt]sx?|json|map)$/i;

/** A licence text to pass on: one file of a library. */
interface Notice {
  readonly file: string;
  readonly text: string;
}

/** Files with licences and notices in a library's folder and below, whatever their exact name. Libraries inside it are not its own. */
function noticesIn(folder: string): readonly Notice[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && licenceName.test(entry.name) && !code.test(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((file) => !file.split('/').includes('node_modules'))
    .sort()
    .map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim() }))
    .filter(({ text }) => text !== '');
}

const nameOf = ({ manifest: { name, version, license } }: BundledLibrary): string =>
  `${name} ${version}, ${license ?? 'licence not named'}`;

function repositoryOf({ manifest: { repository } }: BundledLibrary): string | undefined {
  return typeof repository === 'string' ? repository : repository?.url;
}

/** A publisher of several libraries in one repository does not always put its licence into each of them. */
function sibling(library: BundledLibrary, all: ReadonlyMap<BundledLibrary, readonly Notice[]>) {
  const { license } = library.manifest;
  const repository = repositoryOf(library);
  if (license === undefined || repository === undefined) return undefined;
  return [...all].find(
    ([other, notices]) =>
      notices.length > 0 && repositoryOf(other) === repository && other.manifest.license === license,
  );
}

/**
 * THIRD-PARTY-NOTICES: every text once, below its libraries. A library without a text gets that of a library from the
 * same repository under the same licence.
 *
 * @throws Error if a library has no licence text; it names the library.
 */
export function thirdPartyNotices(libraries: readonly BundledLibrary[]): string {
  const all = new Map(libraries.map((library) => [library, noticesIn(library.folder)] as const));
  const named = new Map<string, string[]>();
  const add = (text: string, line: string) => named.set(text, [...(named.get(text) ?? []), line]);
  const without: string[] = [];
  for (const [library, notices] of all) {
    for (const { file, text } of notices) add(text, `${nameOf(library)}: ${file}`);
    if (notices.length > 0) continue;
    const [other, texts] = sibling(library, all) ?? [];
    if (other === undefined) without.push(nameOf(library));
    for (const { file, text } of texts ?? [])
      add(text, `${nameOf(library)}: ${file} of ${other?.manifest.name}, from the same repository`);
  }
  if (without.length > 0) throw new Error(`bundled without a licence text: ${without.join(', ')}`);
  const texts = [...named].map(([text, lines]) => `${lines.join('\n')}\n\n${text}\n`);
  return [
    'knode contains the libraries named here. Each text belongs to the libraries above it. sbom.cdx.json lists the same libraries.\n',
    ...texts,
  ].join(`\n${'-'.repeat(80)}\n\n`);
}
