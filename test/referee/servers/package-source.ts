/** Package sources of the tests' own packages, as apt and dnf read them: folders, which any HTTP server can serve. */
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../../../src/base/digest.ts';
import { sh, tempDir } from '../tools.ts';

export interface TestPackage {
  readonly name: string;
  readonly version?: string;
  /** `Provides`, `Depends` and similar fields of a Debian package. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Maintainer scripts of a Debian package, in sh. */
  readonly scripts?: Readonly<Record<string, string>>;
}

async function buildDeb(folder: string, { name, version = '1.0', fields = {}, scripts = {} }: TestPackage) {
  const build = join(tempDir('deb'), name);
  mkdirSync(join(build, 'DEBIAN'), { recursive: true });
  mkdirSync(join(build, 'usr/share', name), { recursive: true });
  writeFileSync(join(build, 'usr/share', name, 'here'), 'a package for the tests\n');
  const head = { Package: name, Version: version, Architecture: 'all', Maintainer: 'knode <tests@example.com>' };
  const control = Object.entries({ ...head, ...fields, Description: 'for the tests' })
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('');
  writeFileSync(join(build, 'DEBIAN/control'), control);
  for (const [script, text] of Object.entries(scripts)) {
    writeFileSync(join(build, 'DEBIAN', script), `#!/bin/sh\n${text}\n`);
    chmodSync(join(build, 'DEBIAN', script), 0o755);
  }
  const deb = `${name}_${version}.deb`;
  await sh('dpkg-deb', ['-Znone', '--build', '--root-owner-group', build, join(folder, deb)], { check: true });
  const { size } = statSync(join(folder, deb));
  return `${control}Filename: ./${deb}\nSize: ${size}\nSHA256: ${sha256(readFileSync(join(folder, deb)))}\n\n`;
}

/** A flat apt source: `deb [trusted=yes] URL ./`. */
export async function debSource(folder: string, packages: readonly TestPackage[]): Promise<void> {
  mkdirSync(folder, { recursive: true });
  let index = '';
  for (const one of packages) index += await buildDeb(folder, one);
  writeFileSync(join(folder, 'Packages'), index);
}

/** A dnf repository, by rpmbuild and createrepo_c. */
export async function rpmSource(folder: string, names: readonly string[]): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const work = tempDir('rpm');
  for (const name of names) {
    const spec = join(work, `${name}.spec`);
    const lines = [`Name: ${name}`, 'Version: 1.0', 'Release: 1', 'Summary: for the tests', 'License: none'];
    writeFileSync(spec, `${[...lines, 'BuildArch: noarch', '%description', 'x', '%files'].join('\n')}\n`);
    const defines = [`_topdir ${work}`, `_rpmdir ${folder}`, '_build_name_fmt %%{NAME}.rpm', `_dbpath ${work}/db`];
    await sh('rpmbuild', ['-bb', ...defines.flatMap((one) => ['--define', one]), spec], { check: true });
  }
  await sh('createrepo_c', ['-q', folder], { check: true });
}
