/** containerd itself, with rendered files: which hosts it asks for images, with which login, certificate and header. */
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Document } from 'yaml';
import { pullImage } from '../machines/cri-client.ts';
import { type Daemon, NodeRoot } from '../machines/node-root.ts';
import { type RenderedNode, variant } from '../rendered.ts';
import { type LoggingRegistry, loggingRegistry, makeCertificates } from '../servers/registry-log.ts';
import { describeReferee, sleep, tempDir } from '../tools.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one();
});

/** Rendered files must not be shared between names of tests. */
let count = 0;

async function workerOf(containerd: object, more: (file: Document) => void = () => {}): Promise<RenderedNode> {
  count += 1;
  const { nodes } = await variant('modern', `registries-${count}`, (file) => {
    file.setIn(['kubernetes', 'version'], '1.30.14');
    file.setIn(['kubernetes', 'kubeProxy', 'mode'], 'ipvs');
    // Its /run is a file system of the node's own; this path is this machine's as well.
    file.setIn(['containerRuntime', 'containerd'], { version: '1.6.39', ...containerd });
    more(file);
  });
  return nodes.find((one) => one.role === 'worker') as RenderedNode;
}

interface Runtime {
  readonly root: NodeRoot;
  readonly daemon: Daemon;
  pull(image: string): Promise<{ code: string; message: string }>;
}

async function start(node: RenderedNode): Promise<Runtime> {
  const options = { programs: { containerd: '/usr/bin/containerd' }, netns: '/proc/self/ns/net' };
  const root = await NodeRoot.of(node, options);
  undo.push(() => root.stop());
  const daemon = await root.startUnit('containerd.service', socket);
  await daemon.says(/containerd successfully booted/);
  const pull = async (image: string): ReturnType<Runtime['pull']> => {
    // containerd reports that it has booted a moment before its CRI plugin accepts requests.
    for (let tries = 0; ; tries += 1) {
      const answer = await pullImage(join(root.dir, 'containerd.sock'), image);
      if (tries === 50 || !answer.message.includes('not initialized')) return answer;
      await sleep(100);
    }
  };
  return { root, daemon, pull };
}

async function registry(options: { login?: string; tls?: string } = {}): Promise<LoggingRegistry> {
  const made = await loggingRegistry(options);
  undo.push(() => made.close());
  return made;
}

/** The path of a file that stands anywhere, as the cluster file names files: relative to itself. */
const anywhere = (path: string): string => `${'../'.repeat(30)}${path.slice(1)}`;

const whats = ({ asked }: LoggingRegistry): string[] => asked.map((one) => one.what);

/** Path below the node's root, as this machine sees it; the node's own /run is hidden. */
const socket = ['--address', '/containerd.sock'] as const;

describeReferee(
  'containerd and the registries',
  { root: true, tools: { containerd: 'containerd', openssl: 'openssl' } },
  () => {
    let certificates = '';
    beforeEach(() => {
      certificates = tempDir('registry-certificates');
      makeCertificates(certificates);
    });

    it('asks a proxy cache at its own path, with its authority, certificate, header and login, then the registry', async () => {
      const cache = await registry({ login: 'robot$puller:se:cret', tls: certificates });
      const hub = await registry();
      const pem = (name: string) => anywhere(join(certificates, name));
      const node = await workerOf({
        registryMirrors: { 'docker.io': [`https://${cache.host}/v2/dockerhub-proxy`] },
        registries: [
          {
            host: cache.host,
            ca: pem('ca.pem'),
            client: { certificate: pem('client.pem'), key: pem('client.key') },
            headers: { 'X-Key': 'for the cache' },
            credentials: { username: 'robot$puller', password: 'se:cret' },
          },
          { host: 'docker.io', server: `http://${hub.host}` },
        ],
      });
      const { pull } = await start(node);
      expect((await pull('docker.io/library/nginx:1')).message).toContain('not found');
      const right = cache.asked.filter((one) => one.authorization !== undefined);
      expect(right).toContainEqual({
        what: 'HEAD /v2/dockerhub-proxy/library/nginx/manifests/1?ns=docker.io',
        authorization: `Basic ${Buffer.from('robot$puller:se:cret').toString('base64')}`,
        key: 'for the cache',
        client: 'client',
      });
      expect(whats(hub)).toContain('HEAD /v2/library/nginx/manifests/1?ns=docker.io');
      expect(hub.asked.every((one) => one.authorization === undefined && one.key === undefined)).toBe(true);
    });

    it('refuses a mirror with an unknown authority', async () => {
      const mirror = await registry({ tls: certificates });
      const hub = await registry();
      const node = await workerOf({
        registryMirrors: { 'docker.io': [`https://${mirror.host}`] },
        registries: [{ host: 'docker.io', server: `http://${hub.host}` }],
      });
      const { pull, daemon } = await start(node);
      const { message } = await pull('docker.io/library/nginx:1');
      expect(whats(mirror), message).toEqual([]);
      expect(daemon.out).toMatch(/x509: certificate signed by unknown authority/);
      expect(whats(hub)).toContain('HEAD /v2/library/nginx/manifests/1?ns=docker.io');
    });

    it('falls back from a default mirror to the registry of the image', async () => {
      const mirror = await registry();
      const own = await registry();
      const { pull } = await start(await workerOf({ registryMirrors: { _default: [`http://${mirror.host}/`] } }));
      const { message } = await pull(`${own.host}/x/y:1`);
      expect(whats(mirror)).toContain(`HEAD /v2/x/y/manifests/1?ns=${encodeURIComponent(own.host)}`);
      expect(whats(own)).toContain('HEAD /v2/x/y/manifests/1');
      expect(message).not.toContain('_default');
    });

    it("reads the user's own hosts.toml, and takes any certificate where it is told so", async () => {
      const mirror = await registry();
      const own = await registry({ tls: certificates });
      const text = `server = "https://${own.host}"\nskip_verify = true\n[host."http://${mirror.host}"]\ncapabilities = ["pull", "resolve"]\n`;
      const node = await workerOf({ registries: [{ host: own.host, skipVerify: true }] }, (file) => {
        file.setIn(['extraFiles'], [{ path: '/etc/containerd/certs.d/quay.io/hosts.toml', content: text }]);
      });
      const { pull } = await start(node);
      const { message } = await pull('quay.io/a/b:1');
      expect(whats(mirror), message).toContain('HEAD /v2/a/b/manifests/1?ns=quay.io');
      expect((await pull(`${own.host}/c/d:1`)).message).toContain('not found');
      expect(whats(own)).toContain('HEAD /v2/c/d/manifests/1');
    });

    it('does not load its CRI plugin with mirrors beside config_path, which knode refuses', async () => {
      const node = await workerOf({});
      const root = await NodeRoot.of(node, { programs: { containerd: '/usr/bin/containerd' } });
      undo.push(() => root.stop());
      const more = `[plugins."io.containerd.grpc.v1.cri".registry.mirrors."docker.io"]\nendpoint = ["https://registry.example.com"]\n`;
      await root.run(['tee', '-a', '/etc/containerd/config.toml'], { input: more, check: true });
      const daemon = await root.startUnit('containerd.service', socket);
      for (let tries = 0; tries < 100 && !/cannot be set when/.test(daemon.out); tries += 1) await sleep(100);
      expect(daemon.out).toContain('`mirrors` cannot be set when `config_path` is provided');
    });
  },
);
