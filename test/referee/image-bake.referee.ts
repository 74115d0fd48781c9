/**
 * Golden images, proved by real bakes: packer runs knode's scripts over SSH in a real Debian, and nodes boot from what that left.
 * Law: image + lesser user-data = full user-data on a blank machine.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { gzip } from '../../src/cloudinit/format.ts';
import { readClusterFile } from '../../src/commands/read-inputs.ts';
import { render } from '../../src/commands/render.ts';
import { planNodes } from '../../src/commands/render-nodes.ts';
import type { ImageManifest } from '../../src/image/manifest.ts';
import { type BootedNode, bootNode } from './boot.ts';
import { type BakeMachine, bootBakeMachine, serve, takeTree, useImage, withPackages } from './image-machine.ts';
import { makeMirror, makePackageSource } from './image-mirror.ts';
import { compareTrees, enabledUnits } from './image-trees.ts';
import { MemoryIo } from './rendered.ts';
import { describeReferee, type Finished, sh, sleep, tempDir } from './tools.ts';

const marker = 'bf3d71-marker';

/** A cluster whose every secret that the user can give holds the marker; containerd is Debian's, which runs here. */
const clusterText = `
apiVersion: knode.dev/v1
kind: Cluster
name: baked
kubernetes: { version: 1.26.15 }
apiEndpoint: { address: 10.30.0.11 }
containerRuntime: { containerd: { version: 1.6.20 } }
nodes:
  masters: [{ name: m1, address: 10.30.0.11 }]
  workers: [{ name: w1, address: 10.30.0.21 }]
network: { flannel: { store: etcd } }
os:
  packages: [knode-probe]
  proxy: { http: 'http://proxy:${marker}@127.0.0.1:9', noProxy: [127.0.0.1] }
artifacts: { mirrors: ['http://127.0.0.1:8090/knode'], upstream: false, images: mirror }
extraFiles:
  - { path: /etc/site/secret.conf, content: '${marker}', secret: true, roles: [master, worker] }
  - { path: /etc/site/plain.conf, content: plain, roles: [master, worker] }
`;

const needs = {
  root: true,
  tools: {
    'systemd-nspawn': 'systemd-container',
    packer: 'packer',
    'ssh-keygen': 'openssh-client',
    containerd: 'containerd',
  },
};

/** Everything that is made once for this file. */
interface Site {
  readonly file: string;
  readonly state: string;
  readonly mirror: string;
  readonly packages: string;
}

async function makeSite(): Promise<Site> {
  const folder = tempDir('site');
  const site = {
    file: join(folder, 'cluster.yaml'),
    state: join(folder, 'state'),
    mirror: join(folder, 'mirror'),
    packages: join(folder, 'packages'),
  };
  writeFileSync(site.file, clusterText);
  const read = readClusterFile(site.file).value;
  if (read === undefined) throw new Error('the cluster file is wrong');
  const artifacts = planNodes(read, read.cluster.nodes).flatMap((plan) => plan.artifacts);
  writeFileSync(join(folder, 'knode.lock.yaml'), await makeMirror(artifacts, join(site.mirror, 'knode')));
  await makePackageSource(site.packages, 'knode-probe');
  return site;
}

async function userData(site: Site, node: string, image?: string): Promise<string> {
  const output = tempDir(`seeds-${node}`);
  await render(
    { file: site.file, state: site.state, node, output, ...(image === undefined ? {} : { image }) },
    new MemoryIo(),
  );
  return join(output, node);
}

