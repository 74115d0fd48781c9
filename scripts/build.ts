import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { packagePath } from '../src/base/files/package-root.ts';
import { readCatalogue } from '../src/mirror/catalogue/catalogue-files.ts';

/**
 * Puts knode and the libraries that every run needs into few files: node spends more time on finding and reading five hundred small
 * ones than knode on its work (docs/benchmarks.md). Nothing is minified, so that what runs can be read.
 *
 * `tsx scripts/build.ts [folder]`; dist/ when none is named.
 */
const out = process.argv[2] ?? packagePath('dist');

/** The catalogue as it is after reading and checking, instead of sixteen YAML files and what reads them. */
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

/** The licences of what is in the bundle ask to be passed on with it: each text once, below the libraries that it is of. */
function licences(inputs: readonly string[]): string {
  const folders = new Set(inputs.flatMap((file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []));
  const named = new Map<string, string[]>();
  for (const folder of [...folders].sort()) {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = join(folder, 'LICENSE');
    // A few parts of the S3 client come without the text that the others bring.
    const text = existsSync(file)
      ? readFileSync(file, 'utf8').trim()
      : `${license} (https://spdx.org/licenses/${license})`;
    named.set(text, [...(named.get(text) ?? []), `${name} ${version}`]);
  }
  const texts = [...named].map(([text, libraries]) => `${libraries.join('\n')}\n\n${text}\n`);
  return `knode contains:\n\n${texts.join('\n----\n\n')}`;
}

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
writeFileSync(join(out, 'LICENCES.txt'), licences(Object.keys(metafile.inputs)));
