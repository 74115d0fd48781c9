import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';

/** KNODE_UPDATE=1 rewrites goldens; the run fails all the same, so that nobody updates by accident in CI. */
export const updating: boolean = process.env.KNODE_UPDATE === '1';

function list(folder: string, below = ''): string[] {
  if (!existsSync(join(folder, below))) return [];
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    return entry.isDirectory() ? list(folder, path) : [path];
  });
}

/** Holds a whole folder against what was made: content, missing files and stale ones. */
export function expectFolder(folder: string, made: ReadonlyMap<string, string>): void {
  const found = new Map(list(folder).map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
  if (updating) {
    const changed = [...made].some(([path, text]) => found.get(path) !== text) || found.size !== made.size;
    rmSync(folder, { recursive: true, force: true });
    for (const [path, text] of made) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    expect(changed, `${folder} was rewritten: read the diff, then run again without KNODE_UPDATE`).toBe(false);
    return;
  }
  expect([...found.keys()].sort()).toEqual([...made.keys()].sort());
  for (const [path, text] of made) expect(text, `${folder}/${path}`).toBe(found.get(path));
}
