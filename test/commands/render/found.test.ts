import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type RenderCommandOptions, render } from '../../../src/commands/render.ts';
import { token } from '../../../src/commands/token.ts';
import { freshCluster, freshFolder, memoryIo, mistakes } from '../fixture.ts';

const path = 'etc/knode/founding.env';
const start = '2026-11-21T08:00:00Z';
const afterEnd = '2026-12-21T08:00:00Z';

/** The file on a node of the cluster, rendered at this time; undefined when it is left out. */
async function foundingFile(file: string, now: string, options: Partial<RenderCommandOptions> = {}) {
  const files = join(freshFolder(), 'files');
  await render({ file, node: 'm1', files, ...options }, memoryIo(now));
  try {
    return readFileSync(join(files, path), 'utf8');
  } catch {
    return undefined;
  }
}

/** As every cluster of the first edition: nodes join by a token. */
function withTokens(file: string): void {
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(/^kubernetes:\n/m, 'kubernetes:\n  bootstrap: { method: token-secret }\n'));
}

describe('the right to found the etcd cluster', () => {
  test('is in renders of masters until its end, and not after it', async () => {
    const file = freshCluster();
    const text = 'KNODE_FOUNDING_SINCE="2026-11-21T08:00:00Z"\nKNODE_FOUNDING_UNTIL="2026-11-28T08:00:00Z"\n';
    expect(await foundingFile(file, start)).toBe(text);
    expect(await foundingFile(file, '2026-11-28T07:00:00Z')).toBe(text);
    expect(await foundingFile(file, '2026-11-28T09:00:00Z')).toBeUndefined();
    expect(await foundingFile(file, start, { node: 'w1' })).toBeUndefined();
  });

  test('begins with the first render of any node, and with a token', async () => {
    const file = freshCluster();
    await foundingFile(file, start, { node: 'w1' });
    expect(await foundingFile(file, '2026-11-22T08:00:00Z')).toContain('UNTIL="2026-11-28T08:00:00Z"');
    const other = freshCluster();
    withTokens(other);
    await token({ file: other }, memoryIo(start));
    expect(await foundingFile(other, '2026-11-22T08:00:00Z')).toContain('UNTIL="2026-11-28T08:00:00Z"');
  });

  test('is granted again by --found, with a notice', async () => {
    const file = freshCluster();
    await foundingFile(file, start);
    const io = memoryIo(afterEnd);
    await render({ file, node: 'm1', found: true }, io);
    expect(io.err()).toContain('reissue secret founding: given again, as you asked');
    expect(await foundingFile(file, '2026-12-22T08:00:00Z')).toContain('UNTIL="2026-12-28T08:00:00Z"');
  });

  test('is not granted to a state of an older knode, which has a token but no record of the right', async () => {
    const file = freshCluster();
    withTokens(file);
    await foundingFile(file, start);
    const state = join(dirname(file), '.knode');
    const manifest = JSON.parse(readFileSync(join(state, 'state.json'), 'utf8'));
    delete manifest.files['secrets/founding.json'];
    writeFileSync(join(state, 'state.json'), JSON.stringify(manifest));
    rmSync(join(state, 'secrets/founding.json'));
    expect(await foundingFile(file, '2026-11-22T08:00:00Z')).toBeUndefined();
    expect(await foundingFile(file, '2026-11-22T08:00:00Z', { found: true })).toContain('2026-11-29');
  });

  test('is never granted if the cluster file says that the cluster exists', async () => {
    const file = freshCluster();
    writeFileSync(file, `${readFileSync(file, 'utf8')}\netcd: { initialClusterState: existing }\n`);
    expect(await foundingFile(file, start)).toBeUndefined();
    const codes = async (node: string) =>
      (await mistakes(() => render({ file, node, found: true }, memoryIo(start))))
        .map((line) => line.split(':')[0])
        .sort();
    expect(await codes('m1')).toEqual(['found-beside-existing']);
    expect(await codes('w1')).toEqual(['found-beside-existing', 'found-without-member']);
  });
});
