import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { mirrorPush } from '../../../src/commands/mirror/push.ts';
import { indexKey } from '../../../src/mirror/layout/keys.ts';
import { memoryIo, mistakes } from '../../commands/fixture.ts';
import { fillMirror, lockText, noise } from '../../mirror/store-fixture.ts';
import { type Fault, type FaultProxy, startFaultProxy } from '../servers/fault-proxy.ts';
import { type Radosgw, radosgwTools, startRadosgw } from '../servers/radosgw.ts';
import { describeReferee, type Finished, sh, sleep, tempDir } from '../tools.ts';
import { bigFile, type Clients, clients, s3Environment, sha256Of, startKnode } from './s3-support.ts';

const large = 'etcd/3.6.8/linux-amd64/etcd-v3.6.8-linux-amd64.tar.gz';
const small = 'kubelet/1.36.2/linux-arm64/kubelet';
const isPart = (line: string) => line.startsWith('PUT ') && line.includes('partNumber=');
/** Places that were pushed to and given up. */
let places = 0;
const isComplete = (line: string) => line.startsWith('POST ') && /uploadId=/.test(line);

describeReferee(
  'knode mirror push through a network that fails',
  { tools: { ...radosgwTools, s3cmd: 's3cmd' } },
  () => {
    let server: Radosgw;
    let proxy: FaultProxy | undefined;
    let home = '';
    let other: Clients;
    const saved = { ...process.env };

    beforeAll(async () => {
      server = await startRadosgw();
      home = tempDir('s3-faults');
      other = clients(server, home);
      const entries = fillMirror(join(home, 'mirror'), { [large]: noise(33_000_000, 3), [small]: noise(400_000, 4) });
      writeFileSync(join(home, 'knode.lock.yaml'), lockText(entries));
      await other.s3cmd('mb', 's3://artifacts');
      for (const [name, value] of Object.entries(s3Environment(server.keys, home))) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    });
    afterEach(async () => {
      await proxy?.stop();
      proxy = undefined;
    });
    afterAll(async () => {
      process.env = saved;
      await server?.stop();
      // A worker that vitest ends in a hurry runs no exit handlers, and this is a gigabyte.
      rmSync(home, { recursive: true, force: true });
    });

    async function through(fault: (line: string, count: number) => Fault | undefined): Promise<FaultProxy> {
      proxy = await startFaultProxy(server.endpoint, fault);
      return proxy;
    }
    const start = (endpoint: string, args: readonly string[]) =>
      startKnode(['mirror', ...args, '--endpoint-url', endpoint], s3Environment(server.keys, home), home);
    const knode = (endpoint: string, ...args: string[]): Promise<Finished> => start(endpoint, args).ended;

    async function expectRight(target: string): Promise<void> {
      const verified = await knode(server.endpoint, 'verify', target, '--deep');
      expect([verified.code, verified.stderr]).toEqual([0, '']);
      expect((await other.s3cmd('multipart', 's3://artifacts')).stdout).not.toContain(target);
    }

    test.each<[string, (line: string, count: number) => Fault | undefined]>([
      ['resets', (_, count) => (count % 4 === 3 ? { kind: 'reset' } : undefined)],
      ['answers 503', (_, count) => (count % 3 === 2 ? { kind: 'status', status: 503, code: 'SlowDown' } : undefined)],
      [
        'answers 500',
        (_, count) => (count % 4 === 2 ? { kind: 'status', status: 500, code: 'InternalError' } : undefined),
      ],
      ['loses answers', (_, count) => (count % 5 === 4 ? { kind: 'lost' } : undefined)],
      [
        'truncates answers',
        (line, count) => (line.startsWith('GET ') && count % 2 === 0 ? { kind: 'truncate' } : undefined),
      ],
    ])('a server that %s: the push succeeds', async (name, fault) => {
      const target = `s3://artifacts/${name.replaceAll(' ', '-')}`;
      const { url, done } = await through(fault);
      const end = await knode(url, 'push', target, '-i', 'mirror');
      expect(end).toExit(0, { stderr: expect.not.stringContaining('error') });
      expect(done).not.toEqual([]);
      await expectRight(target);
    });

    test('a lost answer to the last request of an upload: the object is there, and is not sent again', async () => {
      const lost = new Set<string>();
      const { url, seen } = await through((line) => {
        const first = (isComplete(line) || (line.includes(small) && line.startsWith('PUT '))) && !lost.has(line);
        if (first) lost.add(line);
        return first ? { kind: 'lost' } : undefined;
      });
      expect(await knode(url, 'push', 's3://artifacts/complete', '-i', 'mirror')).toExit(0);
      expect(lost.size).toBe(2);
      expect(seen.filter(isPart)).toHaveLength(7);
      await expectRight('s3://artifacts/complete');
    });

    test.each(['NoSuchUpload', 'NoSuchKey'])(
      'an upload that another push aborted, %s: it is started once more',
      async (code) => {
        let left = 2;
        const { url, done } = await through((line) =>
          isComplete(line) && left-- > 0 ? { kind: 'status', status: 404, code } : undefined,
        );
        const target = `s3://artifacts/${code.toLowerCase()}`;
        expect(await knode(url, 'push', target, '-i', 'mirror')).toExit(0, {
          stderr: expect.not.stringContaining('error'),
        });
        expect(done).toHaveLength(2);
        await expectRight(target);
      },
    );

    test('every part carries its MD5; a part with a flipped bit is refused by the server, and sent again', async () => {
      const damaged = new Set<string>();
      const { url, seen, headers } = await through((line) => {
        const first = (isPart(line) || line.includes(`${small}?`)) && damaged.size < 2 && !damaged.has(line);
        if (first) damaged.add(line);
        return first ? { kind: 'damage' } : undefined;
      });
      expect(await knode(url, 'push', 's3://artifacts/damage', '-i', 'mirror')).toExit(0);
      expect(damaged.size).toBe(2);
      const parts = headers.filter((_, at) => isPart(seen[at] ?? ''));
      expect(parts.length).toBeGreaterThan(7);
      for (const { 'content-md5': md5, 'x-amz-checksum-crc32': crc, authorization } of parts) {
        expect([md5, crc]).toEqual([expect.stringMatching(/^[\w+/]{22}==$/), undefined]);
        expect(authorization).toContain('content-md5');
      }
      await expectRight('s3://artifacts/damage');
    });

    test('or the checksums of the SDK, where the user has chosen them', async () => {
      const { url, seen, headers } = await through(() => undefined);
      const env = { ...s3Environment(server.keys, home), AWS_REQUEST_CHECKSUM_CALCULATION: 'WHEN_SUPPORTED' };
      const args = ['mirror', 'push', 's3://artifacts/crc', '-i', 'mirror', '--endpoint-url', url];
      expect(await startKnode(args, env, home).ended).toExit(0);
      const parts = headers.filter((_, at) => isPart(seen[at] ?? ''));
      expect(parts.length).toBe(7);
      for (const { 'content-md5': md5, 'x-amz-checksum-crc32': crc } of parts)
        expect([md5, crc]).toEqual([undefined, expect.stringMatching(/^[\w+/]{6}==$/)]);
      await expectRight('s3://artifacts/crc');
    });

    const options = (target: string, endpointUrl: string) => ({
      ...{ file: 'cluster.yaml', target, endpointUrl, input: join(home, 'mirror'), concurrency: '2' },
    });

    test('a stalled connection is closed, and the request sent again', async () => {
      let stalls = 1;
      const { url } = await through((line) => (isPart(line) && stalls-- > 0 ? { kind: 'stall' } : undefined));
      await mirrorPush(options('s3://artifacts/stall', url), memoryIo(), { tries: 4, connectMs: 5000, stallMs: 8000 });
      expect(stalls).toBeLessThan(0);
      await expectRight('s3://artifacts/stall');
    });

    test('a server that stays broken is reported, and the next run finishes', async () => {
      let broken = true;
      const { url } = await through((line) =>
        broken && isPart(line) ? { kind: 'status', status: 503, code: 'SlowDown' } : undefined,
      );
      const push = () =>
        mirrorPush(options('s3://artifacts/busy', url), memoryIo(), { tries: 2, connectMs: 5000, stallMs: 60_000 });
      await expect(push()).rejects.toMatchObject({ code: 'server-busy', hint: expect.stringContaining('goes on') });
      expect((await other.s3cmd('ls', '-r', 's3://artifacts/busy')).stdout).not.toContain(large);
      expect((await other.s3cmd('ls', '-r', 's3://artifacts/busy')).stdout).not.toContain(indexKey);
      broken = false;
      expect(await mistakes(push)).toEqual([]);
      await expectRight('s3://artifacts/busy');
    });

    test.each(['SIGKILL', 'SIGINT'] as const)(
      '%s in the middle: no partial object, and the same command continues',
      async (signal) => {
        // Another place for each try: one that is complete sends no parts.
        const target = `s3://artifacts/${signal.toLowerCase()}-${++places}`;
        let parts = 0;
        const { url } = await through((line) => (isPart(line) && ++parts > 3 ? { kind: 'stall' } : undefined));
        const running = start(url, ['push', target, '-i', 'mirror']);
        const isThere = async (key: string) => (await other.s3cmd('ls', '-r', target)).stdout.includes(key);
        // Longer than a stalled request is waited for.
        for (const end = Date.now() + 100_000; parts < 5 || !(await isThere(small)); await sleep(50))
          if (Date.now() > end)
            throw new Error(`${parts} parts were sent, and ${small} is not there: ${running.stderr()}`);
        running.child.kill(signal);
        const end = await running.ended;
        expect(end).toExit(signal === 'SIGINT' ? 130 : 137);
        if (signal === 'SIGINT') expect(end.stderr).toContain('the same command goes on where it stopped');
        const listed = (await other.s3cmd('ls', '-r', target)).stdout;
        expect(listed).not.toContain(large);
        expect(listed).not.toContain(indexKey);
        const unfinished = (await other.s3cmd('multipart', 's3://artifacts')).stdout.includes(`${target}/${large}`);
        // Ctrl-C tidies up; after a kill the next push does.
        expect(unfinished).toBe(signal === 'SIGKILL');
        const again = await knode(server.endpoint, 'push', target, '-i', 'mirror');
        expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('1 file pushed, 1 there already')]);
        await expectRight(target);
      },
    );

    test('a file of 1 GiB takes less than 200 MiB of memory', async () => {
      const folder = join(home, 'big');
      const key = 'kubernetes/1.36.2/linux-amd64/kubernetes-server-linux-amd64.tar.gz';
      fillMirror(folder, { [key]: Buffer.alloc(0) });
      await bigFile(join(folder, key), 1024);
      const sha256 = await sha256Of(join(folder, key));
      const index = `{"apiVersion":"knode.dev/v1","kind":"MirrorIndex","artifacts":[{"key":"${key}","name":"kubernetes","version":"1.36.2","arch":"amd64","size":1073741824,"sha256":"${sha256}"}]}`;
      writeFileSync(join(folder, indexKey), index);
      const args = ['mirror', 'push', 's3://artifacts/big', '-i', folder, '--endpoint-url', server.endpoint];
      const report = join(home, 'rss');
      writeFileSync(
        join(home, 'rss.mjs'),
        `import { rmSync, writeFileSync } from 'node:fs';\nprocess.on('exit', () => writeFileSync(${JSON.stringify(report)}, String(process.resourceUsage().maxRSS)));\n`,
      );
      const env = { ...s3Environment(server.keys, home), NODE_OPTIONS: `--import ${join(home, 'rss.mjs')}` };
      const end = await startKnode(args, env, home).ended;
      expect([end.code, end.stdout]).toEqual([0, expect.stringContaining('1 file pushed')]);
      const kilobytes = Number(await sh('cat', [report]).then(({ stdout }) => stdout));
      process.stderr.write(`pushed 1 GiB with ${Math.round(kilobytes / 1024)} MiB of memory: ${end.stdout}`);
      expect(kilobytes).toBeGreaterThan(10_000);
      expect(kilobytes).toBeLessThan(200 * 1024);
    }, 600_000);
  },
);
