import * as z from 'zod';
import { date, document, dryRun, indexEntry, lockEntry, need, output, transfers } from './output-parts.ts';

/** Documents of `knode mirror`. None has a URL that opens a private bucket in it. */

export const mirrorDocuments = {
  'mirror lock': document({
    dryRun,
    lock: z.string(),
    changes: z.array(
      z.strictObject({
        action: z.enum(['add', 'update', 'complete', 'drop']),
        before: lockEntry.optional(),
        after: lockEntry.optional(),
      }),
    ),
    unneeded: z.array(lockEntry),
    failed: z.array(z.strictObject({ ...need, code: z.string(), message: z.string() })),
  }),
  'mirror pull': document({
    dryRun,
    folder: z.string(),
    artifacts: z.array(
      z.strictObject({
        key: z.string(),
        from: z.string(),
        action: z.enum(['check', 'fetch']).optional().describe('With --dry-run.'),
        there: z.boolean().optional().describe('Whether the folder has it now.'),
        size: z.int().optional(),
        sha256: z.string().optional(),
      }),
    ),
    summary: transfers.optional(),
  }),
  'mirror push': document({
    dryRun,
    target: z.string(),
    files: z.array(
      z.strictObject({
        action: z.enum(['uploaded', 'upload', 'same', 'replace', 'differs']),
        ...indexEntry.shape,
        there: z.unknown().optional().describe('What the bucket has instead.'),
      }),
    ),
    summary: transfers.optional(),
  }),
  'mirror verify': document({
    target: z.string(),
    ok: z.boolean(),
    artifacts: z.array(
      z.strictObject({
        key: z.string(),
        label: z.string(),
        size: z.int().optional(),
        sha256: z.string().optional(),
        sha512: z.string().optional(),
        status: z.enum(['ok', 'missing', 'wrong']),
        by: z.enum(['hash', 'record', 'size']).optional(),
        why: z.string().optional(),
      }),
    ),
  }),
  'mirror ls': document({ target: z.string(), artifacts: z.array(indexEntry) }),
  'mirror gc': document({
    target: z.string(),
    dryRun,
    garbage: z.array(z.string()),
    removed: z.array(z.string()),
    kept: z.int(),
    foreign: z.array(z.string()),
  }),
  'mirror presign': document({ dryRun, target: z.string(), output, expires: date, keys: z.array(z.string()) }),
  'mirror serve': document({ url: z.string(), folder: z.string(), files: z.int() }).describe(
    'The document is printed when the server listens; requests go to stderr, one JSON object per line.',
  ),
};
