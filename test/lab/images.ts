/**
 * Container images of a cluster in the lab, in one file as `docker save` writes it: pause and the test image, both busybox under
 * the names that the cluster uses, and CoreDNS. There is no registry.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseImageReference } from '../../src/base/image-reference.ts';
import type { Cluster } from '../../src/model/cluster.ts';
import { sh } from '../referee/tools.ts';
import { dnsScript } from './paths.ts';

/** The name that the lab's pods use. */
export const testImage = 'lab.example/busybox:1';

export interface LabImages {
  readonly file: string;
  /** Differences from upstream, in words. */
  readonly notes: readonly string[];
}

interface Saved {
  readonly Config: string;
  readonly RepoTags: readonly string[];
  readonly Layers: readonly string[];
}

/** Path of a real CoreDNS below KNODE_LAB_ARTIFACTS, with upstream's own file name. */
export function coreDnsKey(image: string): string {
  const version = (parseImageReference(image)?.tag ?? '').replace(/^v(?=\d)/, '');
  return `coredns/${version}/linux-amd64/coredns_${version}_linux_amd64.tgz`;
}

/** @param base images.tar of programs.sh, whose one layer has busybox. */
export async function makeImages(cluster: Cluster, base: string, work: string): Promise<LabImages> {
  const stage = join(work, 'images');
  mkdirSync(stage, { recursive: true });
  await sh('tar', ['-C', stage, '-xf', base], { check: true });
  const [busybox] = JSON.parse(readFileSync(join(stage, 'manifest.json'), 'utf8')) as Saved[];
  if (busybox === undefined) throw new Error(`${base} has no image`);
  const images: Saved[] = [{ ...busybox, RepoTags: [cluster.images.pause, testImage] }];
  const notes = [`${cluster.images.pause} is busybox that sleeps`];
  if (cluster.spec.addons.coreDNS.enabled) {
    const tag = cluster.images.coreDns;
    const { layer, note } = await coreDnsLayer(tag, stage);
    images.push(await derived(stage, busybox, layer, tag));
    notes.push(note);
  }
  writeFileSync(join(stage, 'manifest.json'), JSON.stringify(images));
  const file = join(work, 'images.tar');
  const files = new Set(images.flatMap(({ Config, Layers }) => [Config, ...Layers]));
  const owner = ['--owner=0', '--group=0', '--mtime=@0'];
  await sh('tar', ['-C', stage, ...owner, '-cf', file, 'manifest.json', ...files], { check: true });
  rmSync(stage, { recursive: true });
  return { file, notes };
}

/** A layer with /coredns in it: the real one, or a stand-in. */
async function coreDnsLayer(tag: string, stage: string): Promise<{ readonly layer: string; readonly note: string }> {
  const [key, layer] = [coreDnsKey(tag), join(stage, 'coredns-layer.tar')];
  const real = join(process.env.KNODE_LAB_ARTIFACTS ?? '/nowhere', key);
  if (process.env.KNODE_LAB_ARTIFACTS === undefined || !existsSync(real)) {
    const standIn = (await sh(dnsScript, [], { check: true, timeoutMs: 600_000 })).stdout.trim();
    await sh('tar', ['-C', standIn, '--owner=0', '--group=0', '-cf', layer, '.'], { check: true });
    return {
      layer,
      note: `${tag} IS NOT COREDNS BUT DNSMASQ of Debian: for the real one, $KNODE_LAB_ARTIFACTS/${key}`,
    };
  }
  const unpacked = join(stage, 'coredns');
  mkdirSync(unpacked);
  await sh('tar', ['-C', unpacked, '-xzf', real, 'coredns'], { check: true });
  await sh('tar', ['-C', unpacked, '--owner=0', '--group=0', '-cf', layer, 'coredns'], { check: true });
  return { layer, note: `${tag} is CoreDNS of ${key}` };
}

/** An image of busybox and one more layer, which starts /coredns. */
async function derived(stage: string, base: Saved, layer: string, tag: string): Promise<Saved> {
  const sum = async (file: string): Promise<string> =>
    (await sh('sha256sum', [file], { check: true })).stdout.slice(0, 64);
  const config = JSON.parse(readFileSync(join(stage, base.Config), 'utf8')) as {
    config: object;
    rootfs: { diff_ids: string[] };
  };
  const digest = await sum(layer);
  renameSync(layer, join(stage, `${digest}.tar`));
  const text = JSON.stringify({
    ...config,
    config: { ...config.config, Entrypoint: ['/coredns'] },
    rootfs: { ...config.rootfs, diff_ids: [...config.rootfs.diff_ids, `sha256:${digest}`] },
  });
  const name = `${createHash('sha256').update(text).digest('hex')}.json`;
  writeFileSync(join(stage, name), text);
  return { Config: name, RepoTags: [tag], Layers: [...base.Layers, `${digest}.tar`] };
}