/** A node that has all of its programs, whatever it was made from. */
async function bootedNode(
  site: Site,
  seedDir: string,
  image?: string,
  spoil?: (root: string) => void,
): Promise<BootedNode> {
  const node = await bootNode({
    seedDir,
    name: seedDir,
    nspawn: ['--bind-ro=/bin/true:/usr/sbin/swapoff'],
    prepare: async (root) => {
      if (image === undefined) withPackages(root, site.packages);
      else await useImage(root, image);
      spoil?.(root);
    },
  });
  const stop = serve(node, site.mirror);
  try {
    for (let tries = 0; tries < 120; tries += 1) {
      const { stdout } = await node.run([
        'systemctl',
        'is-active',
        'knode-artifacts.service',
        'knode-images.service',
        'knode-system.service',
      ]);
      // The images service is a oneshot that a timer starts again: at rest it is inactive.
      if (/^active\n(in)?active\nactive/.test(stdout) && node.journal().includes('imported')) return node;
      await sleep(500);
    }
    throw new Error(`the node did not get its programs\n${node.journal().split('\n').slice(-60).join('\n')}`);
  } finally {
    stop();
  }
}

interface Baked {
  readonly built: Finished;
  readonly tree: string;
  readonly manifestFile: string;
  readonly manifest: ImageManifest;
}

async function bake(site: Site, options: readonly string[]): Promise<Baked> {
  const machine = await bootBakeMachine(site.packages);
  const output = tempDir('images');
  const stop = serve(machine.machine, site.mirror);
  const built = await machine.knode(buildArguments(site, machine, output, options));
  stop();
  if (built.code !== 0) throw new Error(`${built.stdout}${built.stderr}`);
  const tree = await takeTree(machine);
  const name = readdirSync(output).find((one) => one.endsWith('.json') && !one.endsWith('.cdx.json')) ?? '';
  const manifestFile = join(output, name);
  return { built, tree, manifestFile, manifest: JSON.parse(readFileSync(manifestFile, 'utf8')) };
}

function buildArguments(
  site: Site,
  { sshVariables }: BakeMachine,
  output: string,
  options: readonly string[],
): string[] {
  const command = ['-f', site.file, '--state', site.state, 'image', 'build', '--builder', 'null', '-o', output];
  return [...command, ...options, ...sshVariables];
}

describeReferee('a golden image for workers', needs, () => {
  let site: Site;
  let baked: Baked;
  let blank: BootedNode;
  let lesser: BootedNode;

  beforeAll(async () => {
    site = await makeSite();
    baked = await bake(site, ['--role', 'worker']);
    const full = await userData(site, 'w1');
    const rest = await userData(site, 'w1', baked.manifestFile);
    [blank, lesser] = [await bootedNode(site, full), await bootedNode(site, rest, baked.tree)];
    const size = (seed: string) => gzip(readFileSync(join(seed, 'user-data'), 'utf8')).length;
    process.stderr.write(`user-data of w1, compressed: ${size(full)} bytes blank, ${size(rest)} of the image\n`);
    process.stderr.write(`cloud-init's end: ${blank.bootMs} ms blank, ${lesser.bootMs} ms of the image\n`);
  });
  afterAll(async () => {
    await blank?.stop();
    await lesser?.stop();
  });

  it('holds every program of the lock, and says so in its manifest', () => {
    const paths = baked.manifest.files.map((file) => file.path);
    expect(paths).toEqual(
      expect.arrayContaining(['/usr/local/bin/kubelet', '/usr/local/lib/knode/fetch', '/opt/cni/bin/bridge']),
    );
    expect(baked.manifest.packages).toContainEqual({ name: 'knode-probe', version: '1.0' });
    expect(readFileSync(join(baked.tree, 'etc/knode/image.json'))).toEqual(readFileSync(baked.manifestFile));
    const bill = JSON.parse(readFileSync(baked.manifestFile.replace(/json$/, 'cdx.json'), 'utf8'));
    expect(bill).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.5' });
    expect(bill.components.map((one: { purl?: string }) => one.purl)).toContain('pkg:deb/debian/knode-probe@1.0');
  });

  it('makes a node that differs from a blank one in nothing but what is listed', async () => {
    expect(await compareTrees(blank.rootDir, lesser.rootDir)).toEqual([]);
    expect(await enabledUnits(lesser)).toEqual(await enabledUnits(blank));
  });

  it('spares the node every download', () => {
    expect(blank.journal()).toContain('artifact kubelet is installed');
    expect(lesser.journal()).not.toContain('is installed');
    expect(lesser.journal()).toContain('knode: fetch: all artifacts are installed');
  });
});
