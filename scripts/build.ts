import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { packagePath } from '../src/base/files/package-root.ts';
import { bundleContents } from './bundle/contents.ts';
import { writeParts, writeSingleFile } from './bundle/forms.ts';
import { thirdPartyNotices } from './bundle/notices.ts';
import { softwareBillOfMaterials } from './bundle/sbom.ts';

/**
 * `tsx scripts/build.ts [folder] [--single file.cjs]`: writes the bundle into the folder, by default dist/, and the notices and the bill
 * of materials beside it. `--single` also writes the whole program as one file (docs/single-executable.md).
 */
const { values, positionals } = parseArgs({ options: { single: { type: 'string' } }, allowPositionals: true });
const out = resolve(positionals[0] ?? packagePath('dist'));
const single = values.single && resolve(values.single);

rmSync(out, { recursive: true, force: true });
process.chdir(packagePath('.'));
const metafile = await writeParts(out);
if (single !== undefined) await writeSingleFile(single);

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
