/**
 * Compares two root trees: the allowed differences between a blank node and one of an image are listed here, and
 * nowhere else.
 */
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../../../src/base/digest.ts';
import type { BootedNode } from '../machines/boot.ts';

/** Places of data that machines collect while they run. Not compared. */
const running = [
  'dev',
  'proc',
  'run',
  'sys',
  'tmp',
  'var/tmp',
  'var/log',
  'var/cache',
  'var/lib/cloud',
  'var/lib/systemd',
  'var/lib/apt',
  'var/lib/dpkg',
  'var/lib/containerd',
  'var/lib/chrony',
  'var/lib/dbus',
  'var/backups',
  'srv',
];

/** Differences of a node of an image, and their reasons. */
const allowed: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/^etc\/machine-id$/, 'each machine has its own'],
  [/^etc\/ssh\/ssh_host_/, 'each machine has its own'],
  [/^etc\/knode\/image(\.cdx)?\.json$/, 'says which image it is'],
  [/^etc\/systemd\/system\/(apt-daily|apt-daily-upgrade)\.timer$/, 'an image does not upgrade itself'],
  [/^etc\/sudoers\.d\/90-cloud-init-users$/, 'cloud-init writes its time into it'],
  [/^etc\/resolv\.conf$|^etc\/\.pwd\.lock$|^etc\/\.updated$|^var\/\.updated$/, 'written by the running machine'],
  [/^var\/lib\/dhcp\//, 'leases'],
];

interface Entry {
  readonly kind: string;
  readonly mode: string;
  readonly owner: string;
  readonly content: string;
}

function entries(root: string, folder = '', found = new Map<string, Entry>()): Map<string, Entry> {
  for (const name of readdirSync(join(root, folder)).sort()) {
    const path = join(folder, name);
    if (running.includes(path)) continue;
    const info = lstatSync(join(root, path));
    const at = join(root, path);
    const kind = info.isDirectory() ? 'folder' : info.isSymbolicLink() ? 'link' : info.isFile() ? 'file' : 'other';
    const content = kind === 'file' ? sha256(readFileSync(at)) : kind === 'link' ? readlinkSync(at) : '';
    found.set(path, { kind, mode: (info.mode & 0o7777).toString(8), owner: `${info.uid}:${info.gid}`, content });
    if (kind === 'folder') entries(root, path, found);
  }
  return found;
}

/** Differences that are not allowed, one line each. */
export async function compareTrees(one: string, other: string): Promise<string[]> {
  const [left, right] = [entries(one), entries(other)];
  return [...new Set([...left.keys(), ...right.keys()])].sort().flatMap((path) => {
    const [a, b] = [left.get(path), right.get(path)].map((entry) => JSON.stringify(entry) ?? 'nothing');
    return a === b || allowed.some(([pattern]) => pattern.test(path)) ? [] : [`${path}: ${a}, but of the image ${b}`];
  });
}

/** Units that start by themselves, as systemd sees them. */
export async function enabledUnits(node: BootedNode): Promise<string[]> {
  const listed = await node.run(['systemctl', 'list-unit-files', '--state=enabled', '--no-legend', '--plain']);
  const units = listed.stdout.split('\n').map((line) => line.split(/\s+/)[0] ?? '');
  return units.filter((unit) => unit !== '' && !/^apt-daily(-upgrade)?\.timer$/.test(unit)).sort();
}
