import * as z from 'zod';

/** Common parts of the documents of several commands. They may contain nothing that is not named here. */

const span = z.strictObject({
  file: z.string(),
  start: z.int(),
  end: z.int(),
  line: z.int().positive(),
  column: z.int().positive(),
  excerpt: z.string().describe('The line of the file that it points into.'),
});

export const diagnostic = z
  .strictObject({
    severity: z.enum(['error', 'warning']),
    code: z.string().describe('Stable: programs may compare it.'),
    message: z.string(),
    hint: z.string().optional().describe('What to do.'),
    snippet: z.string().optional().describe('Lines that go with the hint.'),
    path: z
      .array(z.union([z.string(), z.int()]))
      .optional()
      .describe('The place in the cluster file, as keys and indexes.'),
    span: span.optional().describe('The place in a file.'),
    option: z.string().optional().describe('The option, argument or environment variable that it is about.'),
  })
  .describe('One thing to tell the user.');

const error = z.array(diagnostic).min(1).describe('Why the command did not do its work; its exit code is not 0.');

/** The document of every command that fails early. */
export const failed = z.strictObject({ error });

/** A command's own document. It has `error` beside its data if the command failed after it had something to say. */
export function document<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject({ ...shape, error: error.optional() });
}

export const dryRun = z.boolean().describe('True if nothing was written.');
export const output = z.string().nullable().describe('The file that holds what is secret (0600); null without -o.');
export const date = z.string().describe('RFC 3339.');
export const sha256 = z.string().describe('Lower-case hex.');
export const arch = z.enum(['amd64', 'arm64']);
export const layer = z.enum(['image', 'cluster', 'node']);

export const need = { name: z.string(), version: z.string(), arch, image: z.string().optional() };

export const action = z.strictObject({
  action: z.enum(['create', 'adopt', 'reuse', 'reissue', 'request', 'await']),
  kind: z.enum(['authority', 'service-account', 'certificate', 'passport-key', 'passport', 'secret']),
  id: z.string(),
  reason: z.string(),
});

export const origin = {
  setting: z.string().optional().describe('The setting of the cluster file.'),
  from: z.string().describe("`FILE:LINE` of the cluster file, or 'default'."),
};

export const size = z.strictObject({ raw: z.int(), compressed: z.int() });

export const lockEntry = z.strictObject({
  ...need,
  url: z.string(),
  size: z.int().optional(),
  algorithm: z.enum(['sha256', 'sha512']),
  checksum: z.string(),
  checksumFrom: z.enum(['published', 'first-download', 'user', 'knode']),
  key: z.string().optional(),
});

export const indexEntry = z.strictObject({
  key: z.string(),
  name: z.string(),
  version: z.string(),
  arch,
  size: z.int(),
  sha256,
  sha512: z.string().optional(),
});

export const transfers = z.strictObject({
  transferred: z.int(),
  kept: z.int().describe('Files that were there already.'),
  failed: z.int(),
  bytes: z.int(),
  seconds: z.number(),
});
