/** Images from a real registry become files that real runtimes import: with the node's own script, on the node's own daemons. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { pullImage } from '../../../src/mirror/container-images/pull.ts';
import { processSurroundings } from '../../../src/net/surroundings.ts';
import { digestOf, mediaTypes, type TestManifest, testIndex, testManifest } from '../../support/test-image.ts';
import { type Daemon, NodeRoot } from '../machines/node-root.ts';
import { clusterOf, type RenderedNode } from '../rendered.ts';
import { DockerRegistry } from '../servers/docker-registry.ts';
import { describeReferee, type Finished, sleep, tempDir, which } from '../tools.ts';

const name = 'registry.example.com/k8s/pause:3.9';
const script = '/usr/local/lib/knode/images';
let registry: DockerRegistry;
let image: TestManifest;
const roots: NodeRoot[] = [];

function busybox(): TestManifest {
  const program = { path: 'bin/busybox', mode: '0755', content: readFileSync('/usr/bin/busybox') };
  const text = { path: 'etc/motd', mode: '0644', content: 'small\n' };
  return testManifest([[program], [text], [program]], {
    kind: 'docker',
    config: { Cmd: ['/bin/busybox', 'cat', '/etc/motd'] },
  });
}

beforeAll(async () => {
  registry = await DockerRegistry.start();
  image = busybox();
  const arm = testManifest([[{ path: 'etc/motd', mode: '0644', content: 'arm\n' }]], { architecture: 'arm64' });
  for (const one of [image, arm]) await registry.push('k8s/pause', one);
  const list = testIndex({ 'linux/amd64': image, 'linux/arm64/v8': arm });
  // A registry takes a list only when it holds all of it.
  const whole = JSON.parse(list.toString());
  whole.manifests.shift();
  await registry.pushManifest('k8s/pause', '3.9', mediaTypes.oci.list, Buffer.from(JSON.stringify(whole)));
});
afterEach(async () => {
  for (const root of roots.splice(0)) await root.stop();
});
afterAll(() => registry?.stop());

function pull(out: string, reference = name, arch: 'amd64' | 'arm64' = 'amd64') {
  const hosts = { 'registry.example.com': `http://${registry.host}` };
  const surroundings = { ...processSurroundings(new AbortController().signal), env: {} };
  return pullImage({ reference, arch, out, hosts, surroundings });
}

/** A worker whose kubelet would find its images as files. */
async function worker(runtime: 'docker' | 'containerd', version: string, own: string): Promise<RenderedNode> {
  const cluster = await clusterOf(
    `images-${runtime}`,
    `apiVersion: knode.dev/v1
kind: Cluster
name: images
kubernetes: { version: ${version}, imageRegistry: registry.example.com/k8s }
apiEndpoint: { address: 10.0.0.10 }
nodes:
  masters: [{ address: 10.0.0.11 }]
  workers: [{ address: 10.0.0.12 }]
containerRuntime: { type: ${runtime}, ${own} }
artifacts: { images: mirror, mirrors: [https://mirror.example.com] }
`,
  );
  return cluster.nodes.find((node) => node.role === 'worker') as RenderedNode;
}

interface Runtime {
  readonly root: NodeRoot;
  readonly daemon: Daemon;
  /** Runs the node's script once. */
  importAll(): Promise<Finished>;
  put(file: string, as: string): void;
}

async function start(node: RenderedNode, unit: string, program: string): Promise<Runtime> {
  const root = await NodeRoot.of(node, {
    programs: { [program]: `/usr/${program === 'dockerd' ? 's' : ''}bin/${program}` },
  });
  roots.push(root);
  await root.run(['mkdir', '-p', '/run/systemd/system'], { check: true });
  const daemon = await root.startUnit(unit);
  const client = program === 'dockerd' ? 'docker' : 'ctr';
  for (const end = Date.now() + 30_000; (await root.run([client, 'version'])).code !== 0; await sleep(200)) {
    if (!daemon.running || Date.now() > end) throw new Error(daemon.out);
  }
  mkdirSync(root.at('/var/lib/knode/images'), { recursive: true });
  return {
    root,
    daemon,
    importAll: () => root.run(['timeout', '60', script], { env: { KNODE_RETRY: '1' } }),
    put: (file, as) => copyFileSync(file, root.at(`/var/lib/knode/images/${as}`)),
  };
}

