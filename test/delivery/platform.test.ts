import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { packagePath } from '../../src/base/files/package-root.ts';
import { type Encoded, encode } from '../../src/delivery/encode.ts';
import { measure } from '../../src/delivery/limit.ts';
import { clouds } from '../../src/platform/clouds.ts';

const page = readFileSync(packagePath('docs/formats.md'), 'utf8');

test.each(clouds)('$name names the source of its limit, and the page agrees', (platform) => {
  expect(platform.source).toMatch(/^https:\/\//);
  const row = page.split('\n').find((line) => line.startsWith(`| \`${platform.name}\` |`)) ?? '';
  expect(row).toContain(platform.source);
  expect(row).toContain(platform.formats.map((format) => `\`${format}\``).join(', '));
  expect(row).toContain(
    platform.limit === undefined ? '| none |' : `${platform.limit.bytes.toLocaleString('en-US')} bytes`,
  );
});

test('only NoCloud has images', () => {
  expect(clouds.filter(({ formats }) => formats.includes('iso')).map(({ name }) => name)).toEqual(['nocloud']);
});

describe('what a limit counts', () => {
  const encoded: Encoded = { decoded: new Uint8Array(100), output: 'x'.repeat(7), extension: '' };

  test.each([
    ['decoded', 100],
    ['base64', 136],
    ['value', 7],
  ] as const)('%s', (of, bytes) => expect(measure(encoded, { of })).toBe(bytes));

  test('characters beyond ASCII count as their bytes', () => {
    expect(measure(encode('ü', 'cloud-config'), { of: 'decoded' })).toBe(2);
  });
});
