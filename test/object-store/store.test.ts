import { mkdirSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it, test } from 'vitest';
import { mirrorGc } from '../../src/commands/mirror/gc.ts';
import { mirrorLs } from '../../src/commands/mirror/ls.ts';
import { mirrorVerify } from '../../src/commands/mirror/verify.ts';
import { readFolderIndex } from '../../src/mirror/layout/folder-index.ts';
import { indexKey } from '../../src/mirror/layout/keys.ts';
import {
  cacheControl,
  contentType,
  emptyIndex,
  indexText,
  type MirrorIndex,
  mergeIndexes,
  sumsText,
} from '../../src/mirror/layout/layout.ts';
import { readStoreIndex, updateIndex } from '../../src/mirror/layout/store-index.ts';
import { VerifiedFile } from '../../src/mirror/push/source.ts';
import { folderStore } from '../../src/object-store/folder-store.ts';
import { sharedBuffer } from '../../src/object-store/hashing/hashes.ts';
import { parseLocation } from '../../src/object-store/location.ts';
import { openS3 } from '../../src/object-store/s3/open-s3.ts';
import type { WritableStore } from '../../src/object-store/store.ts';
import { memoryIo, mistakes } from '../commands/fixture.ts';
import { entryOf, fillMirror, lockText, noise } from '../mirror/store-fixture.ts';
import { tempFolder } from '../support/temp-folder.ts';

const etcd = 'etcd/3.6.8/linux-amd64/etcd.tar.gz';
const kubelet = 'kubelet/1.36.2/linux-arm64/kubelet';
const waiting = { sleep: async () => undefined, chance: () => 0 };

test('places of a mirror', async () => {
  expect(parseLocation('s3://bucket')).toEqual({ kind: 's3', bucket: 'bucket', prefix: '' });
  expect(parseLocation('s3://bucket/a/b/')).toEqual({ kind: 's3', bucket: 'bucket', prefix: 'a/b/' });
  expect(parseLocation('https://h:1/m')).toEqual({ kind: 'http', url: 'https://h:1/m/' });
  expect(parseLocation('mirror/')).toEqual({ kind: 'folder', path: 'mirror/' });
  const bad = [
    's3://',
    's3:///x',
    's3://b',
    's3://bucket/a//b',
    's3://bucket/../x',
    's3://bucket/a b',
    'ftp://h/x',
    'http://u:geheim@h/',
    'https://h/?x=1',
  ];
  for (const text of bad) {
    const [told = ''] = await mistakes(() => parseLocation(text));
    expect([text, told]).toEqual([text, expect.stringMatching(/^not-a-mirror-location: .* \| /)]);
    expect(told).not.toContain('geheim');
  }
});

describe('a change of the index', () => {
  const add = (key: string) => (base: MirrorIndex) => mergeIndexes(base, [entryOf(key, Buffer.from(key))]).index;

  it('writes index and sums, and nothing if there is no change', async () => {
    const store = folderStore(tempFolder('index'));
    expect(await updateIndex(store, add(etcd), waiting)).toBe(true);
    expect(await updateIndex(store, add(etcd), waiting)).toBe(false);
    expect(await updateIndex(store, add(kubelet), waiting)).toBe(true);
    const found = await readStoreIndex(store);
    expect(found?.index.artifacts.map(({ key }) => key)).toEqual([etcd, kubelet]);
    expect(readFileSync(join(store.place, 'SHA256SUMS'), 'utf8')).toBe(sumsText(found!.index));
  });

  it('repairs sums that an interrupted run left behind', async () => {
    const store = folderStore(tempFolder('index-sums'));
    await updateIndex(store, add(etcd), waiting);
    rmSync(join(store.place, 'SHA256SUMS'));
    expect(await updateIndex(store, add(etcd), waiting)).toBe(true);
    expect(readFileSync(join(store.place, 'SHA256SUMS'), 'utf8')).toContain(etcd);
  });

  /** Another writer changes the index between reading and writing, `times` times. */
  function racing(store: WritableStore, times: number, honours: boolean): WritableStore {
    let left = times;
    return {
      ...store,
      writeText: async (key, text, tag) => {
        if (key === indexKey && tag !== 'absent' && left-- > 0) {
          const theirs = (await readStoreIndex(store))?.index ?? emptyIndex;
          await store.writeText(indexKey, indexText(add(`crictl/1.${left}.0/linux-amd64/crictl`)(theirs)), undefined);
        }
        return store.writeText(key, text, honours ? tag : undefined);
      },
    };
  }

  it('keeps concurrent entries', async () => {
    const store = folderStore(tempFolder('index-race'));
    await updateIndex(store, add(etcd), waiting);
    await updateIndex(racing(store, 3, true), add(kubelet), waiting);
    expect((await readStoreIndex(store))?.index.artifacts).toHaveLength(5);
    await expect(
      updateIndex(racing(store, 99, true), add('runc/1.1.5/linux-amd64/runc'), waiting),
    ).rejects.toMatchObject({
      code: 'mirror-busy',
    });
  });

  it('on a server without conditions checks after its write, and restores overwritten entries', async () => {
    const store = folderStore(tempFolder('index-poor'));
    await updateIndex(store, add(etcd), waiting);
    const poor = racing(store, 0, false);
    let slept = 0;
    const sleep = async () => {
      // Another push had read before our write.
      if (slept++ === 0)
        await store.writeText(indexKey, indexText(add('runc/1.1.5/linux-amd64/runc')(emptyIndex)), undefined);
    };
    await updateIndex(poor, add(kubelet), { sleep, chance: () => 0 });
    expect(slept).toBeGreaterThan(1);
    expect((await readStoreIndex(store))?.index.artifacts.map(({ key }) => key)).toContain(kubelet);
  });
});

