/**
 * The qemu builder on a local base image: packer boots it and bakes it over SSH, and a virtual machine boots from the disk that
 * came out. Emulated where there is no KVM that works, which takes minutes, so by command only:
 *
 *   KNODE_QEMU=tcg npx vitest run --config vitest.referee.config.ts test/referee/image/qemu.referee.ts     (or KNODE_QEMU=kvm)
 *
 * It needs qemu-system-x86 and qemu-utils, 1 GiB of memory for each machine and 8 GiB of disk below /tmp. Emulated on two cores that had
 * much other work it took 11 minutes to bake and 14 for the node to have its programs.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { render } from '../../../src/commands/render.ts';
import type { GoldenImageManifest } from '../../../src/image/golden-image-manifest.ts';
import { builtCli } from '../../support/built-cli.ts';
import { MemoryIo } from '../rendered.ts';
import { describeReferee, onExit, sh, sleep, tempDir } from '../tools.ts';
import { makeSite, type Site } from './site.ts';

const { KNODE_QEMU: accelerator } = process.env;
const hour = 3_600_000;
const port = 8090;
/** This machine's address in QEMU's own network. */
const host = '10.0.2.2';
const cpu = accelerator === 'tcg' ? 'max,la57=off' : 'host';
const diskScript = fileURLToPath(new URL('machines/disk-image.sh', import.meta.url));

/** A program that ends with this one. */
function daemon(cmd: string, args: readonly string[]): ChildProcess {
  const child = spawn('setpriv', ['--pdeathsig=KILL', cmd, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  onExit(() => child.kill('SIGKILL'));
  return child;
}

/** Boots from the disk, which stays unchanged, and waits until the console says `until`; returns the output. */
async function consoleOf(disk: string, seed: string, until: RegExp): Promise<string> {
  const machine = daemon('qemu-system-x86_64', [
    ...['-machine', `pc,accel=${accelerator}`, '-cpu', cpu, '-smp', '2', '-m', '1024', '-display', 'none'],
    ...['-drive', `file=${disk},if=virtio,snapshot=on`, '-drive', `file=${seed},if=virtio,format=raw,readonly=on`],
    ...['-netdev', 'user,id=n', '-device', 'virtio-net-pci,netdev=n', '-serial', 'stdio', '-monitor', 'none'],
  ]);
  let said = '';
  for (const stream of [machine.stdout, machine.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (said += text));
  for (const end = Date.now() + hour / 2; !until.test(said); await sleep(500)) {
    if (machine.exitCode !== null || Date.now() > end)
      throw new Error(`the machine did not say ${until}\n${said.slice(-4000)}`);
  }
  machine.kill('SIGKILL');
  return said;
}

const needs = {
  root: true,
  tools: { packer: 'packer', 'qemu-system-x86_64': 'qemu-system-x86', 'qemu-img': 'qemu-utils', xorriso: 'xorriso' },
};

function qemuReferee(title: string, body: () => void): void {
  if (accelerator === 'tcg' || accelerator === 'kvm') {
    describeReferee(title, needs, body);
  } else {
    process.stderr.write('\nthe qemu builder was NOT run: KNODE_QEMU=tcg (or kvm) asks for it\n');
    describe.skip(`${title} (skipped: by command)`, body);
  }
}

qemuReferee('an image by the qemu builder', () => {
  let site: Site;
  let mirror: ChildProcess;
  const output = tempDir('images');

  beforeAll(async () => {
    site = await makeSite({ mirror: `http://${host}:${port}`, packages: [] });
    const served = ['-m', 'http.server', '--bind', '127.0.0.1', '--directory', site.mirror, String(port)];
    mirror = daemon('python3', served);
  });
  afterAll(() => void mirror?.kill('SIGKILL'));

  it(
    'is a disk with its manifest beside it',
    async () => {
      const base = (await sh(diskScript, [], { check: true, timeoutMs: hour })).stdout.trim();
      const checksum = `sha256:${createHash('sha256').update(readFileSync(base)).digest('hex')}`;
      const began = Date.now();
      const words = ['-f', site.file, '--state', site.state, 'image', 'build', '--builder', 'qemu', '--role', 'worker'];
      const variables = ['--var', `accelerator=${accelerator}`, `cpu=${cpu}`, 'memory=1024', 'ssh_timeout=30m'];
      const from = ['--base', base, '--checksum', checksum, '-o', output];
      const built = await sh(process.execPath, [builtCli(), ...words, ...from, ...variables], { timeoutMs: hour });
      expect(built.code, `${built.stdout}${built.stderr}`).toBe(0);
      process.stderr.write(`baked by qemu (${accelerator}) in ${Math.round((Date.now() - began) / 1000)} s\n`);
      const name = readdirSync(output).find((one) => !one.includes('.')) ?? '';
      expect(readdirSync(output).sort()).toEqual([name, `${name}.cdx.json`, `${name}.json`]);
      expect(readdirSync(join(output, name))).toEqual([`${name}.qcow2`]);
      const manifest = JSON.parse(readFileSync(join(output, `${name}.json`), 'utf8')) as GoldenImageManifest;
      expect(manifest).toMatchObject({ name, roles: ['worker'], builtFrom: { base: checksum } });
      const kernel = manifest.packages.find((one) => one.name.startsWith('linux-image-'));
      expect(kernel, 'the kernel of a real machine').toBeDefined();
    },
    hour,
  );

  it(
    'boots as a node that downloads nothing',
    async () => {
      const name = readdirSync(output).find((one) => !one.includes('.')) ?? '';
      const seed = join(tempDir('seed'), 'w1.iso');
      const { file, state } = site;
      const image = join(output, `${name}.json`);
      await render({ file, state, node: 'w1', image, format: 'iso', output: seed }, new MemoryIo());
      mirror.kill('SIGKILL');
      const began = Date.now();
      const disk = join(output, name, `${name}.qcow2`);
      const said = await consoleOf(disk, seed, /knode: fetch: all artifacts are installed/);
      process.stderr.write(`its node has all programs ${Math.round((Date.now() - began) / 1000)} s after power-on\n`);
      expect(said).not.toMatch(/not of the image|is installed/);
    },
    hour,
  );
});
