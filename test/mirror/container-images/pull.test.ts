import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pullImage } from '../../../src/mirror/container-images/pull.ts';
import { TransferFailure } from '../../../src/net/failure.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { digestOf, mediaTypes, testIndex, testManifest } from '../../support/test-image.ts';
import { type FakeRegistry, fakeRegistry, impatient, serve, serveByDigest } from './registry-fixture.ts';

const files = [{ path: 'bin/hello', mode: '0755', content: 'hello\n' }];
/** Random bytes stay large when they are compressed: more than one chunk on the wire. */
const large = [{ path: 'large', mode: '0644', content: randomBytes(600_000) }];

function options(registry: FakeRegistry, more: object = {}) {
  const reference = `${registry.host}/test/image:1`;
  return {
    reference,
    arch: 'amd64',
    hosts: {},
    out: join(tempFolder('image'), 'image.tar'),
    surroundings: impatient(),
    ...more,
  } as const;
}

async function failureOf(promise: Promise<unknown>): Promise<TransferFailure> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof TransferFailure)) throw new Error(`no TransferFailure but ${error}`);
  return error;
}

/** path to content, and the order of paths, of a ustar archive. */
function untar(file: string): Map<string, Buffer> {
  const bytes = readFileSync(file);
  const found = new Map<string, Buffer>();
  for (let at = 0; bytes[at] !== 0; ) {
    const text = (from: number, length: number) =>
      bytes.toString('latin1', at + from, at + from + length).replace(/\0.*$/s, '');
    const size = Number.parseInt(text(124, 11), 8);
    expect([text(108, 7), text(116, 7), text(136, 11)]).toEqual(['0000000', '0000000', '00000000000']);
    found.set(text(0, 100), bytes.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return found;
}

describe('the file of an image', () => {
  it('has both layouts, with the blobs once, and the upstream manifest as it is', async () => {
    const registry = await fakeRegistry();
    const image = testManifest([files, large, files]);
    serve(registry, '1', image);
    const asked = options(registry);
    const { sha256, size } = await pullImage(asked);
    const bytes = readFileSync(asked.out);
    expect({ sha256, size }).toEqual({ sha256: createHash('sha256').update(bytes).digest('hex'), size: bytes.length });
    const tar = untar(asked.out);
    const path = (digest: string) => `blobs/${digest.replace(':', '/')}`;
    const [config, first, second] = [...image.blobs.keys()];
    expect([...tar.keys()]).toEqual(
      ['oci-layout', 'index.json', 'manifest.json'].concat(
        [image.digest, `${config}`, `${first}`, `${second}`].map(path),
      ),
    );
    for (const [name, content] of tar) {
      if (name.startsWith('blobs/')) expect(path(digestOf(content))).toBe(name);
    }
    expect(JSON.parse(`${tar.get('index.json')}`).manifests).toEqual([
      {
        mediaType: image.mediaType,
        digest: image.digest,
        size: image.bytes.length,
        annotations: {
          'io.containerd.image.name': asked.reference,
          'org.opencontainers.image.ref.name': '1',
        },
      },
    ]);
    expect(JSON.parse(`${tar.get('manifest.json')}`)).toEqual([
      {
        Config: path(`${config}`),
        RepoTags: [asked.reference],
        Layers: [first, second, first].map((one) => path(`${one}`)),
      },
    ]);
  });

  it('is the same, byte by byte, whenever and from wherever the image is pulled', async () => {
    const image = testManifest([files, large], { kind: 'docker' });
    const sums = new Set<string>();
    for (const hosts of [{}, { elsewhere: 'unused' }]) {
      const registry = await fakeRegistry();
      serve(registry, '1', image);
      const more = {
        reference: 'registry.example.com/image:1',
        hosts: { ...hosts, 'registry.example.com': `http://${registry.host}` },
      };
      sums.add((await pullImage(options(registry, more))).sha256);
    }
    expect(sums.size).toBe(1);
  });

  it('contains the requested name, even if a replacement with a path serves it', async () => {
    const registry = await fakeRegistry();
    serve(registry, '1', testManifest([files]));
    const more = { reference: 'image:1', hosts: { 'docker.io': `http://${registry.host}/proxy` } };
    const asked = options(registry, more);
    await pullImage(asked);
    expect(registry.requests[0]?.url).toBe('/v2/proxy/library/image/manifests/1');
    expect(`${untar(asked.out).get('manifest.json')}`).toContain('"RepoTags":["docker.io/library/image:1"]');
  });

  it.each(['oci', 'docker'] as const)('has the requested architecture (%s)', async (kind) => {
    const registry = await fakeRegistry();
    const [amd, arm] = [testManifest([files], { kind }), testManifest([large], { kind, architecture: 'arm64' })];
    const list = testIndex({ 'linux/amd64/v3': testManifest([]), 'linux/amd64': amd, 'linux/arm64/v8': arm }, kind);
    registry.content.set('manifests/1', { type: mediaTypes[kind].list, bytes: list });
    serveByDigest(registry, amd);
    serveByDigest(registry, arm);
    for (const [arch, image] of [
      ['amd64', amd],
      ['arm64', arm],
    ] as const) {
      const asked = options(registry, { arch });
      await pullImage(asked);
      expect([...untar(asked.out).keys()]).toContain(`blobs/${image.digest.replace(':', '/')}`);
    }
  });
});

describe('a registry', () => {
  it('that requires a token gets an anonymous one, and no other host sees it', async () => {
    const registry = await fakeRegistry();
    const store = await fakeRegistry();
    const image = testManifest([files]);
    serve(registry, '1', image);
    serveByDigest(store, image);
    const realm = `http://${registry.host}/token`;
    registry.meddle = (path, { headers }, response) => {
      if (path.startsWith('/token?')) response.end('{"access_token":"abc"}');
      else if (headers.authorization !== 'Bearer abc') {
        const scope = 'repository:test/image:pull';
        response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}",service="reg",scope="${scope}"` }).end();
      } else if (path.startsWith('blobs/')) {
        response.writeHead(307, { location: `http://${store.host}/v2/test/image/${path}` }).end();
      } else return false;
      return true;
    };
    await pullImage(options(registry));
    const tokens = registry.requests.filter(({ url }) => url.startsWith('/token'));
    expect(tokens).toMatchObject([{ url: '/token?service=reg&scope=repository%3Atest%2Fimage%3Apull' }]);
    expect(store.requests.length).toBeGreaterThan(0);
    expect(store.requests.map(({ authorization }) => authorization)).toEqual(store.requests.map(() => undefined));
  });

  it.each([
    ['a manifest', 'manifests/1', 404, 'image-not-found', /there is no image 127\.0\.0\.1:\d+\/test\/image:1/],
    ['a blob', 'blobs/', 404, 'registry-answer', /has no blob sha256:[0-9a-f]{64}/],
    ['without leave', 'manifests/1', 403, 'image-denied', /does not let everybody pull it \(403\)/],
    ['without a challenge', 'manifests/1', 401, 'image-denied', /does not let everybody pull it \(401\)/],
    ['too often', 'manifests/1', 429, 'upstream-refused', /answered 429 \(too many requests\)/],
    ['while it is down', 'blobs/', 503, 'upstream-refused', /answered 503/],
  ])('that is requested for %s', async (_, start, status, code, words) => {
    const registry = await fakeRegistry();
    serve(registry, '1', testManifest([files]));
    registry.meddle = (path, _request, response) => path.startsWith(start) && Boolean(response.writeHead(status).end());
    const pauses: number[] = [];
    const asked = options(registry, { surroundings: impatient(pauses) });
    const failure = await failureOf(pullImage(asked));
    expect(failure.code).toBe(code);
    expect(failure.message).toMatch(words);
    expect(failure.hint).toMatch(/\S/);
    expect(pauses).toHaveLength(status === 429 || status === 503 ? 2 : 0);
    expect(existsSync(asked.out)).toBe(false);
  });

  it('that requires a password is distinguished from one that requires a token', async () => {
    const registry = await fakeRegistry();
    registry.meddle = (_, __, response) =>
      Boolean(response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end());
    const failure = await failureOf(pullImage(options(registry)));
    expect(failure.message).toMatch(/asks for Basic authentication/);
  });

  it('is given the pause that it requests, and asked again', async () => {
    const registry = await fakeRegistry();
    serve(registry, '1', testManifest([files]));
    let refused = 0;
    registry.meddle = (path, _, response) => {
      if (path !== 'manifests/1' || refused++ > 0) return false;
      return Boolean(response.writeHead(429, { 'retry-after': '7' }).end());
    };
    const pauses: number[] = [];
    await pullImage(options(registry, { surroundings: impatient(pauses) }));
    expect(pauses).toEqual([7000]);
  });
});

describe('a layer', () => {
  it.each([true, false])('that breaks off is resumed (ranges: %s)', async (ranges) => {
    const registry = await fakeRegistry();
    const image = testManifest([large]);
    serve(registry, '1', image);
    const [, [digest, bytes] = ['', Buffer.of()]] = [...image.blobs];
    let broken = 0;
    registry.meddle = (path, { headers }, response) => {
      if (path !== `blobs/${digest}`) return false;
      if (broken++ === 0) {
        response.writeHead(200, { 'content-length': bytes.length });
        response.write(bytes.subarray(0, 300_000), () => response.destroy());
        return true;
      }
      const from = Number(/^bytes=(\d+)-$/.exec(`${headers.range}`)?.[1]);
      if (!ranges) return false;
      response.writeHead(206, { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` });
      response.end(bytes.subarray(from));
      return true;
    };
    const asked = options(registry);
    await pullImage(asked);
    expect(registry.requests.filter(({ range }) => range !== undefined)).toHaveLength(1);
    expect(
      untar(asked.out)
        .get(`blobs/${digest.replace(':', '/')}`)
        ?.equals(bytes),
    ).toBe(true);
  });

  it.each([
    ['other bytes', (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -1), Buffer.of(255)]), 'digest'],
    ['too few', (bytes: Buffer) => bytes.subarray(0, -1), 'size'],
    ['too many', (bytes: Buffer) => Buffer.concat([bytes, bytes]), 'size'],
  ])('with %s is refused', async (_, change, what) => {
    const registry = await fakeRegistry();
    const image = testManifest([large]);
    serve(registry, '1', image);
    const [, [digest, bytes] = ['', Buffer.of()]] = [...image.blobs];
    const wrong = change(bytes);
    registry.content.set(`blobs/${digest}`, { type: '', bytes: wrong });
    const asked = options(registry);
    const failure = await failureOf(pullImage(asked));
    expect(failure.code).toBe('image-corrupt');
    if (what === 'digest') expect(failure.message).toContain(`its digest is ${digestOf(wrong)}, expected ${digest}`);
    else expect(failure.message).toMatch(new RegExp(`it has \\d+ bytes, expected ${bytes.length}`));
    expect(readdirSync(join(asked.out, '..'))).toEqual([]);
  });
});

describe('images that nodes cannot use', () => {
  it('are reported with the available alternatives', async () => {
    const registry = await fakeRegistry();
    const list = testIndex({ 'linux/s390x': testManifest([]), 'windows/amd64': testManifest([]) });
    registry.content.set('manifests/1', { type: mediaTypes.oci.list, bytes: list });
    const failure = await failureOf(pullImage(options(registry)));
    expect(failure.message).toMatch(/has no linux\/amd64; it has linux\/s390x, windows\/amd64$/);
    serve(registry, '1', testManifest([files], { architecture: 'arm64' }));
    expect((await failureOf(pullImage(options(registry)))).message).toMatch(
      /has no linux\/amd64; it has linux\/arm64$/,
    );
  });

  it('are refused with a remedy', async () => {
    const registry = await fakeRegistry();
    const zstd = 'application/vnd.oci.image.layer.v1.tar+zstd';
    serve(registry, '1', testManifest([files], { layerType: zstd }));
    expect((await failureOf(pullImage(options(registry)))).message).toContain(`has a layer of type ${zstd}`);
    for (const [text, words] of [
      ['{"schemaVersion":1}', /schema 1/],
      ['<html>', /is not an image manifest: it is not JSON/],
      ['{"schemaVersion":2,"config":{}}', /is not an image manifest: config\.mediaType/],
    ] as const) {
      registry.content.set('manifests/1', { type: '', bytes: Buffer.from(text) });
      const failure = await failureOf(pullImage(options(registry)));
      expect(failure.message).toMatch(words);
      expect(failure.hint).toMatch(/\S/);
    }
  });

  it('are refused by name', async () => {
    for (const reference of [
      'registry.example.com/a@sha256:00',
      'https://registry.example.com/a:1',
      'a:..',
      'A/b:1',
      '',
    ]) {
      const failure = await failureOf(pullImage({ ...options(await fakeRegistry()), reference }));
      expect([reference, failure.code]).toEqual([reference, 'image-reference']);
    }
  });
});