/** An image that the runtime refuses does not block the others; it is reported and retried. */
async function refuses({ root, put }: Runtime, has: () => Promise<boolean>, good: string): Promise<void> {
  const bad = join(tempDir('bad'), 'bad.tar');
  writeFileSync(bad, 'this is no archive');
  put(bad, 'bad.tar');
  put(good, 'pause.tar');
  const script60 = root.start([script], { KNODE_RETRY: '1' });
  await script60.says(
    /knode: images: \w+ does not take the image bad\.tar: it has no manifest\.json that names an image/,
  );
  expect(await has()).toBe(true);
  expect(script60.running).toBe(true);
  put(good, 'bad.tar');
  expect(await script60.stop('SIGCONT')).toBe(0);
}

describeReferee('a registry', { tools: { 'docker-registry': 'docker-registry', busybox: 'busybox-static' } }, () => {
  it('gives the same file twice, and each architecture its own', async () => {
    const dir = tempDir('pulled');
    const first = await pull(join(dir, '1.tar'));
    const second = await pull(join(dir, '2.tar'));
    expect(second).toEqual(first);
    expect(digestOf(readFileSync(join(dir, '1.tar')))).toBe(`sha256:${first.sha256}`);
    expect((await pull(join(dir, '3.tar'), name, 'arm64')).sha256).not.toBe(first.sha256);
  });

  it('is distinguished from the image when something is missing or damaged', async () => {
    const out = join(tempDir('refused'), 'image.tar');
    await expect(pull(out, 'registry.example.com/k8s/pause:9.9')).rejects.toThrow(
      'there is no image registry.example.com/k8s/pause:9.9',
    );
    await expect(pull(out, 'registry.example.com/none:1')).rejects.toThrow(
      'there is no image registry.example.com/none:1',
    );
    const layer = [...image.blobs.keys()].at(-1) ?? '';
    const file = registry.blobFile(layer);
    const good = readFileSync(file);
    const bad = Buffer.from(good);
    bad[bad.length - 9] = ~(bad[bad.length - 9] ?? 0) & 255;
    try {
      writeFileSync(file, bad);
      await expect(pull(out)).rejects.toThrow(`is corrupt: its digest is ${digestOf(bad)}, expected ${layer}`);
    } finally {
      writeFileSync(file, good);
    }
  });
});

describeReferee(
  'dockerd',
  {
    root: true,
    tools: {
      dockerd: 'docker.io',
      docker: 'docker.io',
      'docker-registry': 'docker-registry',
      busybox: 'busybox-static',
    },
  },
  () => {
    it('loads the file once, and again when kubelet has removed the image', async () => {
      const file = join(tempDir('docker'), 'pause.tar');
      await pull(file);
      const runtime = await start(await worker('docker', '1.28.12', 'docker: {}'), 'docker.service', 'dockerd');
      const { root } = runtime;
      runtime.put(file, 'pause.tar');
      const done = { code: 0, stdout: `knode: images: imported ${name}\n`, stderr: '' };
      expect(await runtime.importAll()).toEqual(done);
      expect(await runtime.importAll()).toEqual({ code: 0, stdout: '', stderr: '' });
      const inspected = await root.run([
        'docker',
        'image',
        'inspect',
        '-f',
        '{{.Id}} {{json .RepoTags}} {{len .RootFS.Layers}}',
        name,
      ]);
      expect(inspected.stdout).toBe(`${[...image.blobs.keys()][0]} ["${name}"] 3\n`);
      await root.run(['docker', 'create', '--name', 'probe', '--network', 'none', name], { check: true });
      expect(await root.run(['docker', 'cp', 'probe:/etc/motd', '/tmp/motd'])).toExit(0);
      expect(readFileSync(root.at('/tmp/motd'), 'utf8')).toBe('small\n');
      await root.run(['docker', 'rm', 'probe'], { check: true });
      await root.run(['docker', 'rmi', name], { check: true });
      expect(await runtime.importAll()).toEqual(done);
      await root.run(['docker', 'rmi', name], { check: true });
      await refuses(runtime, async () => (await root.run(['docker', 'image', 'inspect', name])).code === 0, file);
    });
  },
);

