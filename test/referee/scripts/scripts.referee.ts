/** Every shell script as it is on a node (without comments) passes shellcheck, and bash can parse it. */
import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { shippedFile } from '../../../src/base/files/shipped-file.ts';
import { example, exampleNames, type RenderedNode, treePaths } from '../rendered.ts';
import { describeReferee, sh } from '../tools.ts';

const header = /^#!.*\b(ba)?sh\n/;
/**
 * Sourced files. Their comments contain these directives, which rendering strips: variables are set or used in other
 * files.
 */
const sourced = ['lib', 'etcd-peers', 'etcd-data', 'csr', 'passports'];
const stripped = ['SC1090', 'SC2016', 'SC2034', 'SC2053', 'SC2154'];
/** shellcheck follows a name, not a computed one. */
const sourcing = /^\. "\$\{0%\/\*\}\/([\w-]+)"$/gm;

function scriptsOf(node: RenderedNode): string[] {
  return treePaths(node).filter((path) => header.test(readFileSync(join(node.tree, path), 'utf8')));
}

describeReferee('shellcheck', { tools: { shellcheck: 'shellcheck' } }, () => {
  it.each(exampleNames)('accepts the scripts of %s', async (name) => {
    const seen = new Set<string>();
    for (const node of (await example(name)).nodes) {
      const scripts = scriptsOf(node);
      expect(scripts.length).toBeGreaterThan(2);
      for (const path of scripts) {
        const file = join(node.tree, path);
        const text = readFileSync(file, 'utf8');
        const isLib = sourced.includes(basename(path));
        expect((statSync(file).mode & 0o7777).toString(8), path).toBe(isLib ? '644' : '755');
        // The same script on another node is the same script.
        if (seen.has(path + text)) continue;
        seen.add(path + text);
        expect(
          text
            .split('\n')
            .slice(1)
            .filter((line) => /^\s*#/.test(line)),
          path,
        ).toEqual([]);
        expect([...text.matchAll(sourcing)].length > 0, path).toBe(!isLib);
        const found = await sh('shellcheck', ['--norc', '-x', `--exclude=${stripped.join()}`, '-'], {
          cwd: dirname(file),
          input: text.replace(sourcing, '. ./$1'),
        });
        expect(found, `${node.name} ${path}`).toExit(0, { stdout: '', stderr: '' });
        expect(await sh('bash', ['-n', file]), path).toEqual({ code: 0, stdout: '', stderr: '' });
      }
    }
  });

  it('accepts the step that unpacks a payload', async () => {
    const script = shippedFile('templates/user-data/unpack-layer-archive');
    const found = await sh('shellcheck', ['--norc', '--exclude=SC1090,SC1091', '-'], { input: script });
    expect(found).toExit(0, { stdout: '', stderr: '' });
  });

  it.each(exampleNames)('finds every script that units of %s call', async (name) => {
    for (const node of (await example(name)).nodes) {
      const paths = treePaths(node);
      for (const unit of paths.filter((path) => path.startsWith('/etc/systemd/system/'))) {
        const text = readFileSync(join(node.tree, unit), 'utf8');
        for (const [script = ''] of text.matchAll(/\/usr\/local\/lib\/knode\/[\w-]+/g))
          expect(paths, unit).toContain(script);
      }
    }
  });
});
