import { readFileSync } from 'node:fs';
import * as z from 'zod';
import type { Diagnostic, Report } from '../base/diagnostic.ts';
import { isPlainUrl } from '../base/safe-text.ts';
import type { ResolvedArtifact } from '../component/artifact.ts';
import { apiVersion } from '../model/api-version.ts';
import { artifactId, artifactLabel } from './catalogue/identity.ts';
import { say } from './messages.ts';
import { presignMessages as words } from './presign-messages.ts';

const presignedSchema = z.strictObject({
  apiVersion: z.literal(apiVersion),
  kind: z.literal('PresignedURLs'),
  /** No URL is valid for longer. */
  expires: z.iso.datetime(),
  /** By key of the mirror. */
  urls: z.record(z.string(), z.string().refine(isPlainUrl)),
});

/** URLs of a private bucket, which grant access to their holders for a limited time. */
export type PresignedUrls = Readonly<z.infer<typeof presignedSchema>>;

/** The file for `render --presigned`. It is a secret while the URLs are valid: write it 0600. */
export function presignedText(expires: Date, urls: ReadonlyMap<string, string>): string {
  const document: PresignedUrls = {
    apiVersion,
    kind: 'PresignedURLs',
    expires: expires.toISOString(),
    urls: Object.fromEntries(urls),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Reads such a file. Messages never repeat its content. */
export function readPresigned(file: string): Report<PresignedUrls> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return wrong('presigned-unreadable', words.unreadable(file, code));
  }
  try {
    const parsed = presignedSchema.safeParse(JSON.parse(text));
    if (parsed.success) return { value: parsed.data, diagnostics: [] };
    return wrong('presigned-broken', words.broken(file, parsed.error.issues[0]?.path[0]?.toString()));
  } catch {
    return wrong('presigned-broken', words.notJson(file));
  }
}

function wrong(code: string, message: string): Report<never> {
  return { diagnostics: [{ severity: 'error', code, message, hint: words.hint }] };
}

/**
 * Replaces the upstream URL of each artifact by its signed URL; nodes still try the mirrors of the cluster file first.
 * Reports until when nodes can be booted with it.
 */
export function withPresigned(
  artifacts: ReadonlyMap<string, ResolvedArtifact>,
  { urls, expires }: PresignedUrls,
  { file, now }: { readonly file: string; readonly now: Date },
): Report<ReadonlyMap<string, ResolvedArtifact>> {
  const lacking = [...artifacts.values()].filter(({ key }) => !Object.hasOwn(urls, key)).map(artifactLabel);
  const diagnostics: Diagnostic[] = [];
  if (lacking.length > 0)
    diagnostics.push({
      severity: 'error',
      ...say('not-presigned', { lacking: words.lacking(file, lacking), hint: words.hint }),
    });
  if (Date.parse(expires) <= now.getTime())
    diagnostics.push({
      severity: 'error',
      ...say('presigned-expired', { expired: words.expired(file, expires), hint: words.hint }),
    });
  if (diagnostics.length > 0) return { diagnostics };
  const signed = [...artifacts.values()].map((one) => [artifactId(one), { ...one, url: urls[one.key] ?? '' }] as const);
  const [code, message, hint] = ['presigned-until', words.until(expires), words.untilHint];
  return { value: new Map(signed), diagnostics: [{ severity: 'warning', code, message, hint }] };
}