describeReferee(
  'containerd',
  {
    root: true,
    tools: {
      containerd: 'containerd',
      ctr: 'containerd',
      'docker-registry': 'docker-registry',
      busybox: 'busybox-static',
    },
  },
  () => {
    const list = (root: NodeRoot) => root.run(['ctr', '-n', 'k8s.io', 'images', 'ls'], { check: true });

    it('imports the file once, pins it, and again when it is gone', async () => {
      const file = join(tempDir('containerd'), 'pause.tar');
      await pull(file);
      const node = await worker('containerd', '1.30.14', 'containerd: { version: 1.6.39 }');
      const runtime = await start(node, 'containerd.service', 'containerd');
      const { root } = runtime;
      runtime.put(file, 'pause.tar');
      const done = { code: 0, stdout: `knode: images: imported ${name}\n`, stderr: '' };
      expect(await runtime.importAll()).toEqual(done);
      const { stdout } = await list(root);
      const row = stdout.split('\n').find((line) => line.startsWith(name));
      expect(row?.split(/ +/).slice(0, 3)).toEqual([name, mediaTypes.docker.manifest, image.digest]);
      expect(row).toContain('io.cri-containerd.pinned=pinned');
      const checked = await root.run(['ctr', '-n', 'k8s.io', 'images', 'check', `name==${name}`], { check: true });
      expect(checked.stdout).toMatch(/complete \(4\/4\).*true/);
      expect(await runtime.importAll()).toEqual({ code: 0, stdout: '', stderr: '' });
      // The power went between import and pin.
      await root.run(['ctr', '-n', 'k8s.io', 'images', 'label', name, 'io.cri-containerd.pinned='], { check: true });
      expect(await runtime.importAll()).toEqual(done);
      await root.run(['ctr', '-n', 'k8s.io', 'images', 'rm', '--sync', name], { check: true });
      expect(await runtime.importAll()).toEqual(done);
      await root.run(['ctr', '-n', 'k8s.io', 'images', 'rm', '--sync', name], { check: true });
      await refuses(runtime, async () => (await list(root)).stdout.includes(name), file);
    });

    it.skipIf(which('dockerd') === undefined)('imports what docker save wrote of an image of the hub', async () => {
      const file = join(tempDir('saved'), 'pause.tar');
      await pull(file);
      const docker = await start(await worker('docker', '1.28.12', 'docker: {}'), 'docker.service', 'dockerd');
      docker.put(file, 'pause.tar');
      await docker.importAll();
      for (const argv of [
        ['tag', name, 'probe:1'],
        ['tag', name, 'someone/probe:2'],
        ['save', '-o', '/saved.tar', 'probe:1', 'someone/probe:2'],
      ])
        await docker.root.run(['docker', ...argv], { check: true });
      const node = await worker('containerd', '1.30.14', 'containerd: { version: 1.6.39 }');
      const runtime = await start(node, 'containerd.service', 'containerd');
      runtime.put(docker.root.at('/saved.tar'), 'own.tar');
      const names = 'docker.io/library/probe:1 docker.io/someone/probe:2';
      expect(await runtime.importAll()).toEqual({ code: 0, stdout: `knode: images: imported ${names}\n`, stderr: '' });
      expect(await runtime.importAll()).toEqual({ code: 0, stdout: '', stderr: '' });
      for (const one of names.split(' ')) expect((await list(runtime.root)).stdout).toContain(`${one} `);
    });
  },
);