describe('a file that is pushed', () => {
  const folder = tempFolder('source');
  const path = join(folder, 'file');
  const read = async (content: Buffer, meanwhile: () => void = () => undefined): Promise<Buffer> => {
    const file = await VerifiedFile.open(path, entryOf(etcd, content), new AbortController().signal);
    try {
      const bytes = sharedBuffer(content.length);
      const half = Math.floor(content.length / 2);
      await file.fill(bytes.subarray(0, half));
      meanwhile();
      await file.fill(bytes.subarray(half));
      await file.verify();
      return bytes;
    } finally {
      await file.close();
    }
  };

  it('is read whole if it matches the index', async () => {
    writeFileSync(path, noise(3_000_000, 1));
    expect(noise(3_000_000, 1).equals(await read(noise(3_000_000, 1)))).toBe(true);
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['other bytes', () => read(noise(3_000_000, 2)), 'is not what the index says'],
    ['longer', () => read(noise(2_000_000, 1)), 'has 3000000 bytes, the index says 2000000'],
    ['shorter', () => read(noise(4_000_000, 1)), 'has 3000000 bytes, the index says 4000000'],
    ['cut while it is read', () => read(noise(3_000_000, 1), () => truncateSync(path, 5)), 'changed while it was read'],
    [
      'changed while it is read',
      () => read(noise(3_000_000, 3), () => writeFileSync(path, noise(3_000_000, 4))),
      'changed while it was read',
    ],
  ])('%s is a mistake before its end', async (_, work, why) => {
    writeFileSync(path, noise(3_000_000, why.startsWith('changed') ? 3 : 1));
    utimesSync(path, 1, 1);
    expect(await mistakes(work)).toEqual([expect.stringContaining(why)]);
  });

  it('that is missing is a mistake', async () => {
    rmSync(path);
    expect(await mistakes(() => read(Buffer.alloc(1)))).toEqual([expect.stringContaining('is not there')]);
  });
});

