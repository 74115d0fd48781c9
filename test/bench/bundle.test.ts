import { execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeParts } from '../../scripts/bundle/forms.ts';
import { packagePath } from '../../src/base/files/package-root.ts';
import { tempFolder } from '../support/temp-folder.ts';

const folder = tempFolder('bundle');
const cli = join(folder, 'dist/cli.cjs');
let outputs: Metafile['outputs'];

/** The file of the bundle that holds a module, and the files that are loaded with it; not those that it loads on demand. */
function loadedWith(module: string): ReadonlySet<string> {
  const files = new Set<string>();
  const load = (file: string): void => {
    if (files.has(file)) return;
    files.add(file);
    for (const { path, kind, external } of outputs[file]?.imports ?? [])
      if (kind === 'import-statement' && !external) load(path);
  };
  for (const [file, { inputs }] of Object.entries(outputs)) if (module in inputs) load(file);
  expect([...files], `${module} is in no file of the bundle`).not.toEqual([]);
  return files;
}

function modules(files: Iterable<string>): string[] {
  return [...files].flatMap((file) => Object.keys(outputs[file]?.inputs ?? {}));
}

beforeAll(async () => {
  for (const name of ['package.json', 'facts']) cpSync(packagePath(name), join(folder, name), { recursive: true });
  ({ outputs } = await writeParts(join(folder, 'dist')));
}, 60_000);

describe('what the build makes', () => {
  it('needs no library but commander to show its help', () => {
    const start = modules([...loadedWith('src/cli.ts'), ...loadedWith('src/cli/main.ts')]);
    const libraries = start.flatMap((name) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(name)?.[1] ?? []);
    expect([...new Set(libraries)]).toEqual(['commander']);
    expect(execFileSync(process.execPath, [cli, '--help'], { encoding: 'utf8' })).toContain('Usage: knode');
  });

  it('is also called by its older name', () => {
    const help = execFileSync(process.execPath, [join(folder, 'dist/cli.js'), '--help'], { encoding: 'utf8' });
    expect(help).toContain('Usage: knode');
  });

  it('loads no module of Node that help does without', () => {
    const program = `process.argv.push('--help'); process.on('exit', () => console.error(process.moduleLoadList.join('\\n')));
      require(${JSON.stringify(cli)});`;
    const { NODE_OPTIONS, ...env } = process.env;
    const list = execFileSync('sh', ['-c', '"$0" -e "$1" 2>&1 >/dev/null', process.execPath, program], {
      encoding: 'utf8',
      env,
    });
    expect(list).toContain('NativeModule path');
    for (const name of ['child_process', 'crypto', 'internal/modules/esm/translators', 'http', 'net'])
      expect(list.split('\n')).not.toContain(`NativeModule ${name}`);
  });

  it('needs no library of certificates to validate a file without a state', () => {
    const loaded = modules(loadedWith('src/commands/validate.ts'));
    expect(
      loaded.filter((name) => /^node_modules\/(node-forge|ejs|smol-toml|commander)\/|^src\/pki\//.test(name)),
    ).toEqual([]);
  });

  it('holds the catalogue as data, without its parser', () => {
    const all = modules(Object.keys(outputs));
    expect(all).toContain('src/mirror/catalogue/shipped-catalogue.ts');
    expect(all).not.toContain('src/mirror/catalogue/catalogue-files.ts');
  });
});
