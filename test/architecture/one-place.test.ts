import { readdirSync, readFileSync } from 'node:fs';
import { Command } from 'commander';
import { describe, expect, it, vi } from 'vitest';
import { clusterFileReference } from '../../scripts/generators/cluster-file-reference.ts';
import { packagePath } from '../../src/base/files/package-root.ts';
import { completables } from '../../src/cli/completion-tree.ts';
import { imageCommand } from '../../src/cli/image-commands.ts';
import { renderCommand } from '../../src/cli/node-commands.ts';
import type { Component } from '../../src/component/context.ts';
import { planNode } from '../../src/component/plan-node.ts';
import { profiles } from '../../src/component/profile.ts';
import { readCluster } from '../../src/component/read-cluster.ts';
import { chooseDelivery } from '../../src/delivery/delivery.ts';
import { formats } from '../../src/delivery/format.ts';
import { clusterJsonSchema } from '../../src/model/json-schema.ts';
import { builders, imageFor } from '../../src/platform/builders.ts';
import type { Cloud } from '../../src/platform/cloud.ts';
import { clouds } from '../../src/platform/clouds.ts';
import { families } from '../../src/platform/families.ts';
import type { Family } from '../../src/platform/family.ts';
import { systems } from '../../src/platform/systems.ts';
import { facts } from '../../src/release/facts.ts';
import { chooseBuilder, chooseSystem } from '../../src/workflow/image/base.ts';

/** A cloud that is in the list and nowhere else. */
vi.mock(import('../../src/platform/clouds.ts'), async (original) => {
  const cirrus: Cloud = {
    name: 'cirrus',
    aliases: ['cirrus-iso'],
    title: 'Cirrus',
    formats: ['mime'],
    limit: { bytes: 1000, of: 'value' },
    source: 'https://cirrus.example.com',
    builder: {
      packer: 'cirrus-iso',
      base: 'optional',
      baseWords: 'a disk',
      findsImage: true,
      variables: ({ image }) => ({ ...image }),
    },
    images: { 'debian-12': () => ({ disk: 'twelve' }) },
  };
  return { clouds: [...(await original()).clouds, cirrus] };
});

/** The same for a family: systems that are like Debian, but for a few names. */
vi.mock(import('../../src/platform/families.ts'), async (original) => {
  const module = await original();
  const [debian] = module.families;
  const [system] = debian.systems;
  const families: typeof module.families = [
    ...module.families,
    {
      ...debian,
      name: 'gentle',
      title: 'Gentle',
      distributions: 'Gentle Linux',
      packages: { ...debian.packages, openssl: ['gentle-tls'] },
      disturbingServices: ['gentle-noise.service'],
      systems: [{ ...system, name: 'gentle-1', images: {} }],
    },
  ];
  const familyNamed = (name: string): Family => families.find((one) => one.name === name) ?? debian;
  return { families, familyNamed };
});

const src = packagePath('src');
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));

/** Code without its comments. */
function code(file: string): string {
  return readFileSync(`${src}/${file}`, 'utf8').replace(/^\s*(\/\*\*?|\*|\/\/).*$/gm, '');
}

/** Places outside the room that have one of the words as a whole text. */
function placesOf(words: readonly string[], home: RegExp): string[] {
  const text = new RegExp(`['\`](${words.join('|')})['\`]`);
  return files
    .filter((file) => !home.test(file))
    .flatMap((file) =>
      code(file)
        .split('\n')
        .filter((line) => text.test(line))
        .map((line) => `${file}: ${line.trim()}`),
    );
}

function help(words: readonly string[]): string {
  const root = new Command('knode');
  renderCommand(root);
  imageCommand(root);
  const found = words.reduce<Command | undefined>((at, word) => at?.commands.find((one) => one.name() === word), root);
  return found?.helpInformation() ?? '';
}

function completed(path: string, option: string): readonly string[] {
  const root = new Command('knode');
  renderCommand(root);
  imageCommand(root);
  const command = completables(root).find((one) => one.path === path);
  return command?.options.find((one) => one.names.includes(option))?.values ?? [];
}

describe('a cloud', () => {
  it('is named in its own file only', () => {
    const words = [...clouds, ...builders].flatMap(({ name, aliases = [] }) => [name, ...aliases]);
    expect(
      placesOf(
        words.filter((word) => word !== 'null'),
        /^platform\//,
      ),
    ).toEqual([]);
    expect(files.filter((file) => file.startsWith('platform/clouds/'))).toHaveLength(clouds.length - 1);
  });

  it('added as a row appears in help and completion', () => {
    const names = clouds.map((one) => one.name);
    expect(names.at(-1)).toBe('cirrus');
    expect(help(['render'])).toMatch(/nocloud or\s+cirrus/);
    expect(help(['image', 'build'])).toMatch(/\bcirrus\b/);
    expect(completed('render', '--platform')).toEqual(names);
    expect(completed('image template', '--builder')).toEqual(builders.map((one) => one.name));
    expect(completed('image template', '--builder')).toContain('cirrus');
  });

  it('added as a row is accepted, by its other names, too', () => {
    for (const platform of ['cirrus', 'cirrus-iso']) {
      expect(chooseDelivery({ platform })).toMatchObject({ format: { name: 'mime' }, platform: { name: 'cirrus' } });
      expect(chooseBuilder(platform)).toMatchObject({ name: 'cirrus', packer: 'cirrus-iso' });
    }
  });
});

