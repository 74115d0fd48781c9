import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { isAbsolutePath, isArtifactName, isArtifactVersion, isPlainUrl, isRelativePath } from '../../base/safe-text.ts';
import { isImageUrl } from '../container-images/reference.ts';

/** Fills a template with realistic values, to validate it. */
function sample(template: string): string {
  return template
    .replaceAll('{version}', '1.2.3')
    .replaceAll('{arch}', 'amd64')
    .replaceAll('{url}', 'https://example.com/file');
}

const version = z.string().refine(isArtifactVersion, 'is not a version');
const urlTemplate = z
  .string()
  .refine(
    (text) => isPlainUrl(sample(text)) || isImageUrl(sample(text)),
    'is not a URL template of {version}, {arch} and {url}',
  );
const pathTemplate = z
  .string()
  .refine((text) => isRelativePath(sample(text)), "is not a plain path (no '..', no leading './')");

const memberSchema = z.strictObject({
  /** Path in the archive; `{version}` and `{arch}` are replaced. Empty for a bare binary. */
  from: z.union([z.literal(''), pathTemplate]),
  to: z.string().refine(isAbsolutePath, "is not a plain absolute path (no '..')"),
  mode: z.string().regex(/^0[0-7]{3}$/),
  since: version.optional(),
  until: version.optional(),
});

const entrySchema = z
  .strictObject({
    name: z.string().refine(isArtifactName, 'is not an artifact name'),
    description: z.string().min(1),
    url: urlTemplate,
    /** An image is pulled from its registry (`docker://…`) and becomes one file. */
    format: z.enum(['binary', 'tar.gz', 'image']),
    /** Upstream's names of architectures, where they differ from Go's. Used for every `{arch}` of the entry. */
    arch: z.strictObject({ amd64: z.string(), arm64: z.string() }).default({ amd64: 'amd64', arm64: 'arm64' }),
    /** Files in which upstream publishes checksums: a bare hash, or a list with a line for the artifact's file name. */
    checksums: z.array(
      z.strictObject({
        since: version.optional(),
        until: version.optional(),
        algorithm: z.enum(['sha256', 'sha512']),
        url: urlTemplate,
      }),
    ),
    members: z.array(memberSchema).min(1),
  })
  .refine((entry) => entry.members.every((member) => (member.from === '') === (entry.format !== 'tar.gz')), {
    error: "a binary's member has an empty `from`, an archive's members have none",
  })
  .refine((entry) => isImageUrl(sample(entry.url)) === (entry.format === 'image'), {
    error: 'an image, and nothing else, has a URL of docker://',
  });

/** One artifact as upstream publishes it, for every version: `artifacts/<name>.yaml`. */
export type CatalogueEntry = z.infer<typeof entrySchema> & {
  /** Set for an artifact of the cluster file, which has its checksum. */
  readonly own?: { readonly sha256: string };
};

/** By name; the user's own artifacts by `artifactId`, because each of their versions is an entry. */
export type Catalogue = ReadonlyMap<string, CatalogueEntry>;

/** Parses one catalogue file. The catalogue ships with knode, so a mistake in it is a bug and throws. */
export function parseCatalogueEntry(text: string, file: string): CatalogueEntry {
  const result = entrySchema.safeParse(parse(text));
  if (!result.success) throw new Error(`${file} is not a valid catalogue entry:\n${z.prettifyError(result.error)}`);
  return result.data;
}

/** Reads a folder of catalogue files; each is named after its artifact. */
export function readCatalogue(folder: string): Catalogue {
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  const entries = files.sort().map((file): [string, CatalogueEntry] => {
    const entry = parseCatalogueEntry(readFileSync(join(folder, file), 'utf8'), file);
    if (`${entry.name}.yaml` !== file) throw new Error(`${file} describes '${entry.name}': name the file after it`);
    return [entry.name, entry];
  });
  return new Map(entries);
}
