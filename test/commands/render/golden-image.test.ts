import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { sha256 } from '../../../src/base/digest.ts';
import { explain } from '../../../src/commands/explain.ts';
import { imageInspect } from '../../../src/commands/image/inspect.ts';
import { imageTemplate } from '../../../src/commands/image/template.ts';
import { render } from '../../../src/commands/render.ts';
import type { ImageContent } from '../../../src/image/golden-image-manifest.ts';
import { manifestOf, writeManifest } from '../../support/golden-image-manifest.ts';
import { freshCluster, freshFolder, memoryIo, mistakes, secretPattern, tree } from '../fixture.ts';

interface UserData {
  readonly write_files: readonly { readonly path: string }[];
  readonly runcmd: readonly (readonly string[])[];
}

async function manifest(
  file: string,
  options: { role?: string; allRoles?: boolean; layers?: string } = { role: 'worker' },
): Promise<ImageContent> {
  const output = join(freshFolder(), 'build');
  await imageTemplate({ file, builder: 'null', output, ...options }, memoryIo());
  return manifestOf(output);
}

async function userData(
  file: string,
  image: string,
  node = 'w1',
): Promise<{ text: string; data: UserData; err: string }> {
  const io = memoryIo();
  await render({ file, node, image }, io);
  return { text: io.out(), data: parse(io.out()), err: io.err() };
}

const refused = (file: string, content: object, node = 'w1') =>
  mistakes(() => render({ file, node, image: writeManifest(content) }, memoryIo()));

describe('render --image', () => {
  it('leaves out what the image has', async () => {
    const file = freshCluster();
    const content = await manifest(file);
    const image = writeManifest(content);
    const { data, err } = await userData(file, image);
    const paths = data.write_files.map((one) => one.path);
    expect(paths).toContain('/etc/knode/node.env');
    expect(paths).toContain('/etc/kubernetes/kubelet.yaml');
    for (const { path } of content.files) expect(paths).not.toContain(path);
    expect(err).not.toContain('warning');
  });

  it('makes a node wait on a machine of another image: the manifest is pinned', async () => {
    const file = freshCluster();
    const image = writeManifest(await manifest(file));
    const { data } = await userData(file, image);
    const [shell, flag, script, digest] = data.runcmd[0] ?? [];
    expect([shell, flag, digest]).toEqual(['sh', '-c', sha256(readFileSync(image))]);
    expect(script).toMatch(
      /^until echo "\$0 {2}\/etc\/knode\/image\.json" \| sha256sum -c --status; do echo "knode: waiting/,
    );
  });

  it('delivers a file that the image has with other content or another mode', async () => {
    const file = freshCluster();
    const content = await manifest(file);
    const [fetch, lib] = ['/usr/local/lib/knode/fetch', '/usr/local/lib/knode/lib'];
    const files = content.files.map((one) => {
      if (one.path === fetch) return { ...one, mode: '0644' };
      return one.path === lib ? { ...one, sha256: 'f'.repeat(64) } : one;
    });
    const { data } = await userData(file, writeManifest({ ...content, files }));
    expect(data.write_files.map((one) => one.path)).toEqual(expect.arrayContaining([fetch, lib]));
  });

  it('lists the packages that the image lacks, and the node installs them', async () => {
    const file = freshCluster();
    const content = await manifest(file);
    const packages = content.packages.filter((one) => one.name !== 'conntrack');
    const { err } = await userData(file, writeManifest({ ...content, packages }));
    expect(err).toContain('lacks packages that w1 needs, which it will install: conntrack [image-lacks-packages]');
  });

  it('brings every role from one image of all roles', async () => {
    const file = freshCluster();
    const image = writeManifest(await manifest(file, { allRoles: true, layers: 'image,cluster' }));
    for (const node of ['m1', 'w1']) {
      const { data, err } = await userData(file, image, node);
      const left = data.write_files.map((one) => one.path);
      expect(left).toContain('/etc/knode/node.env');
      expect(left).not.toContain('/usr/local/lib/knode/fetch');
      expect(left).not.toContain('/etc/kubernetes/pki/ca.crt');
      expect(err).not.toContain('warning');
    }
  });

  it('changes nothing of the tree that the node ends with', async () => {
    const file = freshCluster();
    const image = writeManifest(await manifest(file));
    const [whole, thin] = [freshFolder(), freshFolder()];
    await render({ file, node: 'w1', files: join(whole, 'tree') }, memoryIo());
    await render({ file, node: 'w1', image, files: join(thin, 'tree') }, memoryIo());
    expect(tree(join(thin, 'tree'))).toEqual(tree(join(whole, 'tree')));
  });

  it('takes precedence over a payload, which is then not needed', async () => {
    const file = freshCluster(
      (text) =>
        `${text.replace(/^artifacts:\n(?: .*\n)+/m, '')}\nartifacts: { payload: mirror, mirrors: [http://10.0.0.5] }\n`,
    );
    const { text } = await userData(file, writeManifest(await manifest(file)));
    expect(text).not.toContain('payload-worker');
  });

  it('is shown by explain', async () => {
    const file = freshCluster();
    const content = await manifest(file);
    const image = writeManifest(content);
    const io = memoryIo();
    await explain({ file, node: 'w1', image }, io);
    expect(io.out()).toContain(`image: ${content.name}, which brings ${content.files.length} files`);
    const json = memoryIo();
    await explain({ file, node: 'w1', image, json: true }, json);
    expect(JSON.parse(json.out())[0].image).toEqual({
      name: content.name,
      sha256: sha256(readFileSync(image)),
      files: content.files.length,
    });
  });
});