describe('an OS family', () => {
  const cluster = (more: string) =>
    readCluster(
      `${readFileSync(packagePath('examples/smallest/cluster.yaml'), 'utf8')}\nos: { family: gentle${more} }\n`,
      'cluster.yaml',
    );

  it('is named in its own file only', () => {
    const words = families.map((one) => one.name);
    expect(placesOf(words, /^platform\//)).toEqual([]);
    expect(files.filter((file) => file.startsWith('platform/families/'))).toHaveLength(families.length - 1);
  });

  it('added as a row appears in help, completion, schema and documentation', () => {
    expect(help(['image', 'build'])).toMatch(/alma-9 or\s+gentle-1/);
    expect(completed('image build', '--os')).toContain('gentle-1');
    const names = families.map((one) => one.name);
    expect(clusterJsonSchema()).toMatchObject({
      properties: { os: { properties: { family: { enum: names, description: expect.stringContaining('gentle: ') } } } },
    });
    expect(clusterFileReference().content).toContain('`debian`, `rhel`, `gentle`');
  });

  it('added as a row can be planned, and has an image', () => {
    const { value, diagnostics } = cluster('');
    expect(diagnostics.filter((one) => one.severity === 'error')).toEqual([]);
    const node = value?.cluster.nodes[0];
    if (value === undefined || node === undefined) throw new Error('there is no node');
    const plan = planNode(value.cluster, node).value;
    expect(plan?.packages).toContain('gentle-tls');
    expect(JSON.stringify(plan?.files)).toContain('gentle-noise.service');
    expect(chooseSystem(undefined, 'gentle').name).toBe('gentle-1');
  });

  it('must be the one of the named release', () => {
    const { diagnostics } = cluster(', release: debian-12');
    expect(diagnostics.map((one) => one.code)).toContain('os-family-differs');
  });

  it('of every release in the facts is known', () => {
    const { releases } = facts('os-releases');
    const names = families.map((one) => one.name);
    for (const { family } of Object.values(releases)) expect(names).toContain(family);
  });
});

describe('a Packer builder', () => {
  it('has its HCL files, and each of these has a builder', () => {
    const own = builders.filter((one) => one.name !== 'cirrus');
    const hcl = (list: typeof own) => list.map((one) => `${one.packer}.pkr.hcl`).sort();
    expect(readdirSync(packagePath('packer/builders')).sort()).toEqual(hcl(own));
    expect(readdirSync(packagePath('packer/plugins')).sort()).toEqual(hcl(own.filter((one) => !one.builtIn)));
    for (const { packer } of own)
      expect(readFileSync(packagePath('packer/builders', `${packer}.pkr.hcl`), 'utf8')).toContain(
        `source "${packer}" "knode" {`,
      );
  });

  it('begins with the cloud’s own image, or with the distribution’s', () => {
    const [debian, other] = systems;
    if (debian === undefined || other === undefined) throw new Error('there are no systems');
    expect(imageFor(chooseBuilder('cirrus'), debian, 'amd64')).toEqual({ disk: 'twelve' });
    expect(imageFor(chooseBuilder('cirrus'), other, 'amd64')).toBeUndefined();
    expect(imageFor(chooseBuilder('gcp'), debian, 'amd64')).toMatchObject({ source_image_project: 'debian-cloud' });
  });
});

describe('an output format', () => {
  it('is named in its own row, and by the clouds that take it', () => {
    // base64 and gzip are words of Node.js as well.
    const words = formats.map((one) => one.name).filter((name) => !['base64', 'gzip', 'mime'].includes(name));
    expect(placesOf(words, /^platform\/|^delivery\/format\.ts$/)).toEqual([]);
    const known = formats.map((one) => one.name);
    for (const cloud of clouds) expect(known).toEqual(expect.arrayContaining([...cloud.formats]));
  });

  it('appears in help and completion', () => {
    const names = formats.map((one) => one.name);
    for (const name of names) expect(help(['render'])).toMatch(new RegExp(`\\b${name}\\b`));
    expect(completed('render', '--format')).toEqual(names);
  });
});

describe('a fact that several ask', () => {
  it.each([
    ['whether flannel is used, and keeps its subnets in etcd', /(provider|store) [!=]== '(flannel|etcd|kubernetes)'/],
    ['whether docker brings its own bridge', /hasDockershim\(\) &&/],
  ])('%s: is derived once, in model', (_, asked) => {
    expect(files.filter((file) => asked.test(code(file)))).toEqual(['model/derive.ts']);
  });
});

describe('a profile', () => {
  it('has every component', async () => {
    const listed = new Set(profiles.flatMap((one) => one.components));
    for (const file of files.filter((one) => /: Component = \{/.test(code(one)))) {
      const exported = Object.values((await import(`${src}/${file}`)) as object);
      expect([file, exported.filter((one) => listed.has(one))]).toEqual([file, [expect.anything()]]);
    }
  });

  it('alone decides what is planned', () => {
    const { value } = readCluster(readFileSync(packagePath('examples/smallest/cluster.yaml'), 'utf8'), 'cluster.yaml');
    const node = value?.cluster.nodes[0];
    if (value === undefined || node === undefined) throw new Error('there is no node');
    const path = '/etc/alone';
    const alone: Component = {
      name: 'alone',
      purpose: 'is alone',
      contribute: () => ({ files: [{ path, layer: 'image', content: { kind: 'text', text: '' } }] }),
    };
    const plan = planNode(value.cluster, node, { name: 'bare', components: [alone], collectors: [] }).value;
    expect(plan?.files.map((file) => file.path)).toEqual([path]);
  });
});

describe('an object store', () => {
  it('is behind an interface: S3 is known where a bucket is opened and where a URL is signed', () => {
    const knowing = files.filter((file) => {
      const imported = code(file).replace(/import type .*/g, '');
      return !file.startsWith('object-store/') && /(from |import\()'[^']*object-store\/s3\//.test(imported);
    });
    expect(knowing.sort()).toEqual(['commands/mirror/presign.ts', 'workflow/mirror/open-store.ts']);
  });
});
