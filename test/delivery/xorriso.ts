/** xorriso reads an image back. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempFolder } from '../support/temp-folder.ts';
import { describeWith } from './cloud-init.ts';

const program = (process.env.PATH ?? '')
  .split(':')
  .map((folder) => join(folder, 'xorriso'))
  .find(existsSync);

export function describeXorriso(title: string, body: () => void): void {
  const why = 'xorriso is missing (Debian package xorriso; run scripts/setup-referees.sh)';
  describeWith(title, program === undefined ? why : undefined, body);
}

/** Every file of the image, by its name. */
export function filesOfImage(image: string): Record<string, string> {
  const out = join(tempFolder('image'), 'out');
  execFileSync(String(program), ['-osirrox', 'on', '-indev', image, '-extract', '/', out], { stdio: 'ignore' });
  return Object.fromEntries(readdirSync(out).map((name) => [name, readFileSync(join(out, name), 'utf8')]));
}
