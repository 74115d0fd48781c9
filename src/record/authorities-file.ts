import { LineCounter, parseDocument, stringify } from 'yaml';
import * as z from 'zod';
import type { Diagnostic, Report } from '../base/diagnostic.ts';
import { locate, spanAt, type YamlSource } from '../base/yaml/positions.ts';
import { apiVersion } from '../model/api-version.ts';

/** The file beside the cluster file that names a cluster's keys by their fingerprints. */
export const authoritiesFileName = 'knode.authorities.yaml';

const header = [
  ' Which authorities this cluster trusts, by the SHA-256 of their public keys. Nothing here is secret: keep it in git.',
  ' knode refuses to issue anything from a state (.knode) with other keys. knode writes this file by itself.',
].join('\n');

const fingerprint = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const isFingerprint = (text: string | undefined): boolean => fingerprint.safeParse(text).success;
const names = ['etcd', 'front-proxy', 'kubernetes', 'service-account'] as const;
const keys = z.strictObject(Object.fromEntries(names.map((name) => [name, fingerprint.optional()])));
const schema = z.strictObject({
  apiVersion: z.literal(apiVersion),
  kind: z.literal('Authorities'),
  clusters: z.record(z.string(), keys),
});

/** Fingerprint by authority, and of the service-account key. */
export type Fingerprints = Readonly<Record<string, string>>;

export interface AuthoritiesFile {
  readonly source: YamlSource;
  /** By cluster: several cluster files in a folder share the file. */
  readonly clusters: Readonly<Record<string, Fingerprints>>;
}

/** Parses the file. A git conflict or a truncated fingerprint is reported with its place. */
export function parseAuthorities(text: string, file: string): Report<AuthoritiesFile> {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const source: YamlSource = { file, text, document, lineCounter };
  const hint = 'take the file from version control again; knode writes it by itself';
  const wrong = (message: string, span: Diagnostic['span']): Diagnostic => ({
    severity: 'error',
    code: 'authorities-malformed',
    message,
    hint,
    ...(span === undefined ? {} : { span }),
  });
  const broken = document.errors.map((one) => wrong(one.message, spanAt(source, one.pos[0], one.pos[1])));
  if (broken.length > 0) return { diagnostics: broken };
  const result = schema.safeParse(document.toJS({ maxAliasCount: 0 }));
  if (result.success) return { value: { source, clusters: result.data.clusters as never }, diagnostics: [] };
  const diagnostics = result.error.issues.map((issue) => {
    const path = issue.path.filter((step) => typeof step !== 'symbol');
    const about = path.length === 0 ? file : path.join('.');
    return wrong(`${about} is not what knode writes here`, locate(source, path));
  });
  return { diagnostics };
}

/** The file with one cluster's keys replaced; those of other clusters stay. */
export function formatAuthorities(
  before: AuthoritiesFile | undefined,
  cluster: string,
  fingerprints: Fingerprints,
): string {
  const clusters = { ...before?.clusters, [cluster]: fingerprints };
  const sorted = Object.fromEntries(Object.entries(clusters).sort(([a], [b]) => (a < b ? -1 : 1)));
  const text = stringify({ apiVersion, kind: 'Authorities', clusters: sorted }, { lineWidth: 0 });
  return `${header.replace(/^/gm, '#')}\n${text}`;
}

/**
 * Keys of the file that the state lacks or that differ. A key that the state has but knode cannot read is damage, which
 * is reported separately.
 */
export function unfit(
  known: Fingerprints,
  inState: Fingerprints,
): { readonly missing: readonly string[]; readonly other: readonly string[] } {
  const names = Object.keys(known).sort();
  return {
    missing: names.filter((name) => inState[name] === undefined),
    other: names.filter((name) => isFingerprint(inState[name]) && inState[name] !== known[name]),
  };
}