describe('a folder', () => {
  function mirror(): { folder: string; lock: string; options: { file: string; target: string; concurrency: string } } {
    const folder = tempFolder('folder');
    const target = join(folder, 'mirror');
    const entries = fillMirror(target, { [etcd]: noise(5000, 1), [kubelet]: noise(6000, 2) });
    const lock = join(folder, 'knode.lock.yaml');
    writeFileSync(lock, lockText(entries));
    return { folder: target, lock, options: { file: join(folder, 'cluster.yaml'), target, concurrency: '2' } };
  }

  it('is listed', async () => {
    const io = memoryIo();
    await mirrorLs(mirror().options, io);
    expect(io.out()).toMatch(
      /^artifact +version +arch +size +sha256 +file\netcd .*5\.00 kB.*\nkubelet .*\n2 files, 11\.0 kB\n$/,
    );
    const json = memoryIo();
    await mirrorLs({ ...mirror().options, json: true }, json);
    expect(JSON.parse(json.out()).artifacts).toHaveLength(2);
    expect(await mistakes(() => mirrorLs({ file: 'x', target: tempFolder('none') }, io))).toEqual([
      expect.stringContaining('not-a-mirror'),
    ]);
  });

  it('is verified: wrong and missing files are listed, and are a mistake', async () => {
    const { folder, options } = mirror();
    const io = memoryIo();
    await mirrorVerify({ ...options, deep: true }, io);
    expect(io.out()).toContain(`ok      ${etcd} (5.00 kB, hashed)\n`);
    writeFileSync(join(folder, etcd), noise(5000, 9));
    await mirrorVerify(options, memoryIo());
    const told = memoryIo();
    expect(await mistakes(() => mirrorVerify({ ...options, deep: true }, told))).toEqual([
      expect.stringMatching(/^mirror-not-right: 1 of 2 /),
    ]);
    expect(told.out()).toContain(
      `wrong   ${etcd}: sha256 of the file is ${entryOf(etcd, noise(5000, 9)).sha256}, expected `,
    );
    rmSync(join(folder, kubelet));
    const gone = memoryIo();
    expect(await mistakes(() => mirrorVerify({ ...options, json: true }, gone))).toHaveLength(1);
    expect(JSON.parse(gone.out())).toMatchObject({ ok: false, artifacts: [{ status: 'ok' }, { status: 'missing' }] });
  });

  it('that lacks a file of the lock is wrong, whatever its index says', async () => {
    const { options, lock } = mirror();
    writeFileSync(lock, lockText([entryOf(etcd, noise(5000, 7)), entryOf('runc/1.1.5/linux-amd64/runc', noise(1, 1))]));
    const io = memoryIo();
    expect(await mistakes(() => mirrorVerify(options, io))).toHaveLength(1);
    expect(io.out()).toContain(`wrong   ${etcd}: sha256 of the index is`);
    expect(io.out()).toContain('missing runc/1.1.5/linux-amd64/runc: it is not there');
  });

  it('loses files that no lock names, and keeps foreign ones', async () => {
    const { folder, lock, options } = mirror();
    writeFileSync(lock, lockText([entryOf(kubelet, noise(6000, 2))]));
    const old = join(folder, 'runc/1.0.0/linux-amd64/runc');
    const young = join(folder, 'runc/1.1.5/linux-amd64/runc');
    for (const path of [old, young, join(folder, 'notes/of/somebody/else.txt'), join(folder, 'README')]) {
      mkdirSync(join(path, '..'), { recursive: true });
      writeFileSync(path, 'x');
    }
    const now = '2026-11-21T08:00:00Z';
    utimesSync(old, new Date('2026-11-19T08:00:00Z'), new Date('2026-11-19T08:00:00Z'));
    utimesSync(young, new Date('2026-11-21T07:00:00Z'), new Date('2026-11-21T07:00:00Z'));
    const gc = { ...options, keep: [lock] };
    const plan = memoryIo(now);
    await mirrorGc(gc, plan);
    expect(plan.out()).toContain(`remove ${etcd}\nremove runc/1.0.0/linux-amd64/runc\n2 files that no lock needs`);
    expect(readFolderIndex(folder).value?.artifacts).toHaveLength(2);
    await mirrorGc({ ...gc, yes: true, dryRun: true }, memoryIo(now));
    expect(readFolderIndex(folder).value?.artifacts).toHaveLength(2);
    await mirrorGc({ ...gc, yes: true }, memoryIo(now));
    const left = (await folderStore(folder).list()).map(({ key }) => key).sort();
    expect(left).toEqual([
      'README',
      'SHA256SUMS',
      'index.json',
      kubelet,
      'notes/of/somebody/else.txt',
      'runc/1.1.5/linux-amd64/runc',
    ]);
    expect(readFolderIndex(folder).value?.artifacts.map(({ key }) => key)).toEqual([kubelet]);
    expect(
      await mistakes(() => mirrorGc({ ...gc, keep: [lock, join(folder, 'none.yaml')], yes: true }, memoryIo(now))),
    ).toEqual([expect.stringContaining('no-lock')]);
    expect(await mistakes(() => mirrorGc({ ...gc, target: 'http://127.0.0.1:1/' }, memoryIo(now)))).toEqual([
      expect.stringContaining('read-only-mirror'),
    ]);
  });
});

