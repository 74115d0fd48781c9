import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { mirrorPresign } from '../../../src/commands/mirror/presign.ts';
import { render } from '../../../src/commands/render.ts';
import { freshCluster, memoryIo, mistakes } from '../fixture.ts';

const saved = { ...process.env };
beforeAll(() => {
  // Random keys: signing sends no request.
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'of-nobody',
    AWS_REGION: 'eu-central-1',
  });
  delete process.env.AWS_SESSION_TOKEN;
  delete process.env.AWS_PROFILE;
});
afterAll(() => {
  process.env = saved;
});

const target = 's3://artifacts/knode';

async function signed(file: string, expires = '6h', endpointUrl?: string): Promise<string> {
  const output = join(dirname(file), 'urls.json');
  await mirrorPresign({ file, target, expires, output, ...(endpointUrl && { endpointUrl }) }, memoryIo());
  return output;
}

test('every artifact of the lock gets a URL with the requested expiry', async () => {
  const file = freshCluster();
  const output = await signed(file);
  expect(statSync(output).mode & 0o777).toBe(0o600);
  const { expires, urls } = JSON.parse(readFileSync(output, 'utf8'));
  expect(expires).toBe('2026-11-21T14:00:00.000Z');
  expect(Object.keys(urls).length).toBeGreaterThan(5);
  for (const [key, url] of Object.entries(urls)) {
    const { origin, pathname, searchParams } = new URL(url as string);
    expect([origin, pathname]).toEqual(['https://artifacts.s3.eu-central-1.amazonaws.com', `/knode/${key}`]);
    expect([searchParams.get('X-Amz-Expires'), searchParams.get('X-Amz-SignedHeaders')]).toEqual(['21600', 'host']);
    expect(url).not.toContain('of-nobody');
  }
});

test('for other servers the bucket stands in the path', async () => {
  const { urls } = JSON.parse(
    readFileSync(await signed(freshCluster(), '30m', 'https://minio.example.com:9000'), 'utf8'),
  );
  for (const url of Object.values(urls))
    expect(url).toMatch(/^https:\/\/minio\.example\.com:9000\/artifacts\/knode\/[a-z]/);
});

test('reports what cannot be signed', async () => {
  const file = freshCluster();
  const run = (over: object) => mistakes(() => mirrorPresign({ file, target, expires: '6h', ...over }, memoryIo()));
  for (const expires of ['8d', '0h', '6', 'soon', '-1h'])
    expect([expires, await run({ expires })]).toEqual([expires, [expect.stringContaining('not-an-expiry')]]);
  expect(await run({ target: 'mirror/' })).toEqual([expect.stringContaining('not-a-bucket')]);
  expect(await run({ lock: join(dirname(file), 'none.yaml') })).toEqual([expect.stringContaining('no-lock')]);
  expect(await run({ endpointUrl: 'https://user:word@host' })).toEqual([expect.stringContaining('not-an-endpoint')]);
});

describe('render --presigned', () => {
  it('puts the URLs on the node, in a file that only root can read, and reports their end', async () => {
    const file = freshCluster();
    const presigned = await signed(file);
    const io = memoryIo();
    const tree = join(dirname(file), 'tree');
    await render({ file, node: 'w1', files: tree, presigned }, io);
    const list = readFileSync(join(tree, 'etc/knode/artifacts.list'), 'utf8');
    const lines = list.split('\n').filter((line) => line.startsWith('artifact '));
    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines)
      expect(line).toMatch(
        / https:\/\/artifacts\.s3\.eu-central-1\.amazonaws\.com\/knode\/\S+X-Amz-Signature=[0-9a-f]{64}/,
      );
    expect(statSync(join(tree, 'etc/knode/artifacts.list')).mode & 0o777).toBe(0o600);
    expect(io.err()).toContain('until 2026-11-21T14:00:00.000Z');
    expect(io.err()).not.toContain('X-Amz-Signature');
    const plain = join(dirname(file), 'plain');
    await render({ file, node: 'w1', files: plain }, memoryIo());
    expect(statSync(join(plain, 'etc/knode/artifacts.list')).mode & 0o777).toBe(0o644);
    expect(readdirSync(plain)).toEqual(readdirSync(tree));
  });

  it('refuses URLs that have expired, are incomplete, or are invalid', async () => {
    const file = freshCluster();
    const presigned = await signed(file, '10m');
    const run = (now?: string) =>
      mistakes(() => render({ file, node: 'w1', output: join(dirname(file), 'out'), presigned }, memoryIo(now)));
    expect(await run('2026-11-21T09:00:00Z')).toEqual([expect.stringContaining('presigned-expired')]);
    const document = JSON.parse(readFileSync(presigned, 'utf8'));
    const [first = ''] = Object.keys(document.urls).filter((key) => key.startsWith('kubelet/'));
    delete document.urls[first];
    writeFileSync(presigned, JSON.stringify(document));
    expect(await run()).toEqual([expect.stringMatching(/^not-presigned: .*kubelet/)]);
    writeFileSync(presigned, '{"kind":"PresignedURLs"}');
    expect(await run()).toEqual([expect.stringContaining('presigned-broken')]);
    writeFileSync(presigned, 'https://secret');
    const [told = ''] = await run();
    expect(told).toContain('presigned-broken');
    expect(told).not.toContain('secret');
    chmodSync(presigned, 0o600);
  });
});
