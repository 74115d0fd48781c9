/**
 * Machines that are baked, and nodes of the result: systemd-nspawn containers as in boot.ts. Packer runs on this
 * machine, in the network name space of the container, so that it can reach only the container's sshd, by loopback.
 */

import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { builtCli } from '../../support/built-cli.ts';
import { type Finished, onExit, sh, tempDir } from '../tools.ts';
import { type BootedNode, bootNode } from './boot.ts';

/** Address of the tests' mirror, inside each container's network. */
export const mirrorPort = 8090;

/** The apt source of `makePackageSource`, inside a machine. */
const packageFolder = 'srv/packages';

function netnsOf(machine: BootedNode): string {
  return `/run/netns/${basename(dirname(machine.rootDir))}`;
}

/** Serves a folder on the machine's own loopback, from outside: nothing of it is in the machine. */
export function serve(machine: BootedNode, folder: string): () => void {
  const server = ['python3', '-m', 'http.server', '--bind', '127.0.0.1', '--directory', folder, String(mirrorPort)];
  const child = spawn('setpriv', ['--pdeathsig=KILL', 'nsenter', `--net=${netnsOf(machine)}`, ...server], {
    stdio: 'ignore',
  });
  const stop = () => void child.kill('SIGKILL');
  const forget = onExit(stop);
  return () => {
    forget();
    stop();
  };
}

/** Files that a machine's platform has put into it: the apt source. */
export function withPackages(root: string, packages: string): void {
  mkdirSync(join(root, packageFolder), { recursive: true });
  for (const name of readdirSync(packages))
    writeFileSync(join(root, packageFolder, name), readFileSync(join(packages, name)));
  writeFileSync(join(root, 'etc/apt/sources.list.d/test.list'), `deb [trusted=yes] file:/${packageFolder} ./\n`);
}

export interface BakeMachine {
  readonly machine: BootedNode;
  /** Runs knode in the machine's network; `image build` gets the variables of the null builder. */
  knode(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Finished>;
  readonly sshVariables: readonly string[];
}

/** A blank machine with an sshd, and the data that a real machine has collected by then. */
export async function bootBakeMachine(packages: string): Promise<BakeMachine> {
  const folder = tempDir('bake-seed');
  const key = join(tempDir('bake-key'), 'id');
  await sh('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'bake', '-f', key], { check: true });
  // The distribution's own user, as its cloud images have it on every platform.
  const config = { ssh_authorized_keys: [readFileSync(`${key}.pub`, 'utf8').trim()], locale: 'C.UTF-8' };
  writeFileSync(join(folder, 'user-data'), `#cloud-config\n${JSON.stringify(config)}\n`);
  writeFileSync(join(folder, 'meta-data'), 'instance-id: bake\nlocal-hostname: bake\n');
  const machine = await bootNode({ seedDir: folder, name: 'bake', prepare: (root) => withPackages(root, packages) });
  await machine.run(
    ['sh', '-c', 'echo "secret command" >/home/debian/.bash_history; echo x >/var/lib/dhcp/eth0.leases'],
    { check: false },
  );
  const enter = ['nsenter', `--net=${netnsOf(machine)}`, '--', process.execPath, builtCli()];
  return {
    machine,
    knode: ([...args], env = {}) => {
      const [program = '', ...rest] = enter;
      return sh(program, [...rest, ...args], { env: { ...env }, timeoutMs: 280_000 });
    },
    sshVariables: ['--var', 'ssh_username=debian', `ssh_private_key_file=${key}`, 'ssh_timeout=60s'],
  };
}

/** Power off, and keep the tree: it is the image. */
export async function takeTree({ machine }: BakeMachine): Promise<string> {
  const image = tempDir('image');
  await sh('cp', ['-a', '--reflink=auto', `${machine.rootDir}/.`, image], { check: true });
  await machine.stop();
  return image;
}

/** Puts an image in place of the blank tree that a machine was about to boot from; its seed stays. */
export async function useImage(root: string, image: string): Promise<void> {
  const seed = join(root, 'var/lib/cloud/seed/nocloud');
  const files = readdirSync(seed).map((name) => [name, readFileSync(join(seed, name))] as const);
  for (const name of readdirSync(root)) rmSync(join(root, name), { recursive: true, force: true });
  await sh('cp', ['-a', '--reflink=auto', `${image}/.`, root], { check: true });
  chmodSync(root, 0o755);
  mkdirSync(seed, { recursive: true });
  for (const [name, content] of files) writeFileSync(join(seed, name), content);
}
