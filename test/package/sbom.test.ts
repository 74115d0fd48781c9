/**
 * `sbom.cdx.json` lists the content of the bundle: it is compared with the bundle's own text, with package-lock.json
 * and with CycloneDX's schema.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Version } from '@cyclonedx/cyclonedx-library/Spec';
import { JsonStrictValidator } from '@cyclonedx/cyclonedx-library/Validation';
import { PackageURL } from 'packageurl-js';
import { describe, expect, it } from 'vitest';
import { bundleContents, libraryFolder } from '../../scripts/bundle/contents.ts';
import { softwareBillOfMaterials } from '../../scripts/bundle/sbom.ts';
import { packagePath } from '../../src/base/files/package-root.ts';
import { builtCli } from '../support/built-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

interface Component {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly group?: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses: readonly unknown[];
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
  readonly hashes: readonly { readonly alg: string; readonly content: string }[];
}

interface Document {
  readonly serialNumber: string;
  readonly metadata: { readonly timestamp?: string; readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

const fullName = ({ group, name }: Component) => (group === undefined ? name : `${group}/${name}`);
const readJson = (file: string) => JSON.parse(readFileSync(file, 'utf8'));
const locked: Record<string, { version: string; integrity: string }> = readJson(
  packagePath('package-lock.json'),
).packages;

const lowest = (range: string) => range.match(/\d+/g)?.map(Number) ?? [0];

/** Whether a range of the forms `>=1.2`, `^1.2 || >=3` and `*` holds this version. */
function allows(range: string, version: readonly number[]): boolean {
  return range.split('||').some((one) => {
    const [major = 0, minor = 0] = lowest(one);
    const [haveMajor = 0, haveMinor = 0] = version;
    const sameMajor = haveMajor === major && haveMinor >= minor;
    return sameMajor || (haveMajor > major && !one.includes('^'));
  });
}