describe('an image that does not fit', () => {
  const file = freshCluster();

  it('has another architecture, family or version: all differences are reported at once', async () => {
    const content = await manifest(file);
    const artifacts = content.artifacts.map((one) => (one.name === 'kubelet' ? { ...one, version: '1.35.0' } : one));
    expect(
      await refused(file, { ...content, arch: 'arm64', os: { family: 'rhel', system: 'rocky-9' }, artifacts }),
    ).toEqual([
      expect.stringMatching(
        /^image-of-other-arch: the image knode-worker-\S+ is for arm64, and w1 is amd64 \| bake one for it: knode image template --arch amd64$/,
      ),
      expect.stringMatching(
        /^image-of-other-family: .* is of the family rhel, and the cluster file says os\.family: debian \|/,
      ),
      expect.stringMatching(
        /^image-of-other-versions: .* has other versions than w1 needs: kubelet 1\.35\.0 instead of 1\.36\.\d \| bake an image of this cluster file, or render without --image$/,
      ),
    ]);
  });

  it('lacks programs, or has others than the lock: a warning, because the node fetches them', async () => {
    const content = await manifest(file);
    const io = memoryIo();
    await render({ file, node: 'm1', image: writeManifest(content) }, io);
    expect(io.err()).toMatch(
      /lacks 4 of the programs that m1 needs, which it will download: etcd, kube-apiserver, .* \[image-lacks-programs\]/,
    );
    expect(parse(io.out()).write_files.map((one: { path: string }) => one.path)).toContain('/etc/knode/artifacts.list');
    const artifacts = content.artifacts.map((one) =>
      one.name === 'runc' ? { ...one, checksum: '1'.repeat(64) } : one,
    );
    const { err } = await userData(file, writeManifest({ ...content, artifacts }));
    expect(err).toMatch(
      /other checksums than the image \S+, so nodes will download these anew: runc \[image-of-other-lock\]/,
    );
  });

  it('has files that the node would not have', async () => {
    const content = await manifest(file);
    const more = { path: '/etc/systemd/system/old.service', mode: '0644', sha256: 'a'.repeat(64) };
    const { err } = await userData(file, writeManifest({ ...content, files: [...content.files, more] }));
    expect(err).toContain(
      'files of knode that the node would not have without it: /etc/systemd/system/old.service [image-has-more]',
    );
  });

  it('is not a manifest', async () => {
    expect(await refused(file, { kind: 'Image' })).toEqual([
      expect.stringMatching(/^not-an-image-manifest: .* is not the manifest of a golden image: 'apiVersion'/),
    ]);
    const text = join(freshFolder(), 'image.json');
    writeFileSync(text, 'name: x');
    expect(await mistakes(() => render({ file, node: 'w1', image: text }, memoryIo()))).toEqual([
      expect.stringMatching(/image\.json is not JSON \| give the IMAGE\.json/),
    ]);
    expect(await mistakes(() => render({ file, node: 'w1', image: '/nowhere.json' }, memoryIo()))).toEqual([
      expect.stringContaining('file-unreadable'),
    ]);
  });
});

it('image inspect shows content and origin, as text and as JSON', async () => {
  const file = freshCluster();
  const content = await manifest(file);
  const image = writeManifest(content);
  const io = memoryIo();
  imageInspect({ file, manifest: image }, io);
  expect(io.out()).toMatch(new RegExp(`^${content.name}\n\nfor +worker of prod, debian-12, amd64\nlayers +image\n`));
  expect(io.out()).toContain(`sha256:${sha256(readFileSync(file))}`);
  expect(io.out()).toMatch(/^kubelet +1\.36\.\d +sha256:[0-9a-f]{64}$/m);
  expect(io.out()).toMatch(/^0755 +\/usr\/local\/lib\/knode\/fetch +[0-9a-f]{64}$/m);
  expect(io.out()).not.toMatch(secretPattern);
  const json = memoryIo();
  imageInspect({ file, manifest: image, json: true }, json);
  expect(JSON.parse(json.out())).toEqual({ ...content, sha256: sha256(readFileSync(image)) });
});
