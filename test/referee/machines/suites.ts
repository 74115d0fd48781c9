/** The Debians whose cloud-init, systemd and apt judge the first boot, each as a root tree that image.sh builds. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Finished, sh, tempDir } from '../tools.ts';

/** Oldest cloud-init that each suite may have: a mirror that falls behind would judge less than these tests say. */
const cloudInits = { bullseye: '20.4', bookworm: '22.4', trixie: '25.1', forky: '26.2' } as const;

export type Suite = keyof typeof cloudInits;

function isSuite(name: string): name is Suite {
  return Object.hasOwn(cloudInits, name);
}

function chosen(names: string): Suite[] {
  const words = names.split(' ').filter(Boolean);
  const unknown = words.filter((name) => !isSuite(name));
  if (unknown.length > 0) throw new Error(`KNODE_SUITES: no such suite: ${unknown.join(', ')}`);
  return words.filter(isSuite);
}

/** Suites that judge this run. `KNODE_SUITES=bullseye` tries an older one by hand. */
export const suites: readonly Suite[] = chosen(process.env.KNODE_SUITES ?? 'bookworm trixie forky');

const imageScript = fileURLToPath(new URL('image.sh', import.meta.url));

/** The path of the suite's root tree; builds it if it is not there (about two minutes). */
export async function ensureImage(suite: Suite): Promise<string> {
  const built = await sh(imageScript, [suite], { timeoutMs: 580_000, check: true });
  return built.stdout.trim();
}

/** Version of an installed package of the tree, without its epoch. */
export function versionIn(tree: string, name: string): string {
  const status = readFileSync(join(tree, 'var/lib/dpkg/status'), 'utf8');
  const found = new RegExp(`^Package: ${name}\n(?:.+\n)*?Version: (?:\\d+:)?(.+)$`, 'm').exec(status);
  if (found === null) throw new Error(`${tree} has no package ${name}`);
  return found[1]!;
}

/** systemd has run on the unified hierarchy (cgroup v2) alone since 256 refused the older one by default. */
export function wantsUnified(tree: string): boolean {
  return Number.parseInt(versionIn(tree, 'systemd'), 10) >= 256;
}

/**
 * Programs that judge in this tree, for the log of the run.
 * @throws Error if the mirror has an older cloud-init than this suite stands for.
 */
export function judgesIn(tree: string, suite: Suite): string {
  const cloudInit = versionIn(tree, 'cloud-init');
  const numbers = (text: string): number[] => text.split(/[^\d]/).slice(0, 2).map(Number);
  const [[major = 0, minor = 0], [leastMajor = 0, leastMinor = 0]] = [numbers(cloudInit), numbers(cloudInits[suite])];
  if (major < leastMajor || (major === leastMajor && minor < leastMinor))
    throw new Error(`${suite} brought cloud-init ${cloudInit}, not ${cloudInits[suite]} or newer: wait for the mirror`);
  return `${suite}: cloud-init ${cloudInit}, systemd ${versionIn(tree, 'systemd')}, apt ${versionIn(tree, 'apt')}`;
}

/**
 * Runs a program of the tree as root, with a folder of this machine at /mnt. Machines are copied from the tree: it must
 * not be changed.
 */
export function runInTree(tree: string, folder: string, cmd: readonly string[]): Promise<Finished> {
  const enter =
    'mount --bind "$2" "$1/mnt" && tree=$1 && shift 2 && exec chroot "$tree" /usr/bin/env -i LC_ALL=C.UTF-8 "$@"';
  const path = 'PATH=/usr/sbin:/usr/bin:/sbin:/bin';
  return sh('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', enter, 'sh', tree, folder, path, ...cmd]);
}

/** A folder for PATH whose programs are the tree's own, with its libraries; unlike in `runInTree`, files are this machine's. */
export function programsOf(tree: string, ...names: readonly string[]): string {
  const folder = tempDir('programs');
  const library = readdirSync(join(tree, 'usr/lib')).find((name) => name.endsWith('-linux-gnu'));
  const loaders = ['usr/lib64/ld-linux-x86-64.so.2', 'usr/lib/ld-linux-aarch64.so.1'].map((name) => join(tree, name));
  const loader = loaders.find((file) => existsSync(file));
  if (library === undefined || loader === undefined) throw new Error(`${tree} has no libraries`);
  for (const name of names) {
    const run = `exec ${loader} --library-path ${join(tree, 'usr/lib', library)} ${join(tree, 'usr/bin', name)} "$@"`;
    writeFileSync(join(folder, name), `#!/bin/sh\nOPENSSL_CONF=${tree}/etc/ssl/openssl.cnf ${run}\n`, { mode: 0o755 });
  }
  return folder;
}
