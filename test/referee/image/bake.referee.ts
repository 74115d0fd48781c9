/**
 * Golden images, proved by real bakes: packer runs knode's scripts over SSH in a real Debian, and nodes boot from the
 * result. Rule: image + smaller user-data = full user-data on a blank machine.
 */
import { appendFileSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { gzip } from '../../../src/delivery/encode.ts';
import type { GoldenImageManifest } from '../../../src/image/golden-image-manifest.ts';
import { type BootedNode, bootNode } from '../machines/boot.ts';
import {
  type BakeMachine,
  bootBakeMachine,
  serve,
  takeTree,
  useImage,
  withPackages,
} from '../machines/image-machine.ts';
import { describeReferee, sh, sleep, tempDir } from '../tools.ts';
import { makeSite, marker, type Site, stateSecrets, userData } from './site.ts';
import { compareTrees, enabledUnits } from './trees.ts';

const needs = {
  root: true,
  tools: {
    'systemd-nspawn': 'systemd-container',
    packer: 'packer',
    'ssh-keygen': 'openssh-client',
    containerd: 'containerd',
  },
};

/** Boots a node, and serves it the mirror. */
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
  serve(node, site.mirror);
  return node;
}

/** All programs are installed, and the runtime has its images, whatever the node was made from. */
async function hasAll(node: BootedNode): Promise<void> {
  const done =
    'systemctl is-active -q knode-artifacts.service && ctr -n k8s.io images ls -q | grep -q pause && ctr -n k8s.io images ls -q | grep -q coredns';
  for (let tries = 0; (await node.run(['sh', '-c', done])).code !== 0; tries += 1) {
    if (tries > 240)
      throw new Error(`it did not get its programs\n${node.journal().split('\n').slice(-60).join('\n')}`);
    await sleep(500);
  }
}

interface Baked {
  readonly tree: string;
  readonly manifestFile: string;
  readonly manifest: GoldenImageManifest;
}

async function bake(site: Site, options: readonly string[]): Promise<Baked> {
  return bakeOn(await bootBakeMachine(site.packages), site, options);
}

/** Bakes the machine, and uses its tree as the image; the machine is then removed. */
async function bakeOn(machine: BakeMachine, site: Site, options: readonly string[]): Promise<Baked> {
  const output = tempDir('images');
  const stop = serve(machine.machine, site.mirror);
  const built = await machine.knode(buildArguments(site, machine, output, options));
  stop();
  if (built.code !== 0) throw new Error(`${built.stdout}${built.stderr}`);
  const tree = await takeTree(machine);
  const name = readdirSync(output).find((one) => one.endsWith('.json') && !one.endsWith('.cdx.json')) ?? '';
  const manifestFile = join(output, name);
  return { tree, manifestFile, manifest: JSON.parse(readFileSync(manifestFile, 'utf8')) };
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
    await Promise.all([hasAll(blank), hasAll(lesser)]);
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

  it('makes a node that equals a blank one, except for listed differences', async () => {
    expect(await compareTrees(blank.rootDir, lesser.rootDir)).toEqual([]);
    expect(await enabledUnits(lesser)).toEqual(await enabledUnits(blank));
  });

  it('saves the node every download', () => {
    expect(blank.journal()).toContain('artifact kubelet is installed');
    expect(lesser.journal()).not.toContain('is installed');
    expect(lesser.journal()).toContain('knode: fetch: all artifacts are installed');
  });

  it('already has its container images in the runtime', () => {
    expect(blank.journal()).toContain('images: imported');
    expect(lesser.journal()).not.toContain('images: imported');
  });

  it('heals: a missing or wrong program in the image is fetched', async () => {
    const rest = await userData(site, 'w1', baked.manifestFile);
    const node = await bootedNode(site, rest, baked.tree, (root) => {
      rmSync(join(root, 'usr/local/bin/kubectl'));
      writeFileSync(join(root, 'usr/local/bin/kube-proxy'), '#!/bin/sh\nexit 1\n');
    });
    try {
      await hasAll(node);
      const journal = node.journal();
      for (const name of ['kubectl', 'kube-proxy']) expect(journal).toContain(`artifact ${name} is installed`);
      expect(journal).not.toContain('artifact kubelet is installed');
      expect(await compareTrees(lesser.rootDir, node.rootDir)).toEqual([]);
    } finally {
      await node.stop();
    }
  });

  it('starts nothing on a machine of another image, and says so', async () => {
    const rest = await userData(site, 'w1', baked.manifestFile);
    const other = (root: string) => appendFileSync(join(root, 'etc/knode/image.json'), '\n');
    const booting = bootNode({
      seedDir: rest,
      name: 'w1',
      timeoutMs: 20_000,
      prepare: async (root) => {
        await useImage(root, baked.tree);
        other(root);
      },
    });
    // cloud-init waits, as for a payload: the machine's output is in the error.
    await expect(booting).rejects.toThrow(`this machine is not of the image ${baked.manifest.name}`);
  });
});

