/**
 * `--baked`: the nodes boot from a golden image, made in the usual way: by packer, over SSH, on a blank machine of the
 * lab. Before that the cluster boots once on blank machines, so that one run shows the time that the image saves.
 */
import { readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { sh } from '../referee/tools.ts';
import type { LabCluster } from './cluster.ts';
import { labNetns } from './host.ts';
import { writeSeed } from './node.ts';
import { repository } from './paths.ts';
import { say } from './say.ts';
import { bootAll } from './scenarios/first-boot.ts';
import { check, until } from './wait.ts';

/** The root from which nodes boot instead of the blank one. */
export interface BakedImage {
  readonly tree: string;
  readonly manifest: string;
}

/**
 * Boots the cluster blank, bakes an image of all its roles, boots it again from that, and compares. The cluster runs at
 * the end.
 */
export async function standBaked(lab: LabCluster): Promise<void> {
  const blank = await timedBoot(lab);
  await lab.destroyMachines();
  lab.baked = await bakeImage(lab);
  await lab.render();
  const baked = await timedBoot(lab);
  for (const [name, before] of blank) {
    const after = baked.get(name) ?? { seconds: Number.NaN, bytes: Number.NaN };
    say(
      `${name}: ready after ${before.seconds.toFixed(1)} s blank, ${after.seconds.toFixed(1)} s of the image; user-data, compressed: ${before.bytes} and ${after.bytes} bytes`,
    );
    check(after.bytes < before.bytes, `the image spares ${name} a part of its user-data`);
  }
}

interface BootFigures {
  /** From power-on to the receipt that says ready. */
  readonly seconds: number;
  /** Of the user-data, compressed. */
  readonly bytes: number;
}

async function timedBoot(lab: LabCluster): Promise<ReadonlyMap<string, BootFigures>> {
  const figures = new Map<string, BootFigures>();
  const look = (): void => {
    for (const machine of lab.running) {
      if (figures.has(machine.name) || !machine.receipt()?.ready) continue;
      const bytes = gzipSync(readFileSync(join(lab.seed(machine.name), 'user-data')), { level: 9 }).length;
      figures.set(machine.name, { seconds: (Date.now() - machine.poweredOn) / 1000, bytes });
    }
  };
  const watch = setInterval(look, 250);
  try {
    await bootAll(lab);
    look();
  } finally {
    clearInterval(watch);
  }
  return figures;
}

async function bakeImage(lab: LabCluster): Promise<BakedImage> {
  // No node has it.
  const bakeAddress = lab.address(250);
  const folder = join(lab.work, 'bake');
  const key = join(folder, 'id');
  const output = join(folder, 'images');
  const seed = writeSeed(join(folder, 'seed'), { 'meta-data': 'instance-id: bake\nlocal-hostname: bake\n' });
  await sh('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'bake', '-f', key], { check: true });
  const user = { ssh_authorized_keys: [readFileSync(`${key}.pub`, 'utf8').trim()], locale: 'C.UTF-8' };
  const network = { version: 2, ethernets: { eth0: { addresses: [`${bakeAddress}/24`] } } };
  writeSeed(seed, {
    'user-data': `#cloud-config\n${JSON.stringify(user)}\n`,
    'network-config': `${JSON.stringify(network)}\n`,
  });
  const machine = await lab.looseMachine('bake', { seed, disks: [] });
  machine.powerOn();
  await until('the machine to be baked', 300, () => machine.file('/run/cloud-init/result.json') || undefined);
  const knode = ['--import', 'tsx', join(repository, 'src/cli.ts'), '-f', lab.file, '--state', join(lab.work, 'state')];
  const build = ['image', 'build', '--builder', 'null', '--all-roles', '-o', output];
  const ssh = ['--var', `ssh_host=${bakeAddress}`, 'ssh_username=debian', `ssh_private_key_file=${key}`];
  const words = ['netns', 'exec', labNetns, process.execPath, ...knode, ...build, ...ssh];
  const built = await sh('ip', words, { cwd: repository, timeoutMs: 900_000 });
  check(built.code === 0, `the image is made: ${built.stdout}${built.stderr}`);
  await machine.powerCut();
  const tree = join(folder, 'tree');
  renameSync(machine.root, tree);
  await machine.destroy();
  const name = readdirSync(output).find((one) => one.endsWith('.json') && !one.endsWith('.cdx.json')) ?? '';
  say(`baked ${name.replace(/\.json$/, '')}`);
  return { tree, manifest: join(output, name) };
}
