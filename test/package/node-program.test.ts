/** `scripts/node-program.sh` with a fake npm: what it keeps, and what it refuses. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packagePath } from '../../src/base/files/package-root.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** A folder with an npm that packs a "node" of this version, or fails; and a run of the script with it. */
function withNpm(packs: string | undefined) {
  const folder = tempFolder('node-program');
  const [bin, made] = [join(folder, 'bin'), join(folder, 'made')];
  mkdirSync(bin);
  mkdirSync(join(made, 'package/bin'), { recursive: true });
  writeFileSync(join(made, 'package/LICENSE'), 'You may.');
  writeFileSync(join(made, 'package/bin/node'), `#!/bin/sh\necho ${packs}\n`);
  chmodSync(join(made, 'package/bin/node'), 0o755);
  const pack = packs === undefined ? 'exit 1' : `tar -czf node.tgz -C '${made}' package && echo node.tgz`;
  writeFileSync(join(bin, 'npm'), `#!/bin/sh\necho "$*" >>'${folder}/asked'\n${pack}\n`);
  chmodSync(join(bin, 'npm'), 0o755);
  const run = (...args: readonly string[]) => {
    const env = { ...process.env, PATH: `${bin}:${process.env.PATH}`, XDG_CACHE_HOME: folder };
    const { status, stdout, stderr } = spawnSync('bash', [packagePath('scripts/node-program.sh'), ...args], {
      env,
      encoding: 'utf8',
    });
    return { code: status, stdout, stderr };
  };
  const kept = () => readdirSync(join(folder, 'knode/node')).filter((name) => name !== 'lock');
  return { run, kept, asked: () => readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n') };
}

test('a Node is downloaded once, and its folder printed', () => {
  const { run, kept, asked } = withNpm('v20.19.0');
  const first = run('20.19');
  expect(first).toExit(0, { stdout: expect.stringMatching(/\/knode\/node\/20\.19\.0-(x64|arm64)\/bin\n$/) });
  expect(spawnSync(join(first.stdout.trim(), 'node'), { encoding: 'utf8' }).stdout).toBe('v20.19.0\n');
  expect(run('20.19')).toExit(0, { stdout: first.stdout, stderr: '' });
  expect(asked()).toEqual([expect.stringMatching(/^pack --silent node-linux-(x64|arm64)@20\.19\.0$/)]);
  expect(kept()).toHaveLength(1);
});

test('a Node that npm does not give is told, and nothing is kept', () => {
  const { run, kept } = withNpm(undefined);
  expect(run('20.19')).toExit(1, {
    stdout: '',
    stderr: expect.stringMatching(/npm gives no node-linux-\S+@20\.19\.0\n$/),
  });
  expect(kept()).toEqual([]);
});

test('another Node than was asked for is refused', () => {
  const { run, kept } = withNpm('v20.18.0');
  expect(run('20.19')).toExit(1, { stdout: '', stderr: expect.stringContaining('is no Node 20.19.0') });
  expect(kept()).toEqual([]);
});

test('a version without a row is told', () => {
  expect(withNpm('v1.0.0').run('21')).toExit(2, { stderr: expect.stringContaining('usage') });
});

test('CI asks for every version that has a row', () => {
  const rows = [...readFileSync(packagePath('scripts/node-program.sh'), 'utf8').matchAll(/^ {2}([\d.]+)\) version=/gm)];
  const { scripts, engines } = JSON.parse(readFileSync(packagePath('package.json'), 'utf8'));
  expect(scripts['smoke:nodes']).toBe(`bash scripts/smoke.sh ${rows.map(([, row]) => row).join(' ')}`);
  expect(engines.node).toBe(`>=${rows[0]?.[1]}`);
});
