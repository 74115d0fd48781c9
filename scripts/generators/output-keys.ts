import * as z from 'zod';
import { action, date, document, dryRun, output } from './output-parts.ts';

/** Documents of the commands about certificates and tokens. None has a key, a token or a certificate's text in it. */

const certificate = z.strictObject({
  id: z.string(),
  kind: z.enum(['authority', 'certificate']),
  subject: z.string(),
  issuer: z.string(),
  sans: z.array(z.string()),
  usages: z.array(z.string()),
  notBefore: date,
  notAfter: date,
  serial: z.string(),
  algorithm: z.string(),
  fingerprint: z.string(),
  nodes: z.array(z.string()),
});

const passport = z.strictObject({
  id: z.string(),
  claims: z.array(z.string()).describe('What it says: a key and a value each.'),
  generation: z.int(),
  notAfter: date,
  nodes: z.array(z.string()),
});

const month = z.strictObject({
  month: z.string(),
  certificates: z.array(
    z.strictObject({
      id: z.string(),
      kind: z.enum(['authority', 'certificate']),
      notAfter: date,
      days: z.int(),
      nodes: z.array(z.string()),
      todo: z.string(),
    }),
  ),
});

export const keyDocuments = {
  'pki list': z.union([
    document({ certificates: z.array(certificate), passports: z.array(passport) }),
    document({ months: z.array(month) }).describe('With --calendar.'),
  ]),
  'pki renew': document({
    dryRun,
    certificates: z.array(
      z.strictObject({ id: z.string(), action: z.string(), reason: z.string(), nodes: z.array(z.string()) }),
    ),
    replace: z.array(z.string()).describe('Nodes to render again and to replace.'),
  }),
  'pki export': document({ dryRun, files: z.array(z.strictObject({ path: z.string(), mode: z.string() })) }),
  'pki requests': document({
    dryRun,
    requests: z.array(
      z.strictObject({
        id: z.string(),
        file: z.string(),
        authority: z.string(),
        commonName: z.string(),
        organizations: z.array(z.string()),
        sans: z.array(z.string()),
        usages: z.array(z.string()),
        validityDays: z.int(),
      }),
    ),
  }),
  'pki import': document({
    dryRun,
    imported: z.array(z.strictObject({ id: z.string(), file: z.string(), notAfter: date })),
    known: z.array(z.string()).describe('Certificates that were imported before.'),
    waiting: z.array(z.string()).describe('Requests that are not answered yet.'),
  }),
  kubeconfig: document({
    dryRun,
    cluster: z.string(),
    server: z.string(),
    user: z.string(),
    groups: z.array(z.string()),
    output,
    actions: z.array(action),
    certificate: z
      .strictObject({ id: z.string(), notBefore: date, notAfter: date, fingerprint: z.string() })
      .optional()
      .describe('Absent with --dry-run.'),
  }),
  passport: document({
    dryRun,
    id: z.string(),
    actions: z.array(action),
    annotation: z.string().optional().describe('Value of the annotation knode.dev/passport; absent with --dry-run.'),
  }),
  token: document({
    dryRun,
    cluster: z.string(),
    output,
    actions: z.array(action),
    secret: z
      .strictObject({ name: z.string(), namespace: z.string(), expires: date })
      .optional()
      .describe('The Kubernetes Secret; absent with --dry-run.'),
  }),
};
