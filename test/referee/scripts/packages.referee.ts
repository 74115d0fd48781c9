/**
 * The packages step, judged by the real apt-get, dpkg, dnf and rpm: each works on its own root, from a source of the
 * tests.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { debSource, rpmSource } from '../servers/package-source.ts';
import { tempDir } from '../tools.ts';
import { cleanUp, later, missingTools, type Ran, Root, type RunOptions, run, sh, start } from './support.ts';

const missing = missingTools('apt-get', 'dpkg-deb', 'python3', 'dnf', 'rpmbuild', 'createrepo_c');

afterEach(cleanUp);

/** Serves a folder on loopback; the port is free again when it is stopped. */
async function serve(
  folder: string,
  port = 0,
): Promise<{ url: string; port: number; asked: string[]; server: Server }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    try {
      response.end(readFileSync(join(folder, decodeURIComponent(new URL(request.url ?? '', 'http://x').pathname))));
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  later(() => void server.close());
  const at = (server.address() as AddressInfo).port;
  return { url: `http://127.0.0.1:${at}`, port: at, asked, server };
}

async function freePort(): Promise<number> {
  const { port, server } = await serve('/nowhere');
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A root with its own apt and dpkg. Maintainer scripts run without a chroot: it contains no shell. */
class DebianRoot extends Root {
  constructor(url: string) {
    super();
    const dpkg = 'exec /usr/bin/dpkg --root="$KNODE_ROOT" --force-script-chrootless "$@"';
    this.standIn('dpkg', dpkg);
    this.standIn('dpkg-query', 'exec /usr/bin/dpkg-query --admindir="$KNODE_ROOT/var/lib/dpkg" "$@"');
    for (const folder of ['var/lib/dpkg/info', 'var/lib/dpkg/updates', 'var/cache/apt/archives/partial'])
      mkdirSync(this.at(folder), { recursive: true });
    for (const folder of ['var/lib/apt/lists/partial', 'var/log/apt', 'etc/apt/apt.conf.d', 'etc/apt/preferences.d'])
      mkdirSync(this.at(folder), { recursive: true });
    this.write('var/lib/dpkg/status', '');
    this.write('etc/apt/sources.list', `deb [trusted=yes] ${url} ./\n`);
    this.write(
      'apt.conf',
      `Dir "${this.path}/";\nDir::State::status "${this.at('var/lib/dpkg/status')}";\nDir::Bin::methods "/usr/lib/apt/methods";\nDir::Bin::dpkg "${this.at('stand-in/dpkg')}";\nAPT::Sandbox::User "root";\n`,
    );
  }

  list(text: string): void {
    this.write('etc/knode/packages.list', `family debian\n${text}\n`);
  }

  get options(): RunOptions {
    return { env: { APT_CONFIG: this.at('apt.conf'), http_proxy: '' } };
  }

  run(...args: readonly string[]): Promise<Ran> {
    return run('packages', this, { ...this.options, args });
  }

  start(...args: readonly string[]) {
    return start('packages', this, { ...this.options, args });
  }

  status(name: string): string {
    const query = ['--admindir', this.at('var/lib/dpkg'), '-W', '-f', '${db:Status-Status}', name];
    try {
      return sh('dpkg-query', ...query);
    } catch {
      return 'unknown';
    }
  }
}

/** Holds a lock as apt and dpkg do (fcntl), until it is let go. */
async function hold(file: string): Promise<() => void> {
  const program = `import fcntl, sys, time\nf = open(sys.argv[1], 'a')\nfcntl.lockf(f, fcntl.LOCK_EX)\nprint('held', flush=True)\ntime.sleep(600)`;
  const child = spawn('python3', ['-c', program, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  later(() => void child.kill('SIGKILL'));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return () => void child.kill('SIGKILL');
}

describe.skipIf(missing.length > 0)('packages, by apt', () => {
  const folder = tempDir('debs');
  beforeAll(async () => {
    const blocks = (stage: string) => `test -e "$DPKG_ROOT/allowed" || { touch "$DPKG_ROOT/${stage}"; sleep 600; }`;
    await debSource(folder, [
      { name: 'curl' },
      { name: 'nginx', fields: { Depends: 'libnginx' } },
      { name: 'libnginx' },
      { name: 'jq' },
      { name: 'exim', fields: { Provides: 'mail-agent' } },
      { name: 'broken', fields: { Depends: 'not-there (>= 2)' } },
      { name: 'stops-configuring', scripts: { postinst: blocks('configuring') } },
      { name: 'stops-unpacking', scripts: { preinst: blocks('unpacking') } },
    ]);
  });

  it('installs required and additional packages, and requests nothing if all are installed', async () => {
    const source = await serve(folder);
    const root = new DebianRoot(source.url);
    root.list('node curl\nnode nginx\nuser jq');
    const first = await root.run();
    expect(first).toExit(0);
    expect(first.out).toContain('knode: packages: all packages are there');
    for (const name of ['curl', 'nginx', 'libnginx', 'jq']) expect(root.status(name)).toBe('installed');
    source.asked.length = 0;
    rmSync(root.at('var/lib/apt/lists'), { recursive: true });
    const second = await root.run();
    expect(second, second.out).toEqual({ code: 0, out: 'knode: packages: all packages are there\n' });
    expect(await root.run('optional')).toExit(0);
    expect(source.asked).toEqual([]);
  });

  it('goes round until the source is there, and says why', async () => {
    const port = await freePort();
    const root = new DebianRoot(`http://127.0.0.1:${port}`);
    root.list('node curl\nnode nginx');
    const running = root.start();
    await running.says(
      /waiting for packages: curl: .*Failed to fetch http:\/\/127\.0\.0\.1:\d+\/.* Could not connect.*\(and for the same reason nginx\)/,
    );
    expect(running.out.match(/waiting for packages/g)).toHaveLength(1);
    await serve(folder, port);
    expect(await running.finished).toExit(0);
    expect(root.status('nginx')).toBe('installed');
  });

  it('does not let a wrong name of the user’s block others, and names it', async () => {
    const root = new DebianRoot((await serve(folder)).url);
    root.list('node curl\nnode nginx\nuser no-such-package\nuser jq\nuser broken');
    const first = await root.run();
    expect(first).toExit(0);
    for (const name of ['curl', 'nginx', 'jq']) expect(root.status(name)).toBe('installed');
    expect(first.out).toMatch(/waiting for packages: .*no-such-package: Unable to locate package no-such-package/);
    expect(first.out).toMatch(/broken: broken : Depends: not-there \(>= 2\)/);
    const going = root.start('optional');
    await going.says(/no-such-package: Unable to locate/);
    await going.kill();
    root.list('node curl\nnode nginx\nuser jq');
    expect(await root.run('optional')).toExit(0);
    const once = await run('packages', root, { ...root.options, args: ['once'] });
    expect(once).toExit(0);
    root.list('node curl\nuser no-such-package');
    expect(await root.run('once')).toExit(1);
  });

  it('names the required package that the source lacks, and installs the others', async () => {
    const root = new DebianRoot((await serve(folder)).url);
    root.list('node curl\nnode nftables\nuser jq');
    const running = root.start();
    await running.says(/waiting for packages: nftables: Unable to locate package nftables/);
    expect(root.status('curl')).toBe('installed');
    expect(root.status('jq')).toBe('unknown');
  });

  it.each(['var/lib/dpkg/lock-frontend', 'var/lib/apt/lists/lock'])('waits for %s of another process', async (lock) => {
    const root = new DebianRoot((await serve(folder)).url);
    root.list('node curl\nnode nginx');
    const release = await hold(root.at(lock));
    const running = root.start();
    await running.says(/waiting for packages: curl: .*Could not get lock .* held by process \d+ \(python3\)/, 90);
    expect(root.status('curl')).toBe('unknown');
    release();
    expect(await running.finished).toExit(0);
    expect(root.status('nginx')).toBe('installed');
  });

  it.each(['configuring', 'unpacking'])('heals after the power went while dpkg was %s', async (stage) => {
    const root = new DebianRoot((await serve(folder)).url);
    root.list(`node stops-${stage}\nnode curl`);
    const running = root.start();
    for (let tries = 0; !root.has(stage); tries += 1) {
      if (tries > 600) throw new Error(running.out);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await running.kill();
    expect(root.status(`stops-${stage}`)).toMatch(/^half-(configured|installed)$/);
    root.write('allowed', '');
    const after = await root.run();
    expect(after).toExit(0);
    for (const name of [`stops-${stage}`, 'curl']) expect(root.status(name)).toBe('installed');
    expect(sh('dpkg', `--root=${root.path}`, '--audit')).toBe('');
  });

  it('knows a virtual package and a version, and asks once', async () => {
    const source = await serve(folder);
    const root = new DebianRoot(source.url);
    root.list('node curl=1.0\nuser mail-agent');
    expect(await root.run()).toExit(0);
    expect(root.status('exim')).toBe('installed');
    source.asked.length = 0;
    expect(await root.run()).toExit(0);
    expect(source.asked).toEqual([]);
  });

  it('upgrades once, if requested; an unreachable source does not count as success', async () => {
    const port = await freePort();
    const root = new DebianRoot(`http://127.0.0.1:${port}`);
    root.list('upgrade\nnode curl');
    const old = tempDir('old');
    await debSource(old, [{ name: 'curl', version: '0.9' }]);
    sh('dpkg', `--root=${root.path}`, '--force-script-chrootless', '-i', join(old, 'curl_0.9.deb'));
    const away = await root.run();
    expect(away).toExit(0);
    expect(away.out).toMatch(/waiting for packages: upgrade: .*Could not connect/);
    await serve(folder, port);
    expect(await root.run('optional')).toExit(0);
    expect(sh('dpkg-query', '--admindir', root.at('var/lib/dpkg'), '-W', '-f', '${Version}', 'curl')).toBe('1.0');
    expect(root.has('var/lib/knode/upgraded')).toBe(true);
  });

  it('does not show the password of a source', async () => {
    const port = await freePort();
    const root = new DebianRoot(`http://user:s3cret@127.0.0.1:${port}`);
    root.list('node curl');
    const running = root.start();
    await running.says(/waiting for packages: curl/);
    expect(running.out).not.toContain('s3cret');
  });

  it('goes through the proxy of its environment', async () => {
    const proxy = await serve(folder);
    const root = new DebianRoot('http://packages.invalid');
    root.list('node curl');
    const env = { ...root.options.env, http_proxy: proxy.url };
    const ran = await run('packages', root, { env });
    expect(ran).toExit(0);
    expect(proxy.asked.some((url) => url.startsWith('http://packages.invalid/'))).toBe(true);
  });

  it('says so on a machine of another family', async () => {
    const root = new Root();
    root.write('etc/knode/packages.list', 'family rhel\nnode curl\n');
    const ran = await run('packages', root, { env: { PATH: `${root.at('stand-in')}:${withoutDnf()}` } });
    expect(ran).toEqual({
      code: 1,
      out: 'knode: packages: this machine has no yum, and the cluster file says os.family: rhel\n',
    });
  });
});

/** This machine's programs but for dnf. */
function withoutDnf(): string {
  const folder = tempDir('bin');
  for (const name of ['bash', 'awk', 'sed', 'grep', 'mktemp', 'rm', 'sleep', 'tail', 'cat'])
    sh('ln', '-s', sh('which', name).trim(), join(folder, name));
  return folder;
}

/** A root with rpm and dnf of its own. */
class RhelRoot extends Root {
  constructor(url: string) {
    super();
    this.write('etc/yum.repos.d/test.repo', `[test]\nname=test\nbaseurl=${url}\ngpgcheck=0\n`);
    const options = [
      `--installroot=${this.path}`,
      '--releasever=9',
      `--setopt=reposdir=${this.at('etc/yum.repos.d')}`,
      `--setopt=logdir=${this.at('var/log')}`,
      '--setopt=cachedir=/var/cache/dnf',
    ];
    this.standIn('dnf', `exec /usr/bin/dnf ${options.join(' ')} "$@"`);
    this.standIn('rpm', `exec /usr/bin/rpm --root "$KNODE_ROOT" "$@"`);
    mkdirSync(this.at('var/log'), { recursive: true });
  }

  list(text: string): void {
    this.write('etc/knode/packages.list', `family rhel\n${text}\n`);
  }

  installed(): string[] {
    return sh('rpm', '--root', this.path, '-qa', '--qf', '%{NAME}\n').trim().split('\n').sort();
  }
}

describe.skipIf(missing.length > 0)('packages, by dnf', () => {
  const folder = tempDir('rpms');
  beforeAll(() => rpmSource(folder, ['curl', 'nginx', 'jq']));

  it('installs all, says which the source does not have, and asks nobody when all is there', async () => {
    const source = await serve(folder);
    const root = new RhelRoot(source.url);
    root.list('node curl\nnode nginx\nuser no-such-package\nuser jq');
    const first = await run('packages', root);
    expect(first).toExit(0);
    expect(root.installed()).toEqual(['curl', 'jq', 'nginx']);
    expect(first.out).toMatch(/waiting for packages: no-such-package: .*[Nn]o.* match.*no-such-package/);
    root.list('node curl\nnode nginx\nuser jq');
    source.asked.length = 0;
    expect(await run('packages', root)).toEqual({ code: 0, out: 'knode: packages: all packages are there\n' });
    expect(source.asked).toEqual([]);
  });

  it('retries until the source is there, and says why; another unreachable source does not block it', async () => {
    const port = await freePort();
    const root = new RhelRoot(`http://127.0.0.1:${port}`);
    root.write('etc/yum.repos.d/dead.repo', `[dead]\nname=dead\nbaseurl=http://127.0.0.1:9/\ngpgcheck=0\n`);
    root.list('node curl\nnode nginx');
    const running = start('packages', root);
    await running.says(/waiting for packages: .*Curl error \(7\)/, 90);
    await serve(folder, port);
    expect(await running.finished).toExit(0);
    expect(root.installed()).toEqual(['curl', 'nginx']);
  });

  it('waits for the lock of another dnf, and says so', async () => {
    const source = await serve(folder);
    const root = new RhelRoot(source.url);
    root.list('node curl');
    // dnf's lock is a file with the pid of a process that lives (dnf/lock.py); this one does.
    for (const lock of ['var/lib/dnf/rpmdb_lock.pid', 'var/cache/dnf/metadata_lock.pid'])
      root.write(lock, `${process.pid}`);
    const running = start('packages', root);
    await running.says(/waiting for packages: curl: .*lock/i, 90);
    for (const lock of ['var/lib/dnf/rpmdb_lock.pid', 'var/cache/dnf/metadata_lock.pid']) rmSync(root.at(lock));
    expect(await running.finished).toExit(0);
    expect(root.installed()).toEqual(['curl']);
  });
});
