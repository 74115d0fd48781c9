import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { EnvironmentFailure } from '../../../src/base/failure.ts';
import { packagePath } from '../../../src/base/files/package-root.ts';
import { type RenderCommandOptions, render } from '../../../src/commands/render.ts';
import { formats } from '../../../src/delivery/format.ts';
import { clouds } from '../../../src/platform/clouds.ts';
import { describeCloudInit, readByCloudInit } from '../../delivery/cloud-init.ts';
import { describeXorriso, filesOfImage } from '../../delivery/xorriso.ts';
import { builtCli } from '../../support/built-cli.ts';
import { freshCluster, freshFolder, memoryIo, mistakes, secretPattern, tree } from '../fixture.ts';

const worker = { role: 'worker', index: '0' };
const shared = freshCluster();
const formatNames = formats.map((one) => one.name).join(', ');

type Options = Omit<RenderCommandOptions, 'file'>;

/** The stdout of `knode render`: text or bytes. */
async function rendered(options: Options, file = shared): Promise<string | Uint8Array> {
  const pieces: (string | Uint8Array)[] = [];
  await render({ file, ...options }, { ...memoryIo(), stdout: (data) => void pieces.push(data) });
  expect(pieces.length).toBeLessThan(2);
  return pieces[0] ?? '';
}

const refused = (options: Options, file = shared) => mistakes(() => render({ file, ...options }, memoryIo()));

const searchPath = process.env.PATH;
afterEach(() => {
  process.env.PATH = searchPath;
});

describe('to stdout', () => {
  test('gzip and base64 of the same text', async () => {
    const plain = await rendered(worker);
    expect(await rendered({ ...worker, format: 'cloud-config' })).toBe(plain);
    const bytes = await rendered({ ...worker, format: 'gzip' });
    expect(gunzipSync(bytes as Uint8Array).toString()).toBe(plain);
    expect(await rendered({ ...worker, format: 'base64' })).toBe(Buffer.from(bytes as Uint8Array).toString('base64'));
  });

  test('a platform chooses its format', async () => {
    const starts = async (platform: string) => {
      const output = await rendered({ ...worker, platform });
      return typeof output === 'string' ? output.slice(0, 5) : [...output.slice(0, 2)];
    };
    const magic = [0x1f, 0x8b];
    const [text, base64] = ['#clou', 'H4sIA'];
    const found = await Promise.all(clouds.map(async ({ name }) => [name, await starts(name)] as const));
    expect(Object.fromEntries(found)).toEqual({
      aws: magic,
      gcp: text,
      azure: base64,
      openstack: magic,
      vsphere: base64,
      hetzner: base64,
      digitalocean: text,
      linode: magic,
      oci: magic,
      cloudstack: magic,
      proxmox: text,
      nocloud: text,
    });
  });

  test.each(clouds.flatMap(({ name, aliases = [] }) => aliases.map((alias) => ({ name, alias }))))(
    'the builder’s name $alias is $name',
    async ({ name, alias }) => {
      expect(await rendered({ ...worker, platform: alias })).toEqual(await rendered({ ...worker, platform: name }));
    },
  );

  test.each<Options>([{ format: 'gzip' }, { platform: 'aws' }, { platform: 'aws', format: 'mime' }])(
    'bytes are refused on a terminal, before a key is made: %j',
    async (options) => {
      const file = freshCluster();
      const io = { ...memoryIo(), stdoutIsTerminal: true };
      expect(await mistakes(() => render({ file, ...worker, ...options }, io))).toEqual([
        'bytes-on-terminal: gzip is not for a terminal | add -o DIR, or redirect: > user-data.gz',
      ]);
      expect(existsSync(join(dirname(file), '.knode'))).toBe(false);
    },
  );

  test('text is allowed on a terminal, and so are figures and plans', async () => {
    const io = { ...memoryIo(), stdoutIsTerminal: true };
    for (const options of [
      { format: 'base64' },
      { format: 'mime' },
      { format: 'gzip', json: true },
      { format: 'gzip', dryRun: true },
    ])
      await render({ file: shared, ...worker, ...options }, io);
    expect(io.out()).toContain('"delivered"');
  });

  test('an image is a file', async () => {
    expect(await refused({ ...worker, format: 'iso' })).toEqual([
      expect.stringMatching(/^needs-output: .*-o NODE\.iso/),
    ]);
  });
});

