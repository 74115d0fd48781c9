/** The sizes that docs/images.md promises are those that are reached. test/golden/size.test.ts holds a blank node's more narrowly. */
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packagePath } from '../../../src/base/files/package-root.ts';
import { imageTemplate } from '../../../src/commands/image/template.ts';
import { render } from '../../../src/commands/render.ts';
import { gzip } from '../../../src/delivery/encode.ts';
import { goldenFolder } from '../../support/examples.ts';
import { manifestOf, writeManifest } from '../../support/golden-image-manifest.ts';
import { freshFolder, memoryIo } from '../fixture.ts';

const bases = ['blank', 'image', 'image,cluster'] as const;
type Base = (typeof bases)[number];

interface Size {
  readonly compressed: number;
  readonly raw: number;
}

interface Row {
  readonly role: string;
  readonly folder: string;
  readonly sizes: readonly Size[];
}

/** Rows such as `| worker of examples/modern | 11,824 (37,000) | … |`, one column for each of `bases`. */
function promised(): readonly Row[] {
  const text = readFileSync(packagePath('docs/images.md'), 'utf8');
  const rows = text.matchAll(/^\| (\w+) of (\S+) \|((?: [\d,]+ \([\d,]+\) \|){3})$/gm);
  const figure = (word = '') => Number(word.replaceAll(',', ''));
  return [...rows].map(([, role = '', folder = '', cells = '']) => ({
    role,
    folder,
    sizes: [...cells.matchAll(/([\d,]+) \(([\d,]+)\)/g)].map(([, compressed, raw]) => ({
      compressed: figure(compressed),
      raw: figure(raw),
    })),
  }));
}

/** User-data of the first node of a role, on a blank machine or on an image of its role with these layers. */
async function reached({ role, folder }: Row, base: Base): Promise<Size> {
  const work = join(freshFolder(), 'cluster');
  cpSync(goldenFolder(folder.split('/').at(-1) ?? ''), work, { recursive: true });
  const file = join(work, 'cluster.yaml');
  const own = join(work, 'knode.lock.yaml');
  const lock = existsSync(own) ? own : packagePath('test/fixtures/test.lock.yaml');
  const output = join(freshFolder(), 'build');
  if (base !== 'blank') await imageTemplate({ file, lock, builder: 'null', role, layers: base, output }, memoryIo());
  const image = base === 'blank' ? {} : { image: writeManifest(manifestOf(output)) };
  const io = memoryIo();
  await render({ file, lock, role, index: '0', ...image }, io);
  return { raw: Buffer.byteLength(io.out()), compressed: gzip(io.out()).length };
}

/**
 * Figures in a text need not be updated for each line of a script. Keys and certificates are random, and it depends on
 * chance whether gzip finds a key's modulus again in its certificate: the base64 texts are equal only if it begins at
 * the same offset modulo three. A balancer's 8,303 bytes become 4,297 to 4,694.
 */
const near = (size: number) => Math.max(300, size * 0.08);

const rows = promised();

it('docs/images.md names every role', () => {
  expect([...new Set(rows.map((row) => row.role))].sort()).toEqual(['balancer', 'etcd', 'master', 'worker']);
});

describe.each(rows)('user-data of a $role of $folder', (row) => {
  it.each(bases)('has the size in docs/images.md: %s', async (base) => {
    const size = await reached(row, base);
    const says = row.sizes[bases.indexOf(base)] ?? { compressed: 0, raw: 0 };
    const { compressed, raw } = size;
    const told = `${row.role} of ${row.folder}, ${base}: ${compressed} (${raw}) bytes`;
    process.stderr.write(`${told}\n`);
    expect(Math.abs(compressed - says.compressed), told).toBeLessThanOrEqual(near(says.compressed));
    expect(Math.abs(raw - says.raw), told).toBeLessThanOrEqual(near(says.raw));
  });
});

it('keeps the user-data of a baked worker within 4 KiB, compressed', () => {
  const workers = rows.filter((row) => row.role === 'worker').map(({ sizes }) => sizes.map((one) => one.compressed));
  expect(workers.length).toBeGreaterThan(1);
  // A worker's passport and certificates are its own, so this needs the layers image,cluster.
  for (const [, , cluster] of workers) expect(cluster).toBeLessThan(4096 - near(4096));
});