describeReferee('a bake', needs, () => {
  let site: Site;
  let machine: BakeMachine;

  beforeAll(async () => {
    site = await makeSite();
    machine = await bootBakeMachine(site.packages);
  });
  afterAll(() => machine?.machine.stop());

  /** A bake that must fail; returns its output. Nothing is left of it on either side. */
  async function failed(mirror: string): Promise<string> {
    const output = tempDir('images');
    const stop = serve(machine.machine, mirror);
    const { code, stderr } = await machine.knode(buildArguments(site, machine, output, ['--role', 'worker']));
    stop();
    expect([code, readdirSync(output)]).toEqual([3, []]);
    expect(existsSync(join(machine.machine.rootDir, 'etc/knode/image.json'))).toBe(false);
    expect(existsSync(join(machine.machine.rootDir, 'usr/sbin/policy-rc.d'))).toBe(false);
    return stderr;
  }

  it('makes no image without enough space', async () => {
    await machine.machine.run(['mkdir', '-p', '/var/lib/knode']);
    await machine.machine.run(['mount', '-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', '/var/lib/knode']);
    const said = await failed(site.mirror).finally(() => machine.machine.run(['umount', '/var/lib/knode']));
    expect(said).toMatch(/no image: no space: \d MiB are free in \/var\/lib\/knode\/artifacts, 16 MiB are needed/);
  });

  it('makes no image of programs that differ from the lock', async () => {
    const corrupt = tempDir('corrupt');
    cpSync(site.mirror, corrupt, { recursive: true });
    const kubelet =
      (readdirSync(corrupt, { recursive: true }) as string[]).find((path) => path.endsWith('linux-amd64/kubelet')) ??
      '';
    writeFileSync(join(corrupt, kubelet), 'something else');
    expect(await failed(corrupt)).toMatch(
      /no image: programs that could not be installed: kubelet .* is corrupt: its sha256 is/,
    );
  });

  it('puts no secret into an image of every role with the cluster layer', async () => {
    const baked = await bakeOn(machine, site, ['--all-roles', '--layers', 'image,cluster']);
    const seeds = {
      m1: await userData(site, 'm1', baked.manifestFile),
      w1: await userData(site, 'w1', baked.manifestFile),
    };
    for (const seed of Object.values(seeds)) expect(readFileSync(join(seed, 'user-data'), 'utf8')).toContain(marker);
    const secrets = [marker, ...stateSecrets(site.state)];
    expect(secrets.length).toBeGreaterThan(20);
    const list = join(tempDir('secrets'), 'list');
    writeFileSync(list, `${secrets.join('\n')}\n`);
    const found = await sh('grep', ['-rlaF', '-f', list, baked.tree], { timeoutMs: 200_000 });
    expect([found.code, found.stdout]).toEqual([1, '']);
    expect(existsSync(join(baked.tree, 'etc/site/plain.conf'))).toBe(true);
    expect(existsSync(join(baked.tree, 'etc/kubernetes/pki/ca.crt'))).toBe(true);
    const sizes = Object.entries(seeds).map(
      ([name, seed]) => `${name} ${gzip(readFileSync(join(seed, 'user-data'), 'utf8')).length}`,
    );
    process.stderr.write(`user-data with --all-roles --layers image,cluster, compressed: ${sizes.join(', ')}\n`);
    const [blank, lesser] = [
      await bootedNode(site, await userData(site, 'm1')),
      await bootedNode(site, seeds.m1, baked.tree),
    ];
    try {
      await Promise.all([hasAll(blank), hasAll(lesser)]);
      expect(await compareTrees(blank.rootDir, lesser.rootDir)).toEqual([]);
      expect(await enabledUnits(lesser)).toEqual(await enabledUnits(blank));
    } finally {
      await Promise.all([blank.stop(), lesser.stop()]);
    }
  });
});
