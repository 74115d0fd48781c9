import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packagePath } from '../../../src/base/files/package-root.ts';
import { type ImageTemplateOptions, imageTemplate } from '../../../src/commands/image/template.ts';
import { builders, imageFor } from '../../../src/platform/builders.ts';
import { systems } from '../../../src/platform/systems.ts';
import { freshCluster, freshFolder, memoryIo, mistakes, secretPattern, tree } from '../fixture.ts';

/** The cluster file and lock of `knode init`, of Debian. */
const cluster = () => freshCluster();

async function template(options: Partial<ImageTemplateOptions> & { file: string }): Promise<string> {
  const output = join(freshFolder(), 'build');
  await imageTemplate({ builder: 'null', role: 'worker', output, ...options }, memoryIo());
  return output;
}

const refused = (options: Partial<ImageTemplateOptions>) => mistakes(() => template({ file: cluster(), ...options }));

const list = (folder: string) =>
  (readdirSync(folder, { recursive: true }) as string[]).filter((path) => statSync(join(folder, path)).isFile()).sort();

const noKeygen = spawnSync('ssh-keygen', ['-?']).error !== undefined;
if (noKeygen) process.stderr.write('\n*** no ssh-keygen: the form of the seed’s key was NOT checked ***\n');

const anyChecksum = `sha256:${'a'.repeat(64)}`;
/** The arguments of each builder. */
const bases: Readonly<Record<string, Partial<ImageTemplateOptions>>> = {
  qemu: { base: 'https://images.example.com/debian-12.qcow2', checksum: anyChecksum },
  openstack: { base: 'debian-12' },
  vsphere: { base: 'debian-12' },
  proxmox: { base: 'debian-12' },
};

