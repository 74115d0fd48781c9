import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { indexKey, sumsKey } from '../../../src/mirror/layout/keys.ts';
import { emptyIndex, type IndexEntry, mergeIndexes, parseIndex } from '../../../src/mirror/layout/layout.ts';
import { blocksOf } from '../../docs/markdown.ts';
import { entryOf, fillMirror, lockText, noise } from '../../mirror/store-fixture.ts';
import { builtCli } from '../../support/built-cli.ts';
import { startForwardProxy } from '../servers/forward-proxy.ts';
import { type Radosgw, radosgwTools, startRadosgw } from '../servers/radosgw.ts';
import { describeReferee, type Finished, sh, tempDir } from '../tools.ts';
import { busyProcessors, type Clients, clients, s3Environment, sha256Of, startKnode } from './s3-support.ts';

const tools = { ...radosgwTools, rclone: 'rclone', s3cmd: 's3cmd', curl: 'curl' };
const etcd = 'etcd/3.6.8/linux-amd64/etcd-v3.6.8-linux-amd64.tar.gz';
const kubelet = 'kubelet/1.36.2/linux-arm64/kubelet';
const runc = 'runc/1.1.5/linux-amd64/runc.amd64';

describeReferee('knode mirror against Ceph radosgw', { tools }, () => {
  let server: Radosgw;
  let home = '';
  let folder = '';
  let entries: readonly IndexEntry[] = [];
  let other: Clients;

  beforeAll(async () => {
    server = await startRadosgw();
    home = tempDir('s3-home');
    other = clients(server, home);
    folder = join(home, 'mirror');
    // One of several parts, one of one part, one without a byte.
    entries = fillMirror(folder, {
      [etcd]: noise(17_000_001, 1),
      [kubelet]: noise(700_000, 2),
      [runc]: Buffer.alloc(0),
    });
    writeFileSync(join(home, 'knode.lock.yaml'), lockText(entries));
    await other.s3cmd('mb', 's3://artifacts');
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(home, { recursive: true, force: true });
  });

  function knode(
    args: readonly string[],
    env: NodeJS.ProcessEnv = s3Environment(server.keys, home),
  ): Promise<Finished> {
    return startKnode(['mirror', ...args, '--endpoint-url', server.endpoint], env, home).ended;
  }
  const push = (target: string, ...more: string[]) => knode(['push', target, '-i', folder, ...more]);

  test('push: the output of the dry run, the real run, and nothing the second time', async () => {
    const planned = await push('s3://artifacts/first', '--dry-run');
    expect(planned).toExit(0, { stdout: expect.stringContaining(`upload ${etcd}`) });
    expect((await other.s3cmd('ls', '-r', 's3://artifacts/first')).stdout).toBe('');
    const first = await push('s3://artifacts/first');
    expect([first.code, first.stderr]).toEqual([0, expect.stringContaining(`pushed ${etcd}`)]);
    expect(first.stdout).toMatch(/3 files pushed, 0 there already; 17\.7 MB in .*MB\/s\n$/);
    const listed = (await other.s3cmd('ls', '-r', 's3://artifacts/first')).stdout;
    for (const key of [etcd, kubelet, runc, indexKey, sumsKey]) expect(listed).toContain(`s3://artifacts/first/${key}`);
    const again = await push('s3://artifacts/first');
    expect(again).toExit(0, { stdout: expect.stringContaining('0 files pushed, 3 there already') });
    expect((await other.s3cmd('ls', '-r', 's3://artifacts/first')).stdout).toBe(listed);
  });

  test('rclone, s3cmd and curl read back the bytes that the lock pins', async () => {
    const copy = join(home, 'rclone');
    await other.rclone('copy', 'ceph:artifacts/first', copy);
    for (const { key, sha256 } of entries) expect([key, await sha256Of(join(copy, key))]).toEqual([key, sha256]);
    expect(await sh('sha256sum', ['-c', sumsKey], { cwd: copy })).toExit(0);
    const single = join(home, 's3cmd');
    await other.s3cmd('get', `s3://artifacts/first/${etcd}`, single);
    expect(await sha256Of(single)).toBe(entryOf(etcd, noise(17_000_001, 1)).sha256);
    const info = (await other.s3cmd('info', `s3://artifacts/first/${etcd}`)).stdout;
    expect(info).toContain(`x-amz-meta-sha256: ${entries[0]!.sha256}`);
    expect(info).toContain('MIME type: application/gzip');
  });

  test('forty files at once: only the summary is printed', async () => {
    const dir = join(home, 'forty');
    fillMirror(
      dir,
      Object.fromEntries(
        Array.from({ length: 40 }, (_, at) => [`crictl/1.${at}.0/linux-amd64/crictl.tar.gz`, noise(20_000, 100 + at)]),
      ),
    );
    const target = 's3://artifacts/forty';
    const begun = await knode(['push', target, '-i', dir, '--concurrency', '32', '--quiet']);
    expect([begun.code, begun.stderr]).toEqual([0, '']);
    expect(begun.stdout).toContain('40 files pushed');
    const again = await knode(['push', target, '-i', dir, '--quiet']);
    expect([again.code, again.stderr]).toEqual([0, '']);
    expect(again.stdout).toContain('40 there already');
  });

  test('a public read policy serves nodes over plain HTTP', async () => {
    const policy = join(home, 'policy.json');
    const resource = ['arn:aws:s3:::artifacts/first/*'];
    const statement = { Effect: 'Allow', Principal: '*', Action: ['s3:GetObject'], Resource: resource };
    writeFileSync(policy, JSON.stringify({ Version: '2012-10-17', Statement: [statement] }));
    await other.s3cmd('setpolicy', policy, 's3://artifacts');
    const base = `${server.endpoint}/artifacts/first`;
    const { stdout } = await sh('curl', ['-sSI', `${base}/${etcd}`], { check: true });
    expect(stdout.toLowerCase()).toContain('cache-control: public, max-age=31536000, immutable');
    const anonymous = s3Environment(undefined, home);
    for (const more of [[], ['--deep']]) {
      const verified = await startKnode(['mirror', 'verify', base, ...more], anonymous, home).ended;
      expect([verified.code, verified.stderr]).toEqual([0, '']);
      expect(verified.stdout).toContain(`ok      ${etcd}`);
    }
    const listed = await startKnode(['--json', 'mirror', 'ls', base], anonymous, home).ended;
    expect(JSON.parse(listed.stdout).artifacts).toHaveLength(3);
  });

  test('presigned URLs open a private bucket for curl, and for nodes', async () => {
    await push('s3://artifacts/private');
    const denied = await sh('curl', ['-sSf', `${server.endpoint}/artifacts/private/${kubelet}`]);
    expect(denied).not.toExit(0);
    const file = join(home, 'urls.json');
    const signed = await knode(['presign', 's3://artifacts/private', '--expires', '10m', '-o', file]);
    expect([signed.code, signed.stdout]).toEqual([0, '']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const { urls } = JSON.parse(readFileSync(file, 'utf8')) as { urls: Record<string, string> };
    for (const { key, sha256 } of entries) {
      const got = join(home, 'presigned');
      await sh('curl', ['-sSf', '-C', '-', '-o', got, urls[key] ?? ''], { check: key !== runc });
      if (existsSync(got)) expect([key, await sha256Of(got)]).toEqual([key, sha256]);
      rmSync(got, { force: true });
    }
    const told = await knode(['presign', 's3://artifacts/private', '--expires', '1s', '-o', file, '--json']);
    expect(told.stdout).not.toContain('X-Amz-Signature');
    const brief = JSON.parse(readFileSync(file, 'utf8')).urls[kubelet];
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect((await sh('curl', ['-sS', '-o', '/dev/null', '-w', '%{http_code}', brief])).stdout).toBe('403');
  });

  test('over TLS, with a trusted certificate, and with no other', async () => {
    const target = ['push', 's3://artifacts/tls', '-i', folder, '--endpoint-url', server.secureEndpoint];
    const env = s3Environment(server.keys, home);
    const unknown = await startKnode(['mirror', ...target], env, home).ended;
    expect([unknown.code, unknown.stderr]).toEqual([3, expect.stringContaining('[tls-failure]')]);
    expect(unknown.stderr).toContain('NODE_EXTRA_CA_CERTS');
    const trusted = { ...env, NODE_EXTRA_CA_CERTS: server.certificate };
    const pushed = await startKnode(['mirror', ...target], trusted, home).ended;
    expect([pushed.code, pushed.stdout]).toEqual([0, expect.stringContaining('3 files pushed')]);
    const plain = server.secureEndpoint.replace('https:', 'http:');
    const wrong = await startKnode(['mirror', ...target.slice(0, -1), plain], env, home).ended;
    expect([wrong.code, wrong.stderr]).toEqual([3, expect.stringContaining(plain)]);
    expect(await knode(['verify', 's3://artifacts/tls', '--deep'])).toExit(0);
  });

  test('through a proxy: http whole, https in a tunnel; not for what NO_PROXY names', async () => {
    const proxy = await startForwardProxy('me:word');
    try {
      const env = s3Environment(server.keys, home);
      const run = (target: string, endpoint: string, more: NodeJS.ProcessEnv) => {
        const args = ['mirror', 'push', target, '-i', folder, '--endpoint-url', endpoint];
        return startKnode(args, { ...env, ...more }, home).ended;
      };
      const withLogin = proxy.url.replace('//', '//me:word@');
      const trusted = { NODE_EXTRA_CA_CERTS: server.certificate };
      const whole = await run('s3://artifacts/proxied', server.endpoint, { http_proxy: withLogin });
      expect([whole.code, whole.stdout]).toEqual([0, expect.stringContaining('3 files pushed')]);
      expect(new Set(proxy.seen.map((line) => line.split('/artifacts')[0]))).toEqual(
        new Set(['GET', 'HEAD', 'PUT', 'POST'].map((method) => `${method} ${server.endpoint}`)),
      );
      proxy.seen.length = 0;
      const secure = { ...trusted, HTTPS_PROXY: withLogin };
      const tunnelled = await run('s3://artifacts/tunnelled', server.secureEndpoint, secure);
      expect([tunnelled.code, tunnelled.stdout]).toEqual([0, expect.stringContaining('3 files pushed')]);
      expect(new Set(proxy.seen)).toEqual(new Set([`CONNECT ${new URL(server.secureEndpoint).host}`]));
      proxy.seen.length = 0;
      const direct = await run('s3://artifacts/tunnelled', server.secureEndpoint, { ...secure, NO_PROXY: '127.0.0.1' });
      expect([direct.code, proxy.seen]).toEqual([0, []]);
      const refused = await run('s3://artifacts/refused', server.secureEndpoint, {
        ...trusted,
        HTTPS_PROXY: proxy.url,
      });
      expect(refused).toExit(3, { stderr: expect.stringContaining('[proxy-failed]') });
      expect(refused.stderr).toContain(`answered 407 to CONNECT ${new URL(server.secureEndpoint).host}`);
      const gone = await run('s3://artifacts/gone', server.secureEndpoint, { HTTPS_PROXY: 'http://127.0.0.1:1' });
      expect([gone.code, gone.stderr]).toEqual([3, expect.stringMatching(/the proxy .* cannot be reached: .*refused/)]);
      const socks = await run('s3://artifacts/socks', server.endpoint, { http_proxy: 'socks5://127.0.0.1:1080' });
      expect([socks.code, socks.stderr]).toEqual([3, expect.stringContaining('[proxy-unknown]')]);
    } finally {
      await proxy.stop();
    }
    for (const target of ['proxied', 'tunnelled'])
      expect(await knode(['verify', `s3://artifacts/${target}`, '--deep'])).toExit(0);
  });

  test('the commands of docs/mirror.md, unchanged', async () => {
    const site = tempDir('s3-docs');
    const bin = join(site, '.bin');
    const docs = blocksOf('docs/mirror.md').filter(({ info }) => info === 'sh');
    const lines = docs
      .flatMap(({ text }) => text.split('\n'))
      .filter((line) => /^knode mirror .*s3:\/\/artifacts\/knode/.test(line));
    expect(lines.length).toBeGreaterThanOrEqual(7);
    mkdirSync(bin);
    const main = `'${process.execPath}' '${builtCli()}'`;
    writeFileSync(join(bin, 'knode'), `#!/bin/sh\nexec ${main} "$@"\n`, { mode: 0o755 });
    writeFileSync(
      join(site, 'knode.lock.yaml'),
      lockText(fillMirror(join(site, 'mirror'), { [kubelet]: noise(700_000, 2) })),
    );
    // The disk and the server of the page are this folder and this server.
    const script = lines
      .join('\n')
      .replaceAll('/media/usb/', `${site}/`)
      .replaceAll('https://minio.site.example:9000', server.endpoint);
    const env = {
      ...s3Environment(server.keys, home),
      AWS_ENDPOINT_URL: server.endpoint,
      PATH: `${bin}:${process.env.PATH}`,
    };
    const end = await sh('bash', ['--norc', '-euo', 'pipefail', '-c', script], { cwd: site, env });
    expect([end.code, end.stderr.replaceAll(/^knode: .*\n/gm, '')]).toEqual([0, '']);
    expect(existsSync(join(site, 'urls.json'))).toBe(true);
  });

  test('an existing object keeps its bytes without --replace', async () => {
    await push('s3://artifacts/kept');
    const changed = join(home, 'changed');
    const [entry] = fillMirror(changed, { [kubelet]: noise(700_000, 9) });
    const before = (await other.s3cmd('info', `s3://artifacts/kept/${kubelet}`)).stdout;
    const refused = await knode(['push', 's3://artifacts/kept', '-i', changed]);
    expect(refused).toExit(1, { stderr: expect.stringContaining('[mirror-object-differs]') });
    for (const one of [entries[1], entry]) expect(refused.stderr).toContain(one!.sha256);
    expect((await other.s3cmd('info', `s3://artifacts/kept/${kubelet}`)).stdout).toBe(before);
    const replaced = await knode(['push', 's3://artifacts/kept', '-i', changed, '--replace']);
    expect(replaced).toExit(0);
    const index = (await other.s3cmd('get', `s3://artifacts/kept/${indexKey}`, '-')).stdout;
    expect(parseIndex(index, 'index').value?.artifacts.map(({ key }) => key)).toEqual([etcd, kubelet, runc]);
    expect(index).toContain(entry!.sha256);
  });

  test('an object of the same size from another source is read before it is trusted', async () => {
    await other.s3cmd('put', join(folder, kubelet), `s3://artifacts/foreign/${kubelet}`);
    expect((await push('s3://artifacts/foreign')).stdout).toContain('2 files pushed, 1 there already');
    const wrong = join(home, 'wrong');
    writeFileSync(wrong, noise(700_000, 5));
    await other.s3cmd('put', wrong, `s3://artifacts/foreign-wrong/${kubelet}`);
    expect(await push('s3://artifacts/foreign-wrong')).toExit(1, {
      stderr: expect.stringContaining('differs'),
    });
  });

  test('four pushes at once to a loaded server: all succeed, and the index names all files', async () => {
    const idle = busyProcessors();
    onTestFinished(idle);
    const mirrors = [1, 2, 3, 4].map((at) => {
      const dir = join(home, `both-${at}`);
      const own = `crictl/1.${at}.0/linux-amd64/crictl.tar.gz`;
      return { dir, entries: fillMirror(dir, { [etcd]: noise(17_000_001, 1), [own]: noise(6_000_000, 20 + at) }) };
    });
    const ends = await Promise.all(mirrors.map(({ dir }) => knode(['push', 's3://artifacts/both', '-i', dir])));
    for (const end of ends) expect(end).toExit(0, { stderr: expect.not.stringContaining('error') });
    idle();
    const index = (await other.s3cmd('get', `s3://artifacts/both/${indexKey}`, '-')).stdout;
    const all = mirrors.reduce((base, one) => mergeIndexes(base, one.entries).index, emptyIndex);
    expect(parseIndex(index, 'index').value).toEqual(all);
    const copy = join(home, 'both');
    await other.rclone('copy', 'ceph:artifacts/both', copy);
    expect(await sh('sha256sum', ['-c', '--quiet', sumsKey], { cwd: copy })).toExit(0);
    expect(readFileSync(join(copy, sumsKey), 'utf8').split('\n')).toHaveLength(all.artifacts.length + 1);
    expect((await other.s3cmd('multipart', 's3://artifacts')).stdout).not.toContain('artifacts/both/');
  });

  test('verify reports missing, wrong or foreign files, and --deep reads bytes that contradict their record', async () => {
    await push('s3://artifacts/broken');
    const lie = join(home, 'lie');
    writeFileSync(lie, noise(700_000, 77));
    const meta = `--add-header=x-amz-meta-sha256:${entries[1]!.sha256}`;
    await other.s3cmd('put', meta, lie, `s3://artifacts/broken/${kubelet}`);
    expect(await knode(['verify', 's3://artifacts/broken'])).toExit(0);
    const deep = await knode(['verify', 's3://artifacts/broken', '--deep']);
    expect(deep).toExit(1, {
      stdout: expect.stringContaining(`wrong   ${kubelet}: sha256 of the file is `),
    });
    await other.s3cmd('rm', `s3://artifacts/broken/${etcd}`);
    const gone = await knode(['verify', 's3://artifacts/broken']);
    expect(gone).toExit(1, { stdout: expect.stringContaining(`missing ${etcd}: it is not there`) });
    // A push restores missing files.
    expect((await push('s3://artifacts/broken')).stdout).toContain('1 file pushed, 2 there already');
  });

  test('gc removes what no lock names, and no foreign files', async () => {
    await push('s3://artifacts/gc');
    await other.s3cmd('put', join(folder, sumsKey), 's3://artifacts/gc/notes/of/somebody.txt');
    const keep = join(home, 'keep.lock.yaml');
    writeFileSync(keep, lockText([entries[1]!]));
    const plan = await knode(['gc', 's3://artifacts/gc', '--keep', keep]);
    expect(plan.stdout).toContain(`remove ${etcd}\nremove ${runc}\n2 files that no lock needs`);
    const all = (await other.s3cmd('ls', '-r', 's3://artifacts/gc')).stdout;
    expect(all).toContain(etcd);
    expect(await knode(['gc', 's3://artifacts/gc', '--keep', keep, '--yes'])).toExit(0);
    const left = (await other.s3cmd('ls', '-r', 's3://artifacts/gc')).stdout;
    expect(left.match(/s3:\/\/\S+/g)).toEqual(
      [sumsKey, indexKey, kubelet, 'notes/of/somebody.txt'].map((key) => `s3://artifacts/gc/${key}`),
    );
    expect(await knode(['verify', 's3://artifacts/gc', '--lock', keep, '--deep'])).toExit(0);
    expect(await knode(['gc', 's3://artifacts/gc', '--keep', join(home, 'nowhere.yaml'), '--yes'])).toExit(1);
  });

  test('a file that differs from its index never becomes visible', async () => {
    const bad = join(home, 'bad');
    fillMirror(bad, { [etcd]: noise(17_000_001, 1), [kubelet]: noise(700_000, 2) });
    const bytes = readFileSync(join(bad, etcd));
    bytes.writeUInt8(bytes.readUInt8(16_999_999) ^ 1, 16_999_999);
    writeFileSync(join(bad, etcd), bytes);
    const end = await knode(['push', 's3://artifacts/bad', '-i', bad]);
    expect(end).toExit(1, { stderr: expect.stringContaining('is not what the index says') });
    const listed = (await other.s3cmd('ls', '-r', 's3://artifacts/bad')).stdout;
    expect(listed).not.toContain(etcd);
    expect(listed).not.toContain(indexKey);
    expect((await other.s3cmd('multipart', 's3://artifacts')).stdout).not.toContain('artifacts/bad/');
  });

  test('obstacles are reported with a remedy: keys, bucket, permission, address', async () => {
    const wrong = { accessKeyId: server.keys.accessKeyId, secretAccessKey: 'not-the-secret-of-anybody' };
    const stranger = await server.addUser('stranger');
    const reader = await server.addUser('reader');
    const policy = join(home, 'reader.json');
    const principal = { AWS: ['arn:aws:iam:::user/reader'] };
    const resource = ['arn:aws:s3:::readable', 'arn:aws:s3:::readable/*'];
    const actions = ['s3:ListBucket', 's3:GetObject'];
    const statement = { Effect: 'Allow', Principal: principal, Action: actions, Resource: resource };
    writeFileSync(policy, JSON.stringify({ Version: '2012-10-17', Statement: [statement] }));
    await other.s3cmd('mb', 's3://readable');
    await other.s3cmd('setpolicy', policy, 's3://readable');
    const args = (target: string) => ['push', target, '-i', folder];
    const as = (keys: typeof wrong | undefined) => s3Environment(keys, home);
    const ends = [
      await knode(args('s3://artifacts/x'), as(wrong)),
      await knode(args('s3://artifacts/x'), as(undefined)),
      await knode(args('s3://artifacts/x'), as(stranger)),
      await knode(args('s3://readable/x'), as(reader)),
      await knode(args('s3://there-is-none/x'), as(server.keys)),
    ];
    const codes = ends.map(({ code, stderr }) => `${code} ${/\[([a-z-]+)\]/.exec(stderr)?.[1]}`);
    expect(codes).toEqual([
      '1 wrong-credentials',
      '1 no-credentials',
      '1 access-denied',
      '1 access-denied',
      '1 no-bucket',
    ]);
    for (const { stdout, stderr } of ends) {
      expect(stderr).toContain('help: ');
      for (const keys of [wrong, stranger, reader, server.keys])
        expect(stdout + stderr).not.toContain(keys.secretAccessKey);
    }
    expect((await other.s3cmd('ls', '-r', 's3://readable')).stdout).toBe('');
    mkdirSync(join(home, 'empty'), { recursive: true });
    const empty = await knode(['push', 's3://artifacts/x', '-i', join(home, 'empty')]);
    expect(empty).toExit(1, { stderr: expect.stringContaining('knode mirror pull') });
  });
});
