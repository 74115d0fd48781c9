/** `balance` keeps nginx's list: real nginx before TLS servers that answer as API servers do, one of them 500. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { createServer as createPlain } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { renderExample } from '../../support/examples.ts';
import { cleanUp, later, missingTools, Root, Running, run, sh, start, until } from './support.ts';

const missing = missingTools('openssl', 'nginx', 'curl');
afterEach(cleanUp);

const hosts = ['127.0.0.11', '127.0.0.12', '127.0.0.13'] as const;
const nodeNames = Array.from({ length: 30 }, (_, index) => `w${index + 1}`);

async function freePort(): Promise<number> {
  const server = createPlain();
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** The configuration of an example's worker, on ports and paths of this test. */
function configOf(root: Root, port: number, listen: number, method = 'least_conn'): string {
  const worker = renderExample('modern').nodes.find(({ plan }) => plan.node.role === 'worker');
  const text = worker?.files.find(({ path }) => path === '/etc/knode/nginx.conf')?.content ?? '';
  const servers = [...text.matchAll(/server (\S+:\d+) /g)].map((match) => match[1] ?? '');
  expect(servers).toHaveLength(3);
  return servers
    .reduce((all, server, index) => all.replace(server, `${hosts[index]}:${port}`), text)
    .replace(/listen [^;]+;/, `listen 127.0.0.1:${listen};`)
    .replace(/pid [^;]+;/, `pid ${root.at('nginx.pid')};`)
    .replace('least_conn;', `${method};`);
}

/** An API server: 401 for those without a certificate of the authority, 500 while it is ill. */
class ApiServer {
  readonly #server: Server;
  readonly host: string;
  ill = false;
  /** Connections that did more than a health check. */
  used = 0;

