import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type BuildOptions, build, type Metafile, transform } from 'esbuild';
import { packagePath } from '../../src/base/files/package-root.ts';
import { checkedCatalogue, lateChildProcess } from './plugins.ts';

const target = 'node20.19';

/** What both forms of the bundle have in common. Nothing is minified, so that the code that runs can be read. */
const common: BuildOptions = {
  absWorkingDir: packagePath('.'),
  bundle: true,
  plugins: [checkedCatalogue, lateChildProcess],
  platform: 'node',
  target,
  // ES modules, where a library offers them: esbuild then removes code that is never called. A quarter remains of the S3 client.
  mainFields: ['module', 'main'],
  define: { 'import.meta.dirname': '__dirname' },
  logLevel: 'warning',
};

/** esbuild names each module in a comment when it bundles, and removes comments when it transforms, but not those that begin with `!`. */
function withKeptNames(text: string): string {
  return text.replace(/^\/\/ (?=(?:src|node_modules)\/\S+$)/gm, '//! ');
}

/**
 * Writes `cli.cjs` and the parts that it loads on demand. Few files, because Node takes longer to find and read five hundred small ones than
 * knode to do its work; CommonJS, because loading ES modules costs Node a third of its own start (docs/benchmarks.md).
 *
 * esbuild splits ES modules only, so each part is made as one and then turned into CommonJS.
 */
export async function writeParts(folder: string): Promise<Metafile> {
  const { metafile, outputFiles } = await build({
    ...common,
    entryPoints: { cli: 'src/cli.ts' },
    outdir: folder,
    chunkNames: 'parts/[name]-[hash]',
    outExtension: { '.js': '.cjs' },
    splitting: true,
    format: 'esm',
    write: false,
    metafile: true,
  });
  for (const { path, text } of outputFiles) {
    const { code } = await transform(withKeptNames(text), {
      format: 'cjs',
      platform: 'node',
      target,
      // `import()` of a part becomes `require`: the loader of ES modules stays asleep.
      supported: { 'dynamic-import': false },
    });
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, code, { mode: path.endsWith('cli.cjs') ? 0o755 : 0o644 });
  }
  writeFileSync(join(folder, 'cli.js'), olderName, { mode: 0o755 });
  return metafile;
}

/** `dist/cli.js` was the program until it became CommonJS; scripts call it by its path. */
const olderName = "#!/usr/bin/env node\nimport './cli.cjs';\n";

/** Writes the whole program as one CommonJS file, as a single executable needs it. Modules still run only when they are first needed. */
export async function writeSingleFile(file: string): Promise<void> {
  await build({
    ...common,
    entryPoints: ['src/cli.ts'],
    outfile: file,
    format: 'cjs',
    supported: { 'dynamic-import': false },
  });
}
