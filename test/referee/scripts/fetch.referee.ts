import { createHash, randomBytes } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { cleanUp, later, missingTools, Root, run, sh, sleep, start, until } from './support.ts';

const missing = missingTools('curl', 'tar', 'xargs');
afterEach(cleanUp);

type Behaviour = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

/** Honours ranges as a good mirror does. */
const good: Behaviour = (request, response, body) => {
  const from = /^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1];
  if (from === undefined) response.writeHead(200, { 'content-length': body.length }).end(body);
  else if (Number(from) >= body.length) response.writeHead(416).end();
  else {
    const rest = body.subarray(Number(from));
    const range = `bytes ${from}-${body.length - 1}/${body.length}`;
    response.writeHead(206, { 'content-length': rest.length, 'content-range': range }).end(rest);
  }
};
const ignoresRanges: Behaviour = (_, response, body) => {
  response.writeHead(200, { 'content-length': body.length }).end(body);
};

class Mirror {
  readonly requests: string[] = [];
  readonly files = new Map<string, Buffer>();
  base = '';
  port = 0;
  behave: Behaviour;

  constructor(behave: Behaviour = good) {
    this.behave = behave;
  }

  async listen(port = 0): Promise<this> {
    const server = createServer((request, response) => {
      this.requests.push(`${request.headers.range ?? 'whole'} ${request.url}`);
      const body = this.files.get(request.url ?? '');
      if (body === undefined) response.writeHead(404).end();
      else this.behave(request, response, body);
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    later(() => {
      server.closeAllConnections();
      server.close();
    });
    this.port = (server.address() as AddressInfo).port;
    this.base = `http://127.0.0.1:${this.port}`;
    return this;
  }
}

const hash = (body: Buffer, algorithm = 'sha256') => createHash(algorithm).update(body).digest('hex');
const tool = randomBytes(3_000_000);
const nowhere = 'http://127.0.0.1:9';

function prepare(lines: string, mirrors: readonly string[]): Root {
  const root = new Root();
  root.env('cluster', { KNODE_MIRRORS: mirrors.join(' ') });
  root.write('etc/knode/artifacts.list', lines);
  return root;
}

const toolEntry = (url = `${nowhere}/tool`, hex = hash(tool)) =>
  `artifact tool sha256 ${hex} tool/1/tool ${url}\n  0755 /usr/local/bin/tool -\n`;

function archive(root: Root, files: Record<string, string>, ...options: string[]): Buffer {
  const folder = root.at('make');
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const out = root.at('made.tar.gz');
  sh('tar', '-C', folder, '-czf', out, ...options);
  return readFileSync(out);
}

const toolIn = (root: Root) => readFileSync(root.at('usr/local/bin/tool'));
const leftovers = (root: Root) =>
  readdirSync(root.at('var/lib/knode/artifacts')).filter((name) => !name.endsWith('.done'));

describe.skipIf(missing.length > 0)('fetch', () => {
  it('skips a dead and a corrupt mirror, installs, and requests nothing the second time', async () => {
    const corrupt = await new Mirror().listen();
    corrupt.files.set('/tool/1/tool', Buffer.concat([tool.subarray(0, 1000), randomBytes(5000)]));
    const right = await new Mirror().listen();
    right.files.set('/tool/1/tool', tool);
    const root = prepare(toolEntry(), [nowhere, corrupt.base, `${right.base}/`]);
    const first = await run('fetch', root);
    expect(first.out).toMatch(
      new RegExp(
        `artifact tool: ${corrupt.base}/tool/1/tool is corrupt: its sha256 is [0-9a-f]{64}, expected ${hash(tool)}`,
      ),
    );
    expect(first).toExit(0);
    expect(toolIn(root).equals(tool)).toBe(true);
    expect(statSync(root.at('usr/local/bin/tool')).mode & 0o777).toBe(0o755);
    expect(leftovers(root)).toEqual([]);
    const asked = [...corrupt.requests, ...right.requests].length;
    expect(await run('fetch', root)).toExit(0);
    expect([...corrupt.requests, ...right.requests]).toHaveLength(asked);
  });

  it('fetches a tampered file again, and a new version', async () => {
    const mirror = await new Mirror().listen();
    mirror.files.set('/tool/1/tool', tool);
    const root = prepare(toolEntry(), [mirror.base]);
    await run('fetch', root);
    appendFileSync(root.at('usr/local/bin/tool'), 'x');
    expect(await run('fetch', root)).toExit(0);
    expect(toolIn(root).equals(tool)).toBe(true);
    expect(mirror.requests).toHaveLength(2);
    const next = randomBytes(1000);
    mirror.files.set('/tool/1/tool', next);
    root.write('etc/knode/artifacts.list', toolEntry(undefined, hash(next)));
    expect(await run('fetch', root)).toExit(0);
    expect(toolIn(root).equals(next)).toBe(true);
  });

  it('resumes a half file, from another server too', async () => {
    const mirror = await new Mirror().listen();
    mirror.files.set('/tool/1/tool', tool);
    const root = prepare(toolEntry(), [mirror.base]);
    mkdirSync(root.at('var/lib/knode/artifacts'), { recursive: true });
    writeFileSync(root.at(`var/lib/knode/artifacts/tool.${hash(tool)}.part`), tool.subarray(0, 1_000_000));
    expect(await run('fetch', root)).toExit(0);
    expect(mirror.requests).toEqual(['bytes=1000000- /tool/1/tool']);
    expect(toolIn(root).equals(tool)).toBe(true);
  });

  it.each<[string, Behaviour, Buffer]>([
    ['the half file is wrong', good, randomBytes(1000)],
    ['the half file is longer than the whole', good, randomBytes(4_000_000)],
    ['the half file is as long as the whole, but wrong', good, randomBytes(tool.length)],
    ['the server ignores ranges', ignoresRanges, tool.subarray(0, 1000)],
    ['the server ignores ranges and the half file is wrong', ignoresRanges, randomBytes(1000)],
  ])('starts again from zero without blaming the server when %s', async (_, behave, half) => {
    const mirror = await new Mirror(behave).listen();
    mirror.files.set('/tool/1/tool', tool);
    const root = prepare(toolEntry(), [mirror.base]);
    mkdirSync(root.at('var/lib/knode/artifacts'), { recursive: true });
    writeFileSync(root.at(`var/lib/knode/artifacts/tool.${hash(tool)}.part`), half);
    const { code, out } = await run('fetch', root);
    expect(out).not.toContain('corrupt');
    expect(code).toBe(0);
    expect(mirror.requests.at(-1)).toBe('whole /tool/1/tool');
    expect(toolIn(root).equals(tool)).toBe(true);
  });

  it('goes on after connections that break in the middle', async () => {
    let broken = 0;
    const mirror = await new Mirror((request, response, body) => {
      if (broken >= 3) return good(request, response, body);
      broken += 1;
      const from = Number(/\d+/.exec(request.headers.range ?? '0')?.[0]);
      const rest = body.subarray(from);
      response.writeHead(from ? 206 : 200, {
        'content-length': rest.length,
        ...(from ? { 'content-range': `bytes ${from}-${body.length - 1}/${body.length}` } : {}),
      });
      response.write(rest.subarray(0, 500_000), () => setTimeout(() => response.destroy(), 100));
    }).listen();
    mirror.files.set('/tool/1/tool', tool);
    const root = prepare(toolEntry(), [mirror.base]);
    const { code, out } = await run('fetch', root);
    expect(out).toMatch(/waiting for the artifact tool .*curl/);
    expect(code).toBe(0);
    expect(toolIn(root).equals(tool)).toBe(true);
    expect(mirror.requests.filter((request) => request.startsWith('bytes='))).toHaveLength(3);
  });

  it('gives up a connection that stalls', async () => {
    const stalls = await new Mirror((_, response) => {
      response.writeHead(200, { 'content-length': tool.length });
      response.write('x');
    }).listen();
    stalls.files.set('/tool/1/tool', tool);
    const right = await new Mirror().listen();
    right.files.set('/tool/1/tool', tool);
    const root = prepare(toolEntry(), [stalls.base, right.base]);
    expect(await run('fetch', root, { env: { KNODE_FETCH_STALL: '2' } })).toExit(0);
    expect(toolIn(root).equals(tool)).toBe(true);
  });

  it('shows nobody the password and the signature of a mirror: no message, no command line', async () => {
    const marker = 'MARKER0f5ecret';
    const mirror = new Mirror((request, response, body) => {
      authorizations.push(request.headers.authorization ?? '');
      good(request, response, body);
    });
    const authorizations: string[] = [];
    await mirror.listen();
    const login = mirror.base.replace('//', `//user:${marker}@`);
    const signed = `${mirror.base}/signed?sv=1&sig=${marker}`;
    const upstream = `${nowhere}/tool?X-Signature=${marker}`;
    const root = prepare(toolEntry(upstream), []);
    root.write('etc/knode/cluster.env', '');
    root.write('etc/knode/mirrors.env', `KNODE_MIRRORS="${login} ${signed}"\n`, 0o600);
    // The real curl, which also records its arguments.
    root.standIn('curl', `printf '%s\\n' "$*" >>'${root.at('calls')}'; exec /usr/bin/curl "$@"`);
    const running = start('fetch', root);
    await running.says(/waiting for the artifact tool /);
    expect(running.out).toContain(`${mirror.base}/tool/1/tool: curl: (22)`);
    expect(running.out).toContain(`${mirror.base}/signed/tool/1/tool: curl: (22)`);
    expect(mirror.requests).toContain(`whole /signed/tool/1/tool?sv=1&sig=${marker}`);
    mirror.files.set('/tool/1/tool', Buffer.from('another file'));
    await running.says(/is corrupt/);
    mirror.files.set(`/signed/tool/1/tool?sv=1&sig=${marker}`, tool);
    expect(await running.finished).toExit(0);
    expect(authorizations.filter((one) => one !== '')).toContain(
      `Basic ${Buffer.from(`user:${marker}`).toString('base64')}`,
    );
    expect(running.out).not.toContain(marker);
    expect(root.read('calls')).not.toBe('');
    expect(root.read('calls')).not.toContain(marker);
    for (const file of readdirSync(root.at('var/lib/knode/artifacts')))
      expect(root.read(`var/lib/knode/artifacts/${file}`), file).not.toContain(marker);
  });

  it.each(['with its length', 'without an end'])('reads no more than the lock says from a body %s', async (how) => {
    const hostile = await new Mirror((_, response) => {
      const length = how === 'without an end' ? {} : { 'content-length': 1e12 };
      response.writeHead(200, length);
      const more = () => {
        while (response.write(tool)) sent += tool.length;
        response.once('drain', more);
      };
      more();
    }).listen();
    let sent = 0;
    hostile.files.set('/tool/1/tool', tool);
    const right = await new Mirror().listen();
    right.files.set('/tool/1/tool', tool);
    const entry = toolEntry(`${nowhere}/tool ${tool.length}`);
    const root = prepare(entry, [hostile.base, right.base]);
    const { code, out } = await run('fetch', root);
    expect(out).toContain(`is corrupt: it is larger than ${tool.length} bytes`);
    expect(code).toBe(0);
    expect(toolIn(root).equals(tool)).toBe(true);
    // What was on its way when curl left.
    expect(sent).toBeLessThan(20 * tool.length);
    expect(leftovers(root)).toEqual([]);
  });

  it('waits for a mirror that is down, says so, and heals by itself', async () => {
    const mirror = new Mirror();
    await mirror.listen();
    const free = mirror.port;
    await cleanUp();
    mirror.files.set('/tool/1/tool', tool);
    const root = prepare(toolEntry(), [`http://127.0.0.1:${free}`]);
    const running = start('fetch', root);
    await running.says(/waiting for the artifact tool http:\/\/127.0.0.1:\d+\/tool\/1\/tool: curl: \(7\)/);
    await mirror.listen(free);
    expect(await running.finished).toExit(0);
  });

  it('uses only its mirrors if the site has no upstream', async () => {
    const empty = await new Mirror().listen();
    const root = prepare(toolEntry('-'), [empty.base]);
    const running = start('fetch', root);
    await running.says(/waiting for the artifact tool http:\/\/127.0.0.1:\d+\/tool\/1\/tool: .*404/);
    expect(running.out).not.toContain('curl: (6)');
    empty.files.set('/tool/1/tool', tool);
    expect(await running.finished).toExit(0);
  });

  it('unpacks members and folders, several artifacts at once, and one failure does not block the others', async () => {
    const mirror = await new Mirror().listen();
    const root = prepare('', [mirror.base]);
    const etcd = archive(
      root,
      { 'etcd-v3/etcd': 'etcd', 'etcd-v3/etcdctl': 'ctl', 'etcd-v3/README.md': 'no' },
      'etcd-v3',
    );
    const cni = archive(root, { 'cni/bridge': 'b', 'cni/sub/host-local': 'h' }, '-C', root.at('make/cni'), '.');
    mirror.files.set('/etcd.tgz', etcd).set('/cni.tgz', cni).set('/tool/1/tool', tool);
    root.write(
      'etc/knode/artifacts.list',
      `# made by knode\nartifact gone sha256 ${hash(tool)} gone ${nowhere}/gone\n  0755 /usr/local/bin/gone -\n` +
        `artifact etcd sha512 ${hash(etcd, 'sha512')} etcd.tgz ${nowhere}/etcd.tgz\n  0755 /usr/local/bin/etcd etcd-v3/etcd\n  0700 /opt/etcd/ctl etcd-v3/etcdctl\n` +
        `artifact cni sha256 ${hash(cni)} cni.tgz ${nowhere}/cni.tgz\n  0755 /opt/cni/bin/ ./\n${toolEntry()}`,
    );
    const running = start('fetch', root, { env: { KNODE_FETCH_JOBS: '2' } });
    await until(
      () =>
        existsSync(root.at('usr/local/bin/tool')) &&
        existsSync(root.at('opt/cni/bin/bridge')) &&
        existsSync(root.at('opt/etcd/ctl')),
      30,
      () => running.out,
    );
    await running.says(/waiting for the artifact gone/);
    mirror.files.set('/gone', tool);
    expect(await running.finished).toExit(0);
    expect(root.read('usr/local/bin/etcd')).toBe('etcd');
    expect(root.read('opt/etcd/ctl')).toBe('ctl');
    expect(statSync(root.at('opt/etcd/ctl')).mode & 0o777).toBe(0o700);
    expect(root.read('opt/cni/bin/bridge')).toBe('b');
    expect(root.read('opt/cni/bin/sub/host-local')).toBe('h');
    expect(readdirSync(root.at('opt/cni/bin'))).toEqual(['bridge', 'sub']);
    expect(existsSync(root.at('usr/local/bin/README.md'))).toBe(false);
    expect(leftovers(root)).toEqual([]);
    const asked = mirror.requests.length;
    expect(await run('fetch', root)).toExit(0);
    expect(mirror.requests).toHaveLength(asked);
  });

  it.each(['../evil', 'cni/../../evil'])('refuses the archive member %s', async (member) => {
    const mirror = await new Mirror().listen();
    const root = prepare('', [mirror.base]);
    const evil = archive(
      root,
      { 'cni/bridge': 'b', evil: 'evil' },
      '-P',
      '--transform',
      `s,^evil,${member},`,
      'cni',
      'evil',
    );
    mirror.files.set('/a', evil);
    const list = (from: string) =>
      root.write(
        'etc/knode/artifacts.list',
        `artifact cni sha256 ${hash(evil)} a ${nowhere}/a\n  0755 /opt/cni/bin/ ${from}\n`,
      );
    for (const from of ['cni/', `${member.split('/')[0]}/`]) {
      list(from);
      const running = start('fetch', root);
      await Promise.race([
        running.says(/cannot unpack: .*'\.\.'|\.\. is not allowed|artifacts are installed/),
        running.finished,
      ]);
      await running.kill();
      expect(sh('find', root.path, '-name', 'evil', '-not', '-path', '*/make/*')).toBe('');
    }
    root.write(
      'etc/knode/artifacts.list',
      `artifact cni sha256 ${hash(evil)} a ${nowhere}/a\n  0755 /opt/../etc/x cni/bridge\n`,
    );
    const running = start('fetch', root);
    await running.says(/\.\. is not allowed/);
  });

  it.each<[string, (hex: string) => string]>([
    ['a bare hash', (hex) => `${hex}\n`],
    ['hash and file', (hex) => `${hex}  tool-linux-amd64\n`],
    [
      'a SHA256SUMS list',
      (hex) => `${'0'.repeat(64)}  other\n${hex} *./dist/tool-linux-amd64\n${'1'.repeat(64)}  tool-linux-amd64.sig\n`,
    ],
    ['upper case and CRLF', (hex) => `${hex.toUpperCase()}\r\n`],
  ])('takes an unlocked checksum from %s', async (_, sums) => {
    const upstream = await new Mirror().listen();
    upstream.files.set('/tool-linux-amd64', tool).set('/sums', Buffer.from(sums(hash(tool))));
    const root = prepare(
      `artifact tool sha256 - tool ${upstream.base}/tool-linux-amd64 ${upstream.base}/sums\n  0755 /usr/local/bin/tool -\n`,
      [],
    );
    expect(await run('fetch', root)).toExit(0);
    expect(toolIn(root).equals(tool)).toBe(true);
    const asked = upstream.requests.length;
    expect(await run('fetch', root)).toExit(0);
    expect(upstream.requests).toHaveLength(asked);
  });

  it.each([
    ['names other files only', `${'0'.repeat(64)}  other\n`, /has no sha256 hash of tool-linux-amd64/],
    ['is an error page', '<html>not found</html>\n', /has no sha256 hash/],
    ['is of a wrong file', `${'0'.repeat(64)}\n`, /is corrupt: its sha256 is/],
  ])('refuses when the checksum file %s', async (_, sums, pattern) => {
    const upstream = await new Mirror().listen();
    upstream.files.set('/tool-linux-amd64', tool).set('/sums', Buffer.from(sums));
    const root = prepare(
      `artifact tool sha256 - tool ${upstream.base}/tool-linux-amd64 ${upstream.base}/sums\n  0755 /usr/local/bin/tool -\n`,
      [],
    );
    const running = start('fetch', root);
    await running.says(pattern);
    await running.kill();
    expect(existsSync(root.at('usr/local/bin/tool'))).toBe(false);
  });

  it('continues after a power cut between the rename and the record: both names are then one file', async () => {
    const mirror = await new Mirror().listen();
    mirror.files.set('/tool/1/tool', tool);
    const root = prepare(toolEntry(), [mirror.base]);
    expect(await run('fetch', root)).toExit(0);
    const state = 'var/lib/knode/artifacts';
    rmSync(root.at(`${state}/tool.done`));
    linkSync(root.at('usr/local/bin/tool'), root.at(`${state}/tool.${hash(tool)}.part`));
    const again = await run('fetch', root, { timeout: 20_000 });
    expect([again.code, again.out]).toEqual([0, expect.stringContaining('artifact tool is installed')]);
    expect(toolIn(root).equals(tool)).toBe(true);
    expect(leftovers(root)).toEqual([]);
    expect(readdirSync(root.at('usr/local/bin'))).toEqual(['tool']);
    expect(mirror.requests).toHaveLength(1);
  });

  it('survives kill -9 at random moments, and never shows a partial file', async () => {
    const seed = Number(process.env.KNODE_SEED ?? Date.now() % 100000);
    console.log(`fetch: seed ${seed} (KNODE_SEED)`);
    let state = seed;
    const slow = await new Mirror((request, response, body) => {
      const from = Number(/\d+/.exec(request.headers.range ?? '0')?.[0]);
      const rest = body.subarray(from);
      response.writeHead(from ? 206 : 200, {
        'content-length': rest.length,
        ...(from ? { 'content-range': `bytes ${from}-${body.length - 1}/${body.length}` } : {}),
      });
      let sent = 0;
      const next = () => {
        if (response.destroyed) return;
        response.write(rest.subarray(sent, sent + 50_000));
        sent += 50_000;
        if (sent < rest.length) setTimeout(next, 20);
        else response.end();
      };
      next();
    }).listen();
    const root = prepare(toolEntry(), [slow.base]);
    slow.files.set('/tool/1/tool', tool);
    for (let cut = 0; cut < 15; cut += 1) {
      state = (state * 1103515245 + 12345) % 2147483648;
      const running = start('fetch', root);
      await sleep(state % 900);
      await running.kill();
      if (existsSync(root.at('usr/local/bin/tool'))) expect(toolIn(root).equals(tool)).toBe(true);
    }
    expect(await run('fetch', root)).toExit(0);
    expect(toolIn(root).equals(tool)).toBe(true);
    expect(leftovers(root)).toEqual([]);
    expect(slow.requests.some((request) => request.startsWith('bytes='))).toBe(true);
  });
});
