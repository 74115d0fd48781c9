import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { EnvironmentFailure } from '../../src/base/failure.ts';
import { findIsoTool, seedIso } from '../../src/delivery/iso.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { describeXorriso, filesOfImage } from './xorriso.ts';

const seed = {
  'user-data': '#cloud-config\n{}\n',
  'meta-data': 'instance-id: prod-m1\n',
  'network-config': 'version: 2\n',
};

/** A folder with programs of these names; each is a shell script. */
function programs(scripts: Readonly<Record<string, string>>): string {
  const folder = tempFolder('iso-tools');
  for (const [name, script] of Object.entries(scripts))
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return folder;
}

const temporary = process.env.TMPDIR;
afterEach(() => {
  if (temporary === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = temporary;
});

/** An empty folder that temporary files go to. */
function watchTemporary(): string {
  const folder = join(tempFolder('iso'), 'tmp');
  mkdirSync(folder);
  process.env.TMPDIR = folder;
  return folder;
}

function failure(work: () => unknown): EnvironmentFailure {
  try {
    work();
  } catch (error) {
    if (error instanceof EnvironmentFailure) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

describe('the ISO program', () => {
  const all = { xorriso: '', genisoimage: '', mkisofs: '' };

  test('is xorriso, else genisoimage, else mkisofs', () => {
    const found = (scripts: Record<string, string>) =>
      findIsoTool(`/none:${programs(scripts)}`)
        .path.split('/')
        .at(-1);
    const { xorriso: _, ...older } = all;
    expect([found(all), found(older), found({ mkisofs: '' })]).toEqual(['xorriso', 'genisoimage', 'mkisofs']);
  });

  test('if missing, names the packages that have it', () => {
    const { code, message, hint } = failure(() => findIsoTool(programs({})));
    expect([code, message]).toEqual(['no-iso-tool', expect.stringContaining('xorriso, genisoimage or mkisofs')]);
    expect(hint).toMatch(/package xorriso .*genisoimage/);
  });

  test('on failure shows its last output, and removes the keys', () => {
    const tool = findIsoTool(programs({ mkisofs: 'test -s user-data && echo "no space left" >&2; exit 5' }));
    const folder = watchTemporary();
    const { code, message } = failure(() => seedIso(seed, tool));
    expect([code, message]).toEqual(['iso-tool-failed', expect.stringMatching(/mkisofs failed: no space left$/)]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('gets mkisofs options', () => {
    const tool = findIsoTool(programs({ genisoimage: 'echo "$SOURCE_DATE_EPOCH $*" > seed.iso' }));
    expect(Buffer.from(seedIso(seed, tool)).toString()).toBe(
      '315532800 -quiet -volid cidata -joliet -rational-rock -output seed.iso meta-data network-config user-data\n',
    );
  });
});

describeXorriso('xorriso', () => {
  test('makes an image that blkid and a reader recognise as the seed, and leaves nothing behind', () => {
    const image = join(tempFolder('iso'), 'seed.iso');
    const folder = watchTemporary();
    writeFileSync(image, seedIso(seed, findIsoTool()));
    expect(readdirSync(folder)).toEqual([]);
    // ECMA-119: the volume's name in its primary descriptor. blkid reads it for cloud-init.
    expect(
      readFileSync(image)
        .toString('latin1', 32_768 + 40, 32_768 + 72)
        .trimEnd(),
    ).toBe('cidata');
    const label = execFileSync('/usr/sbin/blkid', ['-p', '-s', 'LABEL', '-o', 'value', image], { encoding: 'utf8' });
    expect(label).toBe('cidata\n');
    expect(filesOfImage(image)).toEqual(seed);
  });

  test('makes the same bytes at a later time', async () => {
    const once = seedIso(seed, findIsoTool());
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(Buffer.compare(once, seedIso(seed, findIsoTool()))).toBe(0);
  });
});
