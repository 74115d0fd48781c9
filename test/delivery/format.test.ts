import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { userData } from '../../src/delivery/cloud-init/user-data.ts';
import { base64Length, byteLength, encode, gzip } from '../../src/delivery/encode.ts';
import { formats } from '../../src/delivery/format.ts';
import { describeCloudInit, readByCloudInit } from './cloud-init.ts';

const contents = [
  '#!/bin/bash\nset -eu\n\tindented "quoted" $HOME `id` \\\n# a comment\n',
  'From nobody\n--boundary--\n=3D equals\n.\n',
  '\n\nleading\nand trailing spaces   \n\n\n',
  'carriage\r\nreturns\r\n',
  '',
];
const foreign = ['Größe 日本 🎉\n', 'NEL\u0085and\u2028others\n'];
const configOf = (texts: readonly string[]) => ({
  hostname: 'm1',
  write_files: texts.map((content, index) => ({ path: `/f${index}`, permissions: '0600', content })),
});

const plain = userData(configOf(contents));
const long = userData(configOf([...contents, 'x'.repeat(2000)]));
const unicode = userData(configOf([...contents, ...foreign]));

describe('gzip', () => {
  test('contains no time and no machine', () => {
    const bytes = gzip(plain);
    // Deflate, no name, no time, the most compressed, Unix.
    expect([...bytes.slice(0, 10)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3]);
    expect(gunzipSync(bytes).toString()).toBe(plain);
  });
});

describe('base64', () => {
  test('is of gzip, on one line without a newline', () => {
    const { output, decoded } = encode(plain, 'base64');
    expect(output).toMatch(/^[A-Za-z0-9+/]+=*$/);
    expect(Buffer.from(String(output), 'base64')).toEqual(Buffer.from(decoded as Uint8Array));
    expect(byteLength(output)).toBe(base64Length(byteLength(decoded)));
  });

  test.each([
    [0, 0],
    [1, 4],
    [3, 4],
    [4, 8],
  ])('%i bytes are %i', (bytes, length) => expect(base64Length(bytes)).toBe(length));
});

describe('mime', () => {
  const text = (config: string) => String(encode(config, 'mime').output);

  test('is readable, has no carriage returns, and declares its part', () => {
    expect(text(plain)).toMatch(
      /^Content-Type: multipart\/mixed; boundary="==knode-[0-9a-f]{32}=="\nMIME-Version: 1\.0\n/,
    );
    expect(text(plain)).toContain('\nContent-Type: text/cloud-config; charset="utf-8"\n');
    expect(text(plain)).toContain('\n\n#cloud-config\nhostname: m1\n');
    expect(text(plain)).not.toContain('\r');
  });

  test('the boundary follows from the content', () => {
    expect(text(plain)).toBe(text(plain));
    const boundary = (config: string) => /boundary="([^"]+)"/.exec(text(config))?.[1];
    expect(boundary(plain)).not.toBe(boundary(long));
  });

  test.each([
    ['beyond ASCII', unicode],
    ['with too long a line', long],
  ])('user-data %s is sent as base64', (_, config) => {
    expect(text(config)).toContain('\nContent-Transfer-Encoding: base64\n');
    expect(
      text(config)
        .split('\n')
        .filter((line) => line.length > 998),
    ).toEqual([]);
  });

  test('is compressed if the platform needs it', () => {
    const { output, extension } = encode(plain, 'mime', true);
    expect([gunzipSync(output as Uint8Array).toString(), extension]).toEqual([text(plain), '.mime.gz']);
  });
});

test.each(formats.map((one) => one.name))('%s twice is the same', (format) => {
  expect(encode(unicode, format)).toEqual(encode(unicode, format));
});

describeCloudInit('cloud-init reads', () => {
  const configs = [configOf(contents), configOf([...contents, 'x'.repeat(2000)]), configOf([...contents, ...foreign])];

  const texts = formats.filter((one) => !one.seedImage).map((one) => one.name);
  test.each(texts)('%s as the same configuration', (format) => {
    for (const config of configs) {
      const { output } = encode(userData(config), format);
      // Transports decode base64 before cloud-init sees the text.
      const arrives = format === 'base64' ? Buffer.from(String(output), 'base64') : output;
      expect(readByCloudInit(arrives)).toEqual([['text/cloud-config', config]]);
    }
  });

  test('mime that is compressed', () => {
    for (const config of configs)
      expect(readByCloudInit(encode(userData(config), 'mime', true).output)).toEqual([['text/cloud-config', config]]);
  });
});
