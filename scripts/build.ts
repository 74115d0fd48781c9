import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { packagePath } from '../src/base/files/package-root.ts';
import { readCatalogue } from '../src/mirror/catalogue/catalogue-files.ts';
import { bundleContents } from './bundle/contents.ts';
import { thirdPartyNotices } from './bundle/notices.ts';
import { softwareBillOfMaterials } from './bundle/sbom.ts';

/**
 * Puts knode and the libraries that every run needs into few files: node spends more time on finding and reading five hundred small
 * ones than knode on its work (docs/benchmarks.md). Nothing is minified, so that what runs can be read.
 *
 * `tsx scripts/build.ts [folder]`; dist/ when none is named. Beside the folder it puts the notices and the bill of materials.
 */
const out = process.argv[2] ?? packagePath('dist');

/** The catalogue as parsed and checked data, instead of sixteen YAML files and their parser. */
const checkedCatalogue: Plugin = {
  name: 'checked-catalogue',
  setup({ onLoad }) {
    onLoad({ filter: /src\/mirror\/catalogue\/shipped-catalogue\.ts$/ }, () => {
      const entries = JSON.stringify([...readCatalogue(packagePath('artifacts'))]);
      return {
        contents: `export const shippedCatalogue = () => new Map(JSON.parse(${JSON.stringify(entries)}));`,
        loader: 'js',
      };
    });
  },
};

rmSync(out, { recursive: true, force: true });
process.chdir(packagePath('.'));
const { metafile } = await build({
  entryPoints: ['src/cli.ts'],
  outdir: out,
  chunkNames: 'parts/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // The form of a library of which what nobody calls can be left out: a quarter remains of the S3 client.
  mainFields: ['module', 'main'],
  // Libraries that are CommonJS ask for node's own modules by `require`.
  banner: { js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);" },
  plugins: [checkedCatalogue],
  metafile: true,
  logLevel: 'warning',
});
chmodSync(join(out, 'cli.js'), 0o755);

// What the package says of the bundle stands at its top, beside dist/.
const read = (name: string) => JSON.parse(readFileSync(packagePath(name), 'utf8'));
const contents = bundleContents(metafile);
const beside = (name: string, text: string) => writeFileSync(join(dirname(out), name), text);
beside('THIRD-PARTY-NOTICES', thirdPartyNotices(contents.libraries));
beside(
  'sbom.cdx.json',
  softwareBillOfMaterials(
    read('package.json'),
    contents,
    read('package-lock.json').packages,
    process.env.SOURCE_DATE_EPOCH,
  ),
);