describe('knode image template', () => {
  it.each(builders)('writes what Packer builds: $name', async ({ name: builder, packer }) => {
    const output = await template({ file: cluster(), builder, ...bases[builder] });
    expect(list(output)).toEqual(
      [
        `${packer}.pkr.hcl`,
        'build.pkr.hcl',
        'knode.auto.pkrvars.json',
        ...(builder === 'null' ? [] : ['plugins.pkr.hcl']),
        ...['SHA256SUMS', 'artifacts.list', 'artifacts.tsv', 'bake.env', 'image.json', 'packages.list', 'tree.tar'].map(
          (name) => `payload/${name}`,
        ),
        ...['bake', 'clean', 'hygiene', 'lib', 'manifest'].map((name) => `provision/${name}`),
        ...(builder === 'qemu' ? ['seed/id', 'seed/meta-data', 'seed/user-data'] : []),
        'variables.pkr.hcl',
      ].sort(),
    );
    const shipped = readFileSync(packagePath('packer/builders', `${packer}.pkr.hcl`), 'utf8');
    expect(readFileSync(join(output, `${packer}.pkr.hcl`), 'utf8')).toBe(shipped);
    // Every variable that knode sets is declared: Packer only warns of others.
    const declared = `${shipped}${readFileSync(join(output, 'variables.pkr.hcl'), 'utf8')}`;
    const variables = JSON.parse(readFileSync(join(output, 'knode.auto.pkrvars.json'), 'utf8'));
    for (const name of Object.keys(variables)) expect(declared).toContain(`variable "${name}" {`);
    // And every one without a default is set.
    const blocks = [...declared.matchAll(/^variable "(\w+)" \{\n([\s\S]*?)^\}/gm)];
    const required = blocks.filter(([, , body = '']) => !/^ {2}default /m.test(body)).map(([, name]) => name);
    expect(Object.keys(variables)).toEqual(expect.arrayContaining(required));
  });

  it('puts the chosen source into the build block, and changes nothing else', async () => {
    const output = await template({ file: cluster(), builder: 'aws' });
    const shipped = readFileSync(packagePath('packer/build.pkr.hcl'), 'utf8').split('\n');
    const written = readFileSync(join(output, 'build.pkr.hcl'), 'utf8').split('\n');
    expect(
      shipped.filter((line) => !written.includes(line)).every((line) => /^ {4}"source\.[a-z-]+\.knode",$/.test(line)),
    ).toBe(true);
    expect(written.filter((line) => line.includes('"source.'))).toEqual(['    "source.amazon-ebs.knode",']);
  });

  it.each(builders.flatMap(({ name, aliases }) => aliases.map((alias) => ({ name, alias }))))(
    'accepts $alias, the former name of $name',
    async ({ name, alias }) => {
      const file = cluster();
      // The key of a seed is new each time.
      const files = async (builder: string) => {
        const folder = await template({ file, builder, ...bases[name] });
        return Object.entries(tree(folder)).filter(([path]) => !path.startsWith('seed/'));
      };
      expect(await files(alias)).toEqual(await files(name));
    },
  );

  it('leaves the plugin requirements out for Packer 1.6', async () => {
    expect(list(await template({ file: cluster(), builder: 'aws', packer: '1.6' }))).not.toContain('plugins.pkr.hcl');
    expect(list(await template({ file: cluster(), builder: 'aws', packer: '1.6.6' }))).not.toContain('plugins.pkr.hcl');
    expect(list(await template({ file: cluster(), builder: 'aws', packer: '1.11.2' }))).toContain('plugins.pkr.hcl');
  });

  it('gives the same bytes for the same inputs, and another name for others', async () => {
    const file = cluster();
    const [one, other] = [await template({ file }), await template({ file })];
    for (const path of list(one))
      expect(readFileSync(join(one, path)).equals(readFileSync(join(other, path))), path).toBe(true);
    const name = (folder: string) =>
      JSON.parse(readFileSync(join(folder, 'payload/image.json'), 'utf8')).name as string;
    expect(name(one)).toMatch(/^knode-worker-1-36-\d-debian-12-amd64-[0-9a-f]{12}$/);
    const master = name(await template({ file, role: 'master' }));
    expect(master).not.toBe(name(one));
    expect(name(await template({ file, role: 'control-plane' }))).toBe(master);
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^name: .*/m, 'name: elsewhere'));
    // Of the image layer nothing is a cluster's own: another cluster with these versions has the same image.
    expect(name(await template({ file }))).toBe(name(one));
    expect(name(await template({ file, layers: 'image,cluster' }))).not.toBe(name(one));
  });

  it('packs no secret and no file of a single node, whatever the layers', async () => {
    const file = cluster();
    const output = await template({ file, allRoles: true, layers: 'image,cluster' });
    const tar = join(output, 'payload/tree.tar');
    const paths = execFileSync('tar', ['-tf', tar], { encoding: 'utf8' }).trim().split('\n');
    expect(paths).toContain('etc/kubernetes/pki/ca.crt');
    expect(paths.filter((path) => /\.key$|node\.env$|etc\/knode\/passport$|encryption/.test(path))).toEqual([]);
    for (const path of list(output))
      expect(readFileSync(join(output, path), 'latin1'), path).not.toMatch(secretPattern);
  });

  it('checks the upload: every file of the payload is in its list of checksums', async () => {
    const output = await template({ file: cluster() });
    execFileSync('sha256sum', ['-c', '--quiet', 'payload/SHA256SUMS'], { cwd: output });
    const sums = readFileSync(join(output, 'payload/SHA256SUMS'), 'utf8').trim().split('\n').length;
    expect(sums).toBe(readdirSync(join(output, 'payload')).length - 1);
  });

  it('writes nothing in a dry run', async () => {
    const io = memoryIo();
    const output = join(freshFolder(), 'build');
    await imageTemplate({ file: cluster(), builder: 'null', role: 'worker', output, dryRun: true }, io);
    expect(io.out()).toContain(`write ${output}/build.pkr.hcl\n`);
    expect(statSync(output, { throwIfNoEntry: false })).toBeUndefined();
  });

  it.skipIf(noKeygen)(
    'makes the key of its seed readable by its owner only, in a format that Packer and sshd accept',
    async () => {
      const output = await template({ file: cluster(), builder: 'qemu', ...bases.qemu });
      const key = join(output, 'seed/id');
      expect(statSync(key).mode & 0o777).toBe(0o600);
      const seed = readFileSync(join(output, 'seed/user-data'), 'utf8');
      const [, line = ''] = /(ecdsa-sha2-nistp256 [A-Za-z0-9+/=]+) knode-bake/.exec(seed) ?? [];
      expect(execFileSync('ssh-keygen', ['-y', '-f', key], { encoding: 'utf8' }).trim()).toBe(line);
    },
  );
});

