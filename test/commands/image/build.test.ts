/**
 * How `knode image build` handles Packer's results, with a stand-in for Packer; test/referee/image/bake.referee.ts uses
 * the real one.
 */
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EnvironmentFailure } from '../../../src/base/failure.ts';
import { type ImageBuildOptions, imageBuild } from '../../../src/commands/image/build.ts';
import { builtCli } from '../../support/built-cli.ts';
import { freshCluster, freshFolder, type MemoryIo, memoryIo, mistakes } from '../fixture.ts';

const file = freshCluster();
let bin = '';
let before: string | undefined;

beforeEach(() => {
  before = process.env.PATH;
  bin = freshFolder();
});
afterEach(() => {
  process.env.PATH = before;
});

/** A packer that records its arguments, and runs `body` as its build. */
function packer(version: string, body: string): string {
  const noted = join(bin, 'noted');
  writeFileSync(
    join(bin, 'packer'),
    `#!/bin/bash\nset -eu\ncase $1 in\n  version) echo "Packer v${version}" ;;\n  *) echo "$*" >>${noted}\n    [ "$1" = build ] || exit 0\n    for word; do case $word in output=*) output=\${word#output=} ;; esac; last=$word; done\n    image=$(sed -n 's/.*"image_name": "\\(.*\\)".*/\\1/p' "$last/knode.auto.pkrvars.json")\n    ${body} ;;\nesac\n`,
  );
  chmodSync(join(bin, 'packer'), 0o755);
  process.env.PATH = `${bin}:${before}`;
  return noted;
}

const makes =
  'echo "made by packer"; echo {} >"$output/$image.json"; mkdir "$output/$image"; echo disk >"$output/$image/$image.qcow2"';

async function build(output: string, more: Partial<ImageBuildOptions> = {}): Promise<MemoryIo> {
  const io = memoryIo();
  await imageBuild({ file, builder: 'null', role: 'worker', output, ...more }, io);
  return io;
}

describe('knode image build', () => {
  it('lets Packer build, shows what it says, and keeps what it made', async () => {
    const noted = packer('1.6.6', makes);
    const output = join(freshFolder(), 'images');
    const io = await build(output, { var: ['ssh_host=192.0.2.7'], varFile: ['/etc/hosts'] });
    const [, image = ''] = /^made (knode-worker-\S+)\nnext: knode render --image \S+\.json\n$/.exec(io.out()) ?? [];
    expect(readdirSync(output).sort()).toEqual([image, `${image}.json`]);
    expect(readFileSync(join(output, image, `${image}.qcow2`), 'utf8')).toBe('disk\n');
    expect(io.err()).toContain('made by packer\n');
    const [line = '', ...others] = readFileSync(noted, 'utf8').trim().split('\n');
    expect(others).toEqual([]);
    expect(line).toMatch(
      /^build .*-var-file=\/etc\/hosts -var ssh_host=192\.0\.2\.7 -var output=\S+\.partial \S+\/build$/,
    );
    // Its folder, with the key of a seed perhaps, is gone.
    expect(existsSync(line.split(' ').at(-1) ?? '')).toBe(false);
  });

  it('makes newer versions of Packer install the builder first', async () => {
    const noted = packer('1.11.2', makes);
    await build(join(freshFolder(), 'images'));
    expect(readFileSync(noted, 'utf8')).toMatch(/^init \S+\/build\nbuild /);
  });

  it('keeps nothing when it fails', async () => {
    packer('1.6.6', `${makes}; exit 1`);
    const output = join(freshFolder(), 'images');
    await expect(build(output)).rejects.toThrow('packer build failed; no image was kept');
    expect(readdirSync(output)).toEqual([]);
  });

  it('keeps nothing when it is interrupted, and lets Packer clean up', async () => {
    const noted = packer(
      '1.6.6',
      `${makes}; trap 'echo stopped >>"$0.log"; exit 1' INT; echo ready >>"$0.log"; sleep 30 >/dev/null 2>&1 & wait`,
    );
    const [output, temporary] = [join(freshFolder(), 'images'), freshFolder()];
    const words = ['-f', file, 'image', 'build', '--builder', 'null', '--role', 'worker', '-o', output];
    const child = spawn(process.execPath, [builtCli(), ...words], {
      env: { ...process.env, TMPDIR: temporary },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let err = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    await vi.waitFor(() => expect(readFileSync(join(noted, '../packer.log'), 'utf8')).toBe('ready\n'), 60_000);
    expect(readdirSync(output)).toEqual([expect.stringMatching(/^\.knode-worker-\S+\.partial$/)]);
    child.kill('SIGINT');
    const signal = await new Promise((done) => child.on('close', (_, name) => done(name)));
    expect(signal).toBe('SIGINT');
    expect(err).toMatch(/knode: interrupted: no image knode-worker-\S+ was kept\n$/);
    expect(readFileSync(join(noted, '../packer.log'), 'utf8')).toBe('ready\nstopped\n');
    // The folder that Packer built may hold a key.
    expect([readdirSync(output), readdirSync(temporary)]).toEqual([[], []]);
  }, 120_000);

  it('does not make the same image twice', async () => {
    packer('1.6.6', makes);
    const output = join(freshFolder(), 'images');
    await build(output);
    expect(await mistakes(() => build(output))).toEqual([
      expect.stringMatching(/^image-exists: knode-worker-\S+ was made already: /),
    ]);
  });

  it('reports a missing packer', async () => {
    mkdirSync(join(bin, 'empty'));
    process.env.PATH = join(bin, 'empty');
    await expect(build(join(freshFolder(), 'images'))).rejects.toThrow(EnvironmentFailure);
    await expect(build(join(freshFolder(), 'images'))).rejects.toThrow('there is no packer in PATH');
  });
});
