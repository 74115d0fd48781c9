/** `THIRD-PARTY-NOTICES` passes on every licence text, whatever its file is called. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { libraryFolder, type Manifest } from '../../scripts/bundle/contents.ts';
import { thirdPartyNotices } from '../../scripts/bundle/notices.ts';
import { builtCli } from '../support/built-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

const root = tempFolder('notices');

/** A library with these files; its licence is MIT if nothing else is said. */
function library(name: string, files: Readonly<Record<string, string>>, more: Partial<Manifest> = {}) {
  const folder = join(root, 'node_modules', name);
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return { folder, manifest: { name, version: '1.0.0', license: 'MIT', ...more }, imports: [] };
}

it.each([
  'LICENSE',
  'LICENCE',
  'license.md',
  'LICENSE-MIT',
  'License.BSD.txt',
  'UNLICENSE',
  'COPYING',
  'copying.LESSER',
  'NOTICE',
  'notice.txt',
  'ThirdPartyNotices.txt',
  'THIRD-PARTY-LICENSES',
  'main.js.LICENSE.txt',
  'vendor/deep/LICENSE',
])('finds %s', (file) => {
  const found = thirdPartyNotices([library(`lib-${file.replaceAll('/', '-')}`, { [file]: 'You may.\n' })]);
  expect(found).toContain(`, MIT: ${file}\n\nYou may.\n`);
});

it.each(['license.js', 'notices.d.ts', 'licenses.json', 'noticed.txt', 'README.md', 'node_modules/other/LICENSE'])(
  'does not take %s for a licence, and names the library that has no other',
  (file) => {
    const one = library(`bare-${file.replaceAll('/', '-')}`, { [file]: 'text' });
    expect(() => thirdPartyNotices([one])).toThrow(`bundled without a licence text: ${one.manifest.name} 1.0.0, MIT`);
  },
);

it('fails for an empty file', () => {
  expect(() => thirdPartyNotices([library('empty', { LICENSE: ' \n' })])).toThrow('empty 1.0.0');
});

it('prints a text once, below all the libraries and files that have it', () => {
  const found = thirdPartyNotices([
    library('one', { LICENSE: 'Same.\r\n', NOTICE: 'Made by one.' }),
    library('two', { 'license.txt': 'Same.\n' }),
  ]);
  expect(found).toContain('one 1.0.0, MIT: LICENSE\ntwo 1.0.0, MIT: license.txt\n\nSame.\n');
  expect(found.match(/Same\./g)).toHaveLength(1);
  expect(found).toContain('one 1.0.0, MIT: NOTICE\n\nMade by one.\n');
});

it('takes the text of a library from the same repository under the same licence, and of no other', () => {
  const repository = { url: 'https://example.com/many.git' };
  const full = library('full', { LICENSE: 'For all of us.' }, { repository });
  const part = (more: Partial<Manifest>) => library('part', {}, more);
  expect(thirdPartyNotices([full, part({ repository })])).toContain(
    'full 1.0.0, MIT: LICENSE\npart 1.0.0, MIT: LICENSE of full, from the same repository\n\nFor all of us.\n',
  );
  for (const other of [{}, { repository: 'https://example.com/other.git' }, { repository, license: 'ISC' }])
    expect(() => thirdPartyNotices([full, part(other)])).toThrow('bundled without a licence text: part 1.0.0');
});

it('names every library of the bill of materials', () => {
  const beside = (name: string) => readFileSync(join(dirname(builtCli()), '..', name), 'utf8');
  const notices = beside('THIRD-PARTY-NOTICES');
  const { components } = JSON.parse(beside('sbom.cdx.json'));
  expect(components.length).toBeGreaterThan(10);
  for (const { group, name, version } of components)
    expect(notices).toContain(`\n${group === undefined ? '' : `${group}/`}${name} ${version}, `);
});

it('knows which library a module belongs to', () => {
  expect(libraryFolder('node_modules/a/node_modules/@b/c/dist/d.js')).toBe('node_modules/a/node_modules/@b/c');
  expect(libraryFolder('src/cli.ts')).toBeUndefined();
});
