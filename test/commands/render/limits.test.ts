import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../../src/base/digest.ts';
import { UserMistake } from '../../../src/base/failure.ts';
import { render } from '../../../src/commands/render.ts';
import { encode } from '../../../src/delivery/encode.ts';
import { measure } from '../../../src/delivery/limit.ts';
import { clouds } from '../../../src/platform/clouds.ts';
import { freshCluster, freshFolder, memoryIo, secretPattern, tree } from '../fixture.ts';

const worker = { role: 'worker', index: '0' };

/** Text that gzip can do little with: six bits a character. Always the same. */
const noise = Array.from({ length: 8000 }, (_, index) =>
  Buffer.from(sha256(`noise ${index}`), 'hex').toString('base64url'),
).join('');

/** Appends a file of the user's to a cluster file: so many characters for these roles. */
function pad(file: string, characters: number, roles = 'worker'): string {
  appendFileSync(
    file,
    `extraFiles:\n  - { path: /etc/pad, roles: [${roles}], content: 'x${noise.slice(0, characters)}' }\n`,
  );
  return file;
}

async function userData(file: string): Promise<string> {
  const io = memoryIo();
  await render({ file, ...worker }, io);
  return io.out();
}

async function refusal(work: () => Promise<void>): Promise<UserMistake['diagnostics']> {
  try {
    await work();
  } catch (error) {
    if (error instanceof UserMistake) return error.diagnostics;
    throw error;
  }
  return [];
}

const limited = clouds.flatMap((platform) =>
  platform.limit === undefined ? [] : [{ ...platform, limit: platform.limit, format: platform.formats[0] }],
);

describe('at the limit', () => {
  const file = freshCluster();
  const clean = readFileSync(file, 'utf8');
  const padded = (characters: number) => {
    writeFileSync(file, clean);
    return pad(file, characters);
  };

  /**
   * The number of characters that give a node's user-data this size, or the next larger one beyond the limit: gzip
   * sometimes grows by two bytes at once. Found without rendering each.
   */
  function charactersFor(
    size: number,
    side: 'above' | 'below',
    text: string,
    measured: (text: string) => number,
  ): number {
    const sized = (characters: number) => measured(text.replace(noise, noise.slice(0, characters)));
    let [low, high] = [0, noise.length];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (sized(middle) < size) low = middle + 1;
      else high = middle;
    }
    const near = Array.from({ length: 200 }, (_, index) => low - 100 + index).map((characters) => ({
      characters,
      bytes: sized(characters),
    }));
    const beyond = near.filter(({ bytes }) => (side === 'above' ? bytes >= size : bytes <= size));
    const closest = beyond.sort((a, b) => Math.abs(a.bytes - size) - Math.abs(b.bytes - size))[0];
    if (closest === undefined || Math.abs(closest.bytes - size) > 8)
      throw new Error(`no user-data is near ${size} bytes`);
    return closest.characters;
  }

  test.each(limited)('$name: this number of bytes and no more', async ({ name, limit, format }) => {
    const text = await userData(padded(noise.length));
    const measured = (one: string) => measure(encode(one, format), limit);
    // Base64 of a compressed text grows by four.
    const quantum = limit.of === 'base64' || (limit.of === 'value' && format === 'base64') ? 4 : 1;
    const most = Math.floor(limit.bytes / quantum) * quantum;
    const output = join(freshFolder(), 'out');
    const at = async (size: number, side: 'above' | 'below') => {
      padded(charactersFor(size, side, text, measured));
      const bytes = measured(await userData(file));
      expect(side === 'above' ? bytes >= size : bytes <= size).toBe(true);
      return { bytes, said: await refusal(() => render({ file, ...worker, platform: name, output }, memoryIo())) };
    };
    const above = await at(most + quantum, 'above');
    const [over] = above.said;
    expect(over).toMatchObject({ severity: 'error', code: 'user-data-too-large' });
    expect(over?.message).toContain(`${above.bytes.toLocaleString('en-US')} bytes as ${format}`);
    expect(over?.message).toContain(`at most ${limit.bytes.toLocaleString('en-US')} (`);
    expect(existsSync(output)).toBe(false);
    expect((await at(most, 'below')).said).toEqual([]);
    expect(existsSync(output)).toBe(true);
  });
});

describe('beyond it', () => {
  const formatOf = (platform: string): string | undefined => limited.find(({ name }) => name === platform)?.formats[0];

  test('no node is written, no key is lost, and a later run succeeds', async () => {
    const file = pad(freshCluster(), 100_000, 'master');
    const folder = freshFolder();
    const [output, files] = [join(folder, 'out'), join(folder, 'root')];
    const io = memoryIo();
    const found = await refusal(() => render({ file, all: true, platform: 'vsphere', output, files }, io));
    // One for the role, not one a node.
    expect(found.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^user-data of master m\d is too large for vSphere guestinfo: .*; so is that of 2 more of its role$/,
      ),
    ]);
    expect(tree(folder)).toEqual({});
    expect(io.err()).toMatch(/^knode: made .*kept in /m);
    const kept = tree(join(dirname(file), '.knode'));
    await render({ file, all: true, platform: 'gcp', output, files }, memoryIo());
    expect(tree(join(dirname(file), '.knode'))).toEqual(kept);
    expect(Object.keys(tree(output))).toContain('m1/user-data');
  });

  test('the ten largest files are shown, with remedies', async () => {
    const file = pad(freshCluster(), 20_000);
    const [found] = await refusal(() => render({ file, ...worker, platform: 'aws' }, memoryIo()));
    expect(formatOf('aws')).toBe('gzip');
    const lines = found?.snippet?.split('\n') ?? [];
    const files = lines.filter((line) => /^ {2} *[\d,]+ {2}\//.test(line));
    expect(files.length).toBe(10);
    expect(files[0]).toMatch(/^ {2} 1\d,\d{3} {2}\/etc\/pad$/);
    expect(lines.filter((line) => line.startsWith('  - '))).toEqual([
      expect.stringMatching(/^ {2}- fewer or smaller extraFiles and extraUnits: they take 1\d,\d{3} bytes compressed$/),
      expect.stringMatching(
        /^ {2}- artifacts\.payload: mirror: the files of layer "image" come from a mirror: [\d,]+ bytes compressed$/,
      ),
      expect.stringMatching(
        /^ {2}- a golden image that holds the files of layer "image": [\d,]+ bytes compressed, and /,
      ),
    ]);
    expect(`${found?.message}${found?.hint}${found?.snippet}`).not.toMatch(secretPattern);
  });

  test('a smaller format of the platform is named', async () => {
    const options = { ...worker, platform: 'aws', format: 'cloud-config', dryRun: true };
    const [found] = await refusal(() => render({ file: freshCluster(), ...options }, memoryIo()));
    expect(found?.snippet).toMatch(/\n {2}- --format gzip: [\d,]+ bytes, which fits\n/);
  });

  test('RSA is named', async () => {
    const file = pad(
      freshCluster((text) => `${text}\npki: { algorithm: rsa-2048 }\n`),
      20_000,
    );
    const [found] = await refusal(() => render({ file, ...worker, platform: 'aws' }, memoryIo()));
    expect(found?.snippet).toContain('\n  - pki.algorithm: ecdsa-p256: ');
  });
});