describe('-o', () => {
  const names = async (options: Options) => {
    const output = join(freshFolder(), 'out');
    await rendered({ all: true, output, ...options });
    expect(readdirSync(output).sort()).toEqual(['.gitignore', 'm1', 'm2', 'm3', 'w1', 'w2']);
    return Object.entries(tree(join(output, 'w1'))).map(([path, entry]) => `${entry.slice(0, 3)} ${path}`);
  };
  const seed = ['644 meta-data', '644 network-config', '600 user-data'];

  test.each<[Options, string[]]>([
    [{}, seed],
    [{ format: 'cloud-config' }, seed],
    [{ platform: 'nocloud' }, seed],
    [{ platform: 'nocloud', format: 'gzip' }, seed],
    [{ platform: 'nocloud', format: 'mime' }, seed],
    [{ platform: 'gcp' }, ['600 user-data']],
    [{ format: 'gzip' }, ['600 user-data.gz']],
    [{ platform: 'openstack' }, ['600 user-data.gz']],
    [{ platform: 'openstack', format: 'mime' }, ['600 user-data.mime.gz']],
    [{ platform: 'vsphere' }, ['600 user-data.b64']],
    [{ platform: 'azure' }, ['600 user-data.b64']],
    [{ format: 'mime' }, ['600 user-data.mime']],
  ])('%j', async (options, want) => expect(await names(options)).toEqual(want));

  test('--dry-run lists the same names and writes nothing', async () => {
    const folder = freshFolder();
    for (const [options, name] of [
      [{ platform: 'openstack' }, 'w1/user-data.gz'],
      [{ format: 'iso' }, 'w1.iso'],
    ] as const) {
      const io = memoryIo();
      await render({ file: shared, all: true, output: folder, dryRun: true, ...options }, io);
      expect(io.out()).toContain(`write ${folder}/${name}\n`);
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  test('--json reports the size of the delivery, and no secret', async () => {
    const io = memoryIo();
    await render({ file: shared, ...worker, platform: 'vsphere', json: true }, io);
    const { nodes } = JSON.parse(io.out()) as { nodes: object[] };
    expect(nodes).toMatchObject([{ name: 'w1', format: 'base64', delivered: expect.any(Number) }]);
    expect(io.out()).not.toMatch(secretPattern);
  });
});

describe('one file for one node', () => {
  test.each([
    ['w1.yaml', {}],
    ['w1.yml', { platform: 'nocloud' }],
    ['w1.gz', { format: 'gzip' }],
    ['new/w1.b64', { platform: 'vsphere' }],
    ['w1.mime', { format: 'mime' }],
  ] as const)('-o %s', async (name, options) => {
    const output = join(freshFolder(), name);
    await render({ file: shared, ...worker, ...options, output }, memoryIo());
    expect(readFileSync(output)).toEqual(Buffer.from((await rendered({ ...worker, ...options })) as string));
    expect(statSync(output).mode & 0o777).toBe(0o600);
    expect(readdirSync(dirname(output))).toEqual([basename(output)]);
  });

  test('an existing folder of such a name stays a folder', async () => {
    const output = join(freshFolder(), 'clusters.yaml');
    mkdirSync(output);
    await render({ file: shared, ...worker, output }, memoryIo());
    await render({ file: shared, ...worker, output: `${output.replace('.yaml', '.yml')}/` }, memoryIo());
    for (const folder of [output, output.replace('.yaml', '.yml')]) expect(readdirSync(folder)).toContain('w1');
  });
});

describe('unknown names', () => {
  test.each<[Options, string]>([
    [{ format: 'gzipp' }, `unknown-format: there is no format 'gzipp' | did you mean 'gzip'? formats: ${formatNames}`],
    [{ format: 'gz' }, `unknown-format: there is no format 'gz' | did you mean 'gzip'? formats: ${formatNames}`],
    [{ format: 'zstd' }, `unknown-format: there is no format 'zstd' | formats: ${formatNames}`],
    [
      { platform: 'Azur' },
      "unknown-platform: there is no platform 'Azur' | did you mean 'azure'? platforms: aws, gcp, azure, openstack, vsphere, hetzner, digitalocean, linode, oci, cloudstack, proxmox, nocloud",
    ],
    [
      { platform: 'gcp', format: 'gzip' },
      'format-of-platform: Google Compute Engine does not take gzip | gcp takes cloud-config, base64, mime',
    ],
    [
      { platform: 'aws', format: 'iso' },
      'format-of-platform: Amazon EC2 does not take iso | aws takes gzip, base64, mime, cloud-config; an ISO image is a seed of --platform nocloud',
    ],
    [
      { format: 'iso', all: true, output: 'x.iso' },
      'needs-folder: several nodes do not fit in one image | name a folder: -o out/ writes out/NODE.iso',
    ],
    [
      { all: true, output: 'x.yaml' },
      'needs-folder: several nodes do not fit in one file | name a folder: -o out/ writes out/NODE/',
    ],
    [
      { format: 'gzip', output: 'x.yaml' },
      'other-format: x.yaml is the name of another format than gzip | add --format cloud-config, or name a folder: -o out/',
    ],
    [
      { platform: 'nocloud', output: 'x.iso' },
      'not-an-image: x.iso would be a folder | add --format iso, or name a folder: -o out/',
    ],
  ])('%j', async (options, said) => expect(await refused({ ...worker, ...options })).toEqual([said]));

  test('--help lists all names', () => {
    const cli = [builtCli(), 'render', '--help'];
    const help = execFileSync(process.execPath, cli, { cwd: packagePath('.'), encoding: 'utf8' });
    for (const name of [...formats, ...clouds].map((one) => one.name))
      expect(help).toMatch(new RegExp(`\\b${name}\\b`));
  });

  test('a missing program for images is reported before a key is made', async () => {
    const file = freshCluster();
    process.env.PATH = freshFolder();
    const work = render({ file, ...worker, format: 'iso', output: join(freshFolder(), 'w1.iso') }, memoryIo());
    await expect(work).rejects.toThrow(EnvironmentFailure);
    expect(existsSync(join(dirname(file), '.knode'))).toBe(false);
  });
});

describeCloudInit('cloud-init', () => {
  test('finds the same files of a node in every platform’s format', async () => {
    const [[, want] = []] = readByCloudInit(await rendered(worker));
    expect(want).toHaveProperty('write_files');
    const seen = new Set<string>();
    for (const { name, formats: taken, gzipsMime } of clouds)
      for (const format of taken.filter((one) => one !== 'iso' && one !== 'cloud-config')) {
        // Behaviour that two platforms share is tested once: cloud-init is slow.
        const alike = `${format} ${format === 'mime' && gzipsMime}`;
        if (seen.has(alike)) continue;
        seen.add(alike);
        const output = await rendered({ ...worker, platform: name, format });
        const arrives = format === 'base64' ? Buffer.from(String(output), 'base64') : output;
        expect([name, format, readByCloudInit(arrives)]).toEqual([name, format, [['text/cloud-config', want]]]);
      }
    expect([...seen].sort()).toEqual(['base64 false', 'gzip false', 'mime true', 'mime undefined'].sort());
  });
});

describeXorriso('an image', () => {
  test('a node, or a file of the name that was given, holds the seed', async () => {
    const folder = freshFolder();
    const given = join(folder, 'deep', 'seed.iso');
    await rendered({ ...worker, format: 'iso', output: given });
    await rendered({ all: true, platform: 'nocloud', format: 'iso', output: join(folder, 'out') });
    expect(Object.keys(tree(join(folder, 'out')))).toEqual([
      '.gitignore',
      'm1.iso',
      'm2.iso',
      'm3.iso',
      'w1.iso',
      'w2.iso',
    ]);
    expect(tree(folder)['deep/seed.iso']).toMatch(/^600 /);
    expect(readFileSync(given).equals(readFileSync(join(folder, 'out/w1.iso')))).toBe(true);
    expect(filesOfImage(given)['user-data']).toBe(await rendered(worker));
    expect(filesOfImage(given)['meta-data']).toBe('instance-id: prod-w1\nlocal-hostname: w1\n');
    expect(filesOfImage(join(folder, 'out/m2.iso'))['network-config']).toMatch(/^version: 2\n/);
  });

  test('replaces an older one, and nothing else', async () => {
    const folder = freshFolder();
    mkdirSync(join(folder, 'notes'));
    writeFileSync(join(folder, 'w1.iso'), 'old');
    await rendered({ ...worker, format: 'iso', output: folder });
    expect(readdirSync(folder).sort()).toEqual(['notes', 'w1.iso']);
    expect(filesOfImage(join(folder, 'w1.iso'))['user-data']).toMatch(/^#cloud-config\n/);
  });
});