  private constructor(host: string, pem: { key: string; cert: string; ca: string }) {
    this.host = host;
    this.#server = createServer({ ...pem, requestCert: true, rejectUnauthorized: false }, (request, response) => {
      const health = request.url === '/readyz';
      if (!health) this.used += 1;
      const known = (request.socket as TLSSocket).authorized;
      response.statusCode = health && !known ? 401 : this.ill ? 500 : 200;
      response.end(host);
    });
  }

  static async start(host: string, port: number, root: Root): Promise<ApiServer> {
    const read = (name: string) => readFileSync(root.at(name), 'utf8');
    const one = new ApiServer(host, { key: read('server.key'), cert: read('server.crt'), ca: read('ca.crt') });
    await new Promise<void>((resolve) => one.#server.listen(port, host, resolve));
    later(() => one.stop());
    return one;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function certificates(root: Root): void {
  const at = (name: string) => root.at(name);
  root.write('nothing', '');
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  sh('openssl', 'req', '-x509', ...ec, '-keyout', at('ca.key'), '-out', at('ca.crt'), '-subj', '/CN=ca', '-days', '2');
  for (const [name, names] of [
    ['server', `subjectAltName=${['127.0.0.1', ...hosts].map((host) => `IP:${host}`).join(',')}`],
    ['client', 'subjectAltName=DNS:client'],
  ] as const) {
    sh('openssl', 'req', ...ec, '-keyout', at(`${name}.key`), '-out', at(`${name}.csr`), '-subj', `/CN=${name}`);
    root.write('names', names);
    const signed = ['-CA', at('ca.crt'), '-CAkey', at('ca.key'), '-CAcreateserial', '-days', '2'];
    sh(
      'openssl',
      'x509',
      '-req',
      '-in',
      at(`${name}.csr`),
      ...signed,
      '-extfile',
      at('names'),
      '-out',
      at(`${name}.crt`),
    );
  }
}

describe.skipIf(missing.length > 0)('balance', () => {
  function node(name: string, config: (root: Root) => string): Root {
    const root = new Root();
    root.env('node', { NODE_NAME: name, NODE_IP: '10.0.0.1' });
    root.env('cluster', { KNODE_BALANCE_CA: '/ca.crt', KNODE_BALANCE_PAIR: '/client.crt /client.key' });
    root.write('etc/knode/nginx.conf', config(root));
    root.standIn('systemctl', `kill -HUP "$(cat ${root.at('nginx.pid')})"`);
    return root;
  }

  function firstOf(text: string): string | undefined {
    return /server (127\S+) /.exec(text)?.[1];
  }

  it('begins with another server on other nodes, is constant on one, and changes nothing else', async () => {
    const firsts: (string | undefined)[] = [];
    for (const name of nodeNames) {
      const root = node(name, (one) => configOf(one, 6443, 8443));
      expect(await run('balance', root, { args: ['once'] })).toExit(0);
      const live = root.read('etc/knode/nginx.live.conf');
      const sorted = (text: string) => text.split('\n').sort();
      expect(sorted(live)).toEqual(sorted(root.read('etc/knode/nginx.conf')));
      firsts.push(firstOf(live));
      await run('balance', root, { args: ['once'] });
      expect(root.read('etc/knode/nginx.live.conf')).toBe(live);
      await cleanUp();
    }
    for (const host of hosts) expect(firsts.filter((one) => one === `${host}:6443`).length).toBeGreaterThan(4);
  });

  it.each(['least_conn', 'hash $remote_addr:$remote_port consistent'])(
    'takes a server that answers 500 out of service and back, but never all of them (%s)',
    async (method) => {
      const [port, listen] = [await freePort(), await freePort()];
      const root = node('w1', (one) => configOf(one, port, listen, method));
      certificates(root);
      const servers: ApiServer[] = [];
      for (const host of hosts) servers.push(await ApiServer.start(host, port, root));
      expect(await run('balance', root, { args: ['once'] })).toExit(0);
      new Running('nginx', ['-c', root.at('etc/knode/nginx.live.conf'), '-g', 'daemon off;'], process.env);
      const balance = start('balance', root, { env: { KNODE_BALANCE_EVERY: '0.2' } });
      // The servers live in this process, so it must not wait for curl.
      const asked = ['-s', '-m', '5', '--cacert', root.at('ca.crt'), `https://127.0.0.1:${listen}/api`];
      const ask = () => new Running('curl', asked, process.env).finished;
      const shares = async (times: number) => {
        for (const server of servers) server.used = 0;
        for (let n = 0; n < times; n += 1) await ask();
        return servers.map(({ used }) => used);
      };
      await until(
        async () => (await ask()).out.startsWith('127.'),
        20,
        () => `nginx does not answer\n${balance.out}`,
      );
      // By a hash some may be rare, never absent.
      for (const used of await shares(60)) expect(used).toBeGreaterThan(0);

      const [, second] = servers;
      if (second === undefined) throw new Error('no second');
      second.ill = true;
      await balance.says(new RegExp(`${second.host}:${port} does not answer /readyz with success: out of service`));
      await until(
        async () => (await shares(12))[1] === 0,
        20,
        () => 'the ill server is still asked',
      );
      second.ill = false;
      await balance.says(new RegExp(`${second.host}:${port} is in service again`));
      await until(
        async () => ((await shares(30))[1] ?? 0) > 0,
        20,
        () => 'the healthy server is not asked',
      );

      for (const server of servers) server.ill = true;
      await until(
        async () => !/ down;/.test(root.read('etc/knode/nginx.live.conf')),
        20,
        () => 'all are down',
      );
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      expect(root.read('etc/knode/nginx.live.conf')).not.toMatch(/ down;/);
    },
  );

  it('counts a server that refuses the request as in service, before the node has a certificate', async () => {
    const [port, listen] = [await freePort(), await freePort()];
    const root = node('w1', (one) => configOf(one, port, listen));
    certificates(root);
    root.write('client.crt', '');
    const servers: ApiServer[] = [];
    for (const host of hosts) servers.push(await ApiServer.start(host, port, root));
    const balance = start('balance', root, { env: { KNODE_BALANCE_EVERY: '0.1' } });
    const [first] = servers;
    await first?.stop();
    await balance.says(/127\.0\.0\.11:\d+ does not answer/);
    expect(balance.out).not.toMatch(/127\.0\.0\.1[23]:\d+ does not answer/);
  });
});
