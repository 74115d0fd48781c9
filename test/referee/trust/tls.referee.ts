/** etcd itself, with the suites that knode gives it, and OpenSSL as a client that offers one suite after the other. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { etcdRelease } from '../../../src/release/program/etcd-release.ts';
import { describeReferee, onExit, sh, sleep, tempDir, which } from '../tools.ts';

const given = etcdRelease('3.4.23').value?.cipherSuiteFlags() ?? {};
const port = 23_790 + (process.pid % 5000);

async function keyPair(folder: string, kind: 'ECDSA' | 'RSA'): Promise<void> {
  const key = kind === 'RSA' ? ['rsa:2048'] : ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'];
  const files = ['-keyout', join(folder, 'key'), '-out', join(folder, 'crt')];
  const args = ['req', '-x509', '-nodes', '-days', '2', '-subj', '/CN=etcd', '-addext', 'subjectAltName=IP:127.0.0.1'];
  expect(await sh('openssl', [...args, '-newkey', ...key, ...files])).toExit(0);
}

/** Starts a member whose clients come by TLS, and ends it after `work`. */
async function withEtcd(
  folder: string,
  flags: Readonly<Record<string, string>>,
  work: () => Promise<void>,
): Promise<void> {
  const all = {
    'data-dir': join(folder, 'data'),
    'listen-client-urls': `https://127.0.0.1:${port}`,
    'advertise-client-urls': `https://127.0.0.1:${port}`,
    'listen-peer-urls': `http://127.0.0.1:${port + 1}`,
    'initial-advertise-peer-urls': `http://127.0.0.1:${port + 1}`,
    'initial-cluster': `default=http://127.0.0.1:${port + 1}`,
    'cert-file': join(folder, 'crt'),
    'key-file': join(folder, 'key'),
    ...flags,
  };
  const child = spawn(
    which('etcd') ?? '',
    Object.entries(all).map(([flag, value]) => `--${flag}=${value}`),
    { stdio: 'ignore' },
  );
  const ended = new Promise((resolve) => child.on('close', resolve));
  const forget = onExit(() => child.kill('SIGKILL'));
  try {
    for (let tries = 0; tries < 100 && !(await speaks(['-tls1_2'])); tries += 1) await sleep(100);
    await work();
  } finally {
    child.kill('SIGKILL');
    await ended;
    forget();
  }
}

/** Whether a handshake with these options succeeds. */
async function speaks(options: readonly string[]): Promise<boolean> {
  const { code, stdout } = await sh('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, ...options], {
    timeoutMs: 20_000,
  });
  return code === 0 && /Cipher is (?!\(NONE\))/.test(stdout);
}

const suite = (name: string): readonly string[] => ['-tls1_2', '-cipher', name];

describeReferee(
  'etcd with the suites that knode gives it',
  { tools: { etcd: 'etcd-server', openssl: 'openssl' } },
  () => {
    describe.each(['ECDSA', 'RSA'] as const)('and a key of the kind %s', (kind) => {
      const strong = ['AES128-GCM-SHA256', 'AES256-GCM-SHA384', 'CHACHA20-POLY1305'].map(
        (name) => `ECDHE-${kind}-${name}`,
      );
      const weak = [`ECDHE-${kind}-AES128-SHA`, ...(kind === 'RSA' ? ['AES128-GCM-SHA256', 'AES128-SHA'] : [])];

      it('accepts each of them and TLS 1.3, and nothing else', async () => {
        const folder = tempDir('tls');
        await keyPair(folder, kind);
        await withEtcd(folder, given, async () => {
          for (const name of strong) expect([name, await speaks(suite(name))]).toEqual([name, true]);
          expect(await speaks(['-tls1_3'])).toBe(true);
          for (const name of weak) expect([name, await speaks(suite(name))]).toEqual([name, false]);
          expect(await speaks(['-tls1_1', '-cipher', 'DEFAULT@SECLEVEL=0'])).toBe(false);
        });
      });

      it('accepts weak ones without the flag: the check above can fail', async () => {
        const folder = tempDir('tls');
        await keyPair(folder, kind);
        await withEtcd(folder, {}, async () => expect(await speaks(suite(weak[0] ?? ''))).toBe(true));
      });
    });
  },
);