describe('what knode image template refuses', () => {
  it.each([
    [{ builder: 'qmu' }, "unknown-builder: there is no builder 'qmu' | did you mean 'qemu'?"],
    [{ os: 'debain-12' }, "unknown-os: there is no system 'debain-12' | did you mean 'debian-12'?"],
    [
      { os: 'rocky-9' },
      'os-of-other-family: rocky-9 is not of the family that the cluster file says (os.family: debian)',
    ],
    [{ builder: 'qemu' }, 'no-base: qemu needs to know what to begin with | give --base: URL|PATH of a cloud image'],
    [{ builder: 'openstack' }, 'no-base: openstack needs to know what to begin with'],
    [{ builder: 'null', base: 'x' }, 'base-unused: null takes no --base'],
    [{ builder: 'aws', checksum: anyChecksum }, 'checksum-unused: aws takes no --checksum'],
    [{ builder: 'qemu', base: 'x' }, 'no-checksum: a base image is not taken without its checksum'],
    [{ builder: 'qemu', base: 'x', checksum: 'md5:1' }, "bad-checksum: 'md5:1' is no checksum"],
    [
      { builder: 'qemu', base: '/nowhere/x.qcow2', checksum: anyChecksum },
      'base-missing: there is no base image /nowhere/x.qcow2',
    ],
    [{ role: 'wroker' }, "unknown-role: there is no role 'wroker'"],
    [{ role: 'balancer' }, 'role-empty: the cluster file names no balancer nodes'],
    [{ pool: 'web' }, "unknown-pool: there is no pool 'web'"],
    [{ arch: 'arm64' }, 'no-node: none of these nodes is arm64'],
    [{ layers: 'image,node' }, "unknown-layers: 'image,node' are no layers of an image"],
    [{ packer: 'new' }, "bad-packer-version: 'new' is no version of Packer"],
  ] as const)('%j', async (options, expected) => {
    const [told, ...more] = await refused(options);
    expect(told).toContain(expected);
    expect(more).toEqual([]);
  });

  it('an image without nodes', async () => {
    const io = memoryIo();
    const work = () => imageTemplate({ file: cluster(), builder: 'null', output: join(freshFolder(), 'b') }, io);
    expect(await mistakes(work)).toEqual([expect.stringContaining('no-node: which nodes is the image for?')]);
  });

  it('a base image with a wrong checksum, before anything is started', async () => {
    const base = join(freshFolder(), 'base.qcow2');
    writeFileSync(base, 'an image');
    const right = createHash('sha512').update('an image').digest('hex');
    const file = cluster();
    const output = await template({ file, builder: 'qemu', base, checksum: `sha512:${right}` });
    expect(JSON.parse(readFileSync(join(output, 'knode.auto.pkrvars.json'), 'utf8')).base_image).toBe(base);
    expect(await refused({ builder: 'qemu', base, checksum: anyChecksum })).toEqual([
      expect.stringMatching(/^base-corrupt: the base image .*base\.qcow2 is sha256:[0-9a-f]{64}, not sha256:a{64} \|/),
    ]);
  });

  it('programs that the lock does not pin', async () => {
    const file = cluster();
    writeFileSync(join(file, '../knode.lock.yaml'), 'apiVersion: knode.dev/v1\nkind: Lock\nartifacts: []\n');
    expect(await mistakes(() => template({ file }))).toEqual([expect.stringContaining('artifact-not-locked')]);
  });

  it('Azure for systems without free images', async () => {
    const file = freshCluster((text) => `${text.replace(/^os:\n(?: .*\n)+/m, '')}\nos: { family: rhel }\n`);
    expect(await mistakes(() => template({ file, builder: 'azure', os: 'rocky-9' }))).toEqual([
      expect.stringContaining('os-not-there: azure has no free images of rocky-9 | there are: debian-12'),
    ]);
  });
});

it('knows the image of each system on each platform', () => {
  for (const system of systems) {
    for (const arch of ['amd64', 'arm64'] as const) {
      for (const builder of builders) {
        const { name, variables, base, findsImage } = builder;
        const image = imageFor(builder, system, arch);
        // Images of Rocky Linux on Azure need a contract.
        expect([system.name, name, image !== undefined]).toEqual([
          system.name,
          name,
          findsImage === true && !(system.name === 'rocky-9' && name === 'azure'),
        ]);
        const made = variables({
          arch,
          user: system.user,
          ...(image === undefined ? {} : { image }),
          ...(base === 'file' || base === 'name' ? { base: 'b', checksum: 'c' } : {}),
        });
        expect([name, Object.values(made).every((value) => value !== undefined && value !== '')]).toEqual([name, true]);
      }
      expect(system.cloudImage(arch)).toMatch(/^https:\/\/[^ ]+\.(qcow2|img)$/);
    }
  }
});