describe('the bill of materials of the build', () => {
  const dist = dirname(builtCli());
  const text = readFileSync(join(dist, '..', 'sbom.cdx.json'), 'utf8');
  const document: Document = JSON.parse(text);

  it('is valid by the schema of CycloneDX 1.6', async () => {
    expect(await new JsonStrictValidator(Version.v1dot6).validate(text)).toBeNull();
  });

  it('lists exactly the libraries of which the bundle has modules, by the names that esbuild writes before each', () => {
    const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((name) => /\.[cm]?js$/.test(name));
    const modules = files.flatMap((file) =>
      [...readFileSync(join(dist, file), 'utf8').matchAll(/^\s*(?:\/\/!? |")([^\s"]*node_modules\/[^\s"]+)/gm)].map(
        (match) => match[1] ?? '',
      ),
    );
    const folders = [...new Set(modules.flatMap((module) => libraryFolder(module) ?? []))];
    const libraries = folders.map((folder) => folder.split('node_modules/').at(-1));
    expect(libraries).toContain('commander');
    expect(document.components.map(fullName).sort()).toEqual(libraries.sort());
  });

  it.each(document.components.map((one) => [fullName(one), one] as const))(
    '%s has the version and digest that package-lock.json has, a package URL and a licence',
    (name, { version, purl, licenses, hashes }) => {
      const { group, ...url } = { group: '', ...PackageURL.fromString(purl) };
      expect({ ...url, group }).toMatchObject({ type: 'npm', version });
      expect([url.namespace, url.name].filter(Boolean).join('/')).toBe(name);
      const [digest] = hashes;
      const integrity = `sha512-${Buffer.from(digest?.content ?? '', 'hex').toString('base64')}`;
      expect({ version, integrity }).toEqual({
        version: locked[`node_modules/${name}`]?.version,
        integrity: locked[`node_modules/${name}`]?.integrity,
      });
      expect(licenses).not.toEqual([]);
    },
  );

  it('has no library that asks for a newer Node than knode does', () => {
    const engine = (one: Component) => one.properties?.find(({ name }) => name.endsWith(':engine:node'))?.value;
    const floor = engine(document.metadata.component) ?? '';
    expect(document.components.filter(engine).length).toBeGreaterThan(10);
    const newer = document.components.filter((one) => !allows(engine(one) ?? '*', lowest(floor)));
    expect(newer.map((one) => `${one['bom-ref']}: ${engine(one)}`)).toEqual([]);
  });

  it('tells what knode asks for itself and what its libraries ask for', () => {
    const asked = (ref: string) => document.dependencies.find((one) => one.ref === ref)?.dependsOn ?? [];
    const named = (name: string) => document.components.find((one) => fullName(one) === name)?.['bom-ref'] ?? name;
    expect(asked(document.metadata.component['bom-ref'])).toContain(named('commander'));
    expect(asked(document.metadata.component['bom-ref'])).not.toContain(named('bowser'));
    expect(asked(named('@aws-sdk/client-s3'))).toContain(named('@aws-sdk/core'));
  });
});

describe('a bill of materials', () => {
  const folder = tempFolder('sbom');
  const own = { name: 'knode', version: '1.0.0', license: 'Apache-2.0' };
  const module = (name: string) => join(folder, 'node_modules', name, 'index.js');
  const imports = (...names: readonly string[]) => ({
    bytes: 1,
    imports: names.map((name) => ({ path: module(name), kind: 'import-statement' as const })),
  });

  function library(name: string) {
    mkdirSync(join(folder, 'node_modules', name), { recursive: true });
    writeFileSync(
      join(folder, 'node_modules', name, 'package.json'),
      JSON.stringify({ name, version: '2.0.0', license: 'MIT OR Apache-2.0' }),
    );
  }
  for (const name of ['used', 'unused', '@scope/inner']) library(name);
  const contents = bundleContents({
    inputs: {
      'src/cli.ts': imports('used', 'unused'),
      [module('used')]: imports('@scope/inner'),
      [module('unused')]: imports(),
      [module('@scope/inner')]: imports(),
    },
    outputs: {
      'cli.js': {
        bytes: 3,
        exports: [],
        imports: [],
        inputs: {
          'src/cli.ts': { bytesInOutput: 1 },
          [module('used')]: { bytesInOutput: 1 },
          [module('unused')]: { bytesInOutput: 0 },
          [module('@scope/inner')]: { bytesInOutput: 1 },
        },
      },
    },
  });
  const lock = (version: string, integrity = `sha512-${Buffer.alloc(64, 7).toString('base64')}`) =>
    Object.fromEntries(['used', '@scope/inner'].map((name) => [`node_modules/${name}`, { version, integrity }]));
  const made = (epoch?: string): Document => JSON.parse(softwareBillOfMaterials(own, contents, lock('2.0.0'), epoch));

  it('leaves out a library of which no byte was written', () => {
    expect(made().components.map(({ purl }) => purl)).toEqual(['pkg:npm/%40scope/inner@2.0.0', 'pkg:npm/used@2.0.0']);
    expect(made().dependencies).toEqual([
      { ref: '@scope/inner@2.0.0' },
      { ref: 'knode@1.0.0', dependsOn: ['used@2.0.0'] },
      { ref: 'used@2.0.0', dependsOn: ['@scope/inner@2.0.0'] },
    ]);
  });

  it('is the same for the same bundle, and has a time only from SOURCE_DATE_EPOCH', () => {
    expect(made()).toEqual(made());
    expect(made().metadata.timestamp).toBeUndefined();
    expect(made('86400').metadata.timestamp).toBe('1970-01-02T00:00:00.000Z');
    expect(made('86400').serialNumber).not.toBe(made().serialNumber);
  });

  it('is not made of other versions than package-lock.json has, nor without a digest', () => {
    const with_ = (packages: ReturnType<typeof lock>) => () => softwareBillOfMaterials(own, contents, packages);
    expect(with_(lock('2.0.1'))).toThrow('@scope/inner 2.0.0 is installed, package-lock.json has 2.0.1: run npm ci');
    expect(with_(lock('2.0.0', 'sha1-abc'))).toThrow('@scope/inner 2.0.0 has no sha512 in package-lock.json');
  });
});
