import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';

/** The descriptive fields of a library's package.json. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly repository?: string | { readonly url?: string };
}

/** A library of which the bundle holds at least one byte. */
export interface BundledLibrary {
  /** Its folder, as esbuild names it: `node_modules/@aws-sdk/core`. */
  readonly folder: string;
  readonly manifest: Manifest;
  /** Folders of the bundled libraries that its modules import, sorted. */
  readonly imports: readonly string[];
}

export interface BundleContents {
  /** Sorted by folder. */
  readonly libraries: readonly BundledLibrary[];
  /** Folders of the libraries that knode's own modules import, sorted. */
  readonly imports: readonly string[];
}

/** The folder of the library that a module belongs to; undefined for knode's own modules. */
export function libraryFolder(module: string): string | undefined {
  return /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(module)?.[1];
}

/** The libraries in the bundle, by esbuild's own account of the bytes that it wrote; paths are relative to the current folder. */
export function bundleContents({ inputs, outputs }: Pick<Metafile, 'inputs' | 'outputs'>): BundleContents {
  const written = Object.values(outputs).flatMap((output) =>
    Object.entries(output.inputs).flatMap(([module, { bytesInOutput }]) => (bytesInOutput > 0 ? [module] : [])),
  );
  const folders = [...new Set(written.flatMap((module) => libraryFolder(module) ?? []))].sort();
  const importsOf = (importer: string | undefined): string[] => {
    const modules = Object.entries(inputs).filter(([module]) => libraryFolder(module) === importer);
    const imported = new Set(modules.flatMap(([, { imports }]) => imports.map(({ path }) => libraryFolder(path))));
    return folders.filter((folder) => folder !== importer && imported.has(folder));
  };
  const libraries = folders.map((folder) => ({
    folder,
    manifest: JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest,
    imports: importsOf(folder),
  }));
  return { libraries, imports: importsOf(undefined) };
}
