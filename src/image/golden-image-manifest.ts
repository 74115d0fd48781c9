import * as z from 'zod';
import type { Diagnostic, Report } from '../base/diagnostic.ts';
import { sha256 } from '../base/digest.ts';
import { apiVersion } from '../model/api-version.ts';
import { families } from '../platform/families.ts';
import { messages } from './messages.ts';

const digest = z.string().regex(/^[0-9a-f]{64}$/);

/** A manifest of a later knode may have more fields. */
const schema = z.object({
  apiVersion: z.literal(apiVersion),
  kind: z.literal('Image'),
  name: z.string(),
  roles: z.array(z.string()),
  layers: z.array(z.enum(['image', 'cluster'])),
  arch: z.enum(['amd64', 'arm64']),
  os: z.object({ family: z.enum(families.map((one) => one.name)), system: z.string() }),
  artifacts: z.array(
    z.object({ name: z.string(), version: z.string(), algorithm: z.enum(['sha256', 'sha512']), checksum: z.string() }),
  ),
  builtFrom: z.object({
    knode: z.string(),
    cluster: z.string(),
    clusterFile: digest,
    lock: digest,
    payload: digest,
    base: z.string().optional(),
  }),
  /** Over files and packages, as they are in the image. */
  digest: z.string(),
  files: z.array(z.object({ path: z.string(), mode: z.string(), sha256: digest })),
  packages: z.array(z.object({ name: z.string(), version: z.string() })),
});

export type ImageContent = z.infer<typeof schema>;

/** knode's data on an image before the bake; the bake adds what it finds in the image. */
export type ImageHead = Omit<ImageContent, 'digest' | 'files' | 'packages'>;

/** The manifest of an image, as the bake wrote it. */
export interface GoldenImageManifest extends ImageContent {
  /** Digest of the manifest itself: the same file is in the image. Lower-case hex. */
  readonly sha256: string;
}

/** Parses a manifest. All errors are in one diagnostic, because a program writes the file. */
export function parseGoldenImageManifest(text: string, file: string): Report<GoldenImageManifest> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { diagnostics: [mistake(messages.notJson(file))] };
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return { value: { ...parsed.data, sha256: sha256(text) }, diagnostics: [] };
  const [issue] = parsed.error.issues;
  const where = (issue?.path ?? []).join('.');
  return { diagnostics: [mistake(messages.notAManifest(file, where, issue?.message ?? ''))] };
}

function mistake(message: string): Diagnostic {
  return { severity: 'error', code: 'not-an-image-manifest', message, hint: messages.manifestHint };
}
