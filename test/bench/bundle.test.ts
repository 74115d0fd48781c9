import { execFileSync } from 'node:child_process';
import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { packagePath } from '../../src/base/files/package-root.ts';
import { tempFolder } from '../support/temp-folder.ts';

const folder = tempFolder('bundle');
const cli = join(folder, 'dist/cli.js');

/** A file of the bundle and its static imports, without dynamic ones. */
function loadedWith(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const imports = readFileSync(file, 'utf8').matchAll(/^(?:import|\} from|import .* from) ?"(\.[^"]+)";$/gm);
  for (const [, name = ''] of imports) loadedWith(join(dirname(file), name), seen);
  return seen;
}

/** The modules that a bundled text was made of, by the comments that esbuild puts before each. */
function modules(text: string): string[] {
  return [...text.matchAll(/^\s*(?:\/\/ |")((?:src|node_modules)\/[^\s"]+)/gm)].map((match) => match[1] ?? '');
}

beforeAll(() => {
  copyFileSync(packagePath('package.json'), join(folder, 'package.json'));
  execFileSync(process.execPath, ['--import', 'tsx', packagePath('scripts/build.ts'), dirname(cli)], {
    cwd: packagePath('.'),
  });
}, 60_000);

describe('the bundle', () => {
  it('needs no library but commander to show its help', () => {
    const start = [...loadedWith(cli)].flatMap((file) => modules(readFileSync(file, 'utf8')));
    expect(start).toContain('src/cli.ts');
    const libraries = start.flatMap((name) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(name)?.[1] ?? []);
    expect([...new Set(libraries)]).toEqual(['commander']);
    expect(execFileSync(process.execPath, [cli, '--help'], { encoding: 'utf8' })).toContain('Usage: knode');
  });

  it('needs no library of certificates to validate a file without a state', () => {
    const parts = join(dirname(cli), 'parts');
    const [validate = ''] = readdirSync(parts).filter((name) => /^validate-(?!state)/.test(name));
    const loaded = [...loadedWith(join(parts, validate))].flatMap((file) => modules(readFileSync(file, 'utf8')));
    expect(loaded).toContain('src/commands/validate.ts');
    expect(
      loaded.filter((name) => /^node_modules\/(node-forge|ejs|smol-toml|commander)\/|^src\/pki\//.test(name)),
    ).toEqual([]);
  });

  it('holds the catalogue as data, without its parser', () => {
    const parts = join(dirname(cli), 'parts');
    const all = readdirSync(parts).flatMap((name) => modules(readFileSync(join(parts, name), 'utf8')));
    expect(all).toContain('src/mirror/catalogue/shipped-catalogue.ts');
    expect(all).not.toContain('src/mirror/catalogue/catalogue-files.ts');
  });
});