test('partial downloads are removed if no lock needs the file, or it exists; others can be resumed', async () => {
  const folder = tempFolder('parts');
  const lock = join(folder, 'a.lock.yaml');
  const wanted = 'runc/1.2.0/linux-amd64/runc';
  fillMirror(join(folder, 'mirror'), { [kubelet]: noise(10, 1) });
  writeFileSync(lock, lockText([entryOf(kubelet, noise(10, 1)), entryOf(wanted, noise(10, 2))]));
  const old = new Date('2026-11-19T08:00:00Z');
  const put = (key: string, modified = old) => {
    mkdirSync(join(folder, 'mirror', key, '..'), { recursive: true });
    writeFileSync(join(folder, 'mirror', key), 'x');
    utimesSync(join(folder, 'mirror', key), modified, modified);
  };
  const gone = [
    'kubelet/1.36.2/linux-arm64/.kubelet.part',
    'runc/1.0.0/linux-amd64/.runc.part',
    'runc/1.0.0/linux-amd64/.runc.part.etag',
  ];
  const kept = ['runc/1.2.0/linux-amd64/.runc.part', 'notes/.letter.part', '.part'];
  for (const key of [...gone, ...kept]) put(key);
  put('runc/1.1.0/linux-amd64/.runc.part', new Date('2026-11-21T07:00:00Z'));
  const gc = { file: 'cluster.yaml', target: join(folder, 'mirror'), keep: [lock], yes: true };
  await mirrorGc(gc, memoryIo('2026-11-21T08:00:00Z'));
  const left = (await folderStore(join(folder, 'mirror')).list()).map(({ key }) => key).sort();
  expect(left).toEqual([...kept, 'runc/1.1.0/linux-amd64/.runc.part', kubelet, indexKey, 'SHA256SUMS'].toSorted());
});

describe('refusals of an S3 server', () => {
  let stop: () => Promise<void> = async () => undefined;
  afterEach(() => stop());

  async function opened(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<unknown> {
    const server = createServer(answer);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    stop = () => new Promise((resolve) => server.close(() => resolve()));
    const endpointUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const keys = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const;
    const saved = keys.map((name) => process.env[name]);
    for (const name of keys) process.env[name] = 'a-test-key-of-nobody';
    try {
      const patience = { tries: 2, connectMs: 1000, stallMs: 5000 };
      const { proven, close } = openS3(
        { bucket: 'bucket', prefix: '', headers: { contentType, cacheControl } },
        { endpointUrl },
        {},
        new AbortController().signal,
        patience,
      );
      await proven.finally(close);
      return 'opened';
    } catch (error) {
      return error;
    } finally {
      for (const [at, name] of keys.entries()) {
        if (saved[at] === undefined) delete process.env[name];
        else process.env[name] = saved[at];
      }
      server.closeAllConnections();
    }
  }
  const xml =
    (status: number, code: string, headers: Record<string, string> = {}, more = '') =>
    (_: IncomingMessage, response: ServerResponse) => {
      response.writeHead(status, { 'content-type': 'application/xml', ...headers });
      response.end(
        `<?xml version="1.0"?><Error><Code>${code}</Code><Message>a-test-key-of-nobody</Message>${more}</Error>`,
      );
    };
  const told = (error: unknown): string => {
    const { diagnostics, code, message, hint } = error as {
      diagnostics?: { code: string; message: string; hint?: string }[];
      code: string;
      message: string;
      hint?: string;
    };
    const [first = { code, message, hint }] = diagnostics ?? [];
    return `${first.code}: ${first.message} | ${first.hint}`;
  };

  it.each<[string, (request: IncomingMessage, response: ServerResponse) => void, RegExp]>([
    [
      'another region, in the header',
      xml(301, 'PermanentRedirect', { 'x-amz-bucket-region': 'eu-central-1' }),
      /^wrong-region: .*eu-central-1 \| give --region eu-central-1/,
    ],
    [
      'another region, in the body',
      xml(400, 'AuthorizationHeaderMalformed', {}, '<Region>eu-west-3</Region>'),
      /^wrong-region: .*eu-west-3/,
    ],
    ['expired', xml(400, 'ExpiredToken'), /^credentials-expired: .*goes on/],
    ['a wrong clock', xml(403, 'RequestTimeTooSkewed'), /^clock-skew: /],
    ['an unknown key', xml(403, 'InvalidAccessKeyId'), /^wrong-credentials: /],
    ['no permission', xml(403, 'AccessDenied'), /^access-denied: .*s3:ListBucket/],
    ['no bucket', xml(404, 'NoSuchBucket'), /^no-bucket: there is no bucket 'bucket' at http/],
    ['too busy', xml(503, 'SlowDown'), /^server-busy: .*503 SlowDown to every try/],
    ['no room', xml(507, 'InsufficientStorage'), /^server-full: .*knode mirror gc/],
    ['something else', xml(400, 'Surprise'), /^s3-failed: .*Surprise/],
  ])('%s', async (_, answer, want) => {
    const text = told(await opened(answer));
    expect(text).toMatch(want);
    if (!want.source.includes('Surprise')) expect(text).not.toContain('a-test-key-of-nobody');
  });

  it('a web site is recognised as not S3', async () => {
    const page = (_: IncomingMessage, response: ServerResponse) =>
      response.end('<!doctype html><html><p>hello<br></html>');
    expect(told(await opened(page))).toMatch(/^not-s3: /);
  });
});
