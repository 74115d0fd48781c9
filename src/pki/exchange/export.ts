import type { Diagnostic, Report } from '../../base/diagnostic.ts';
import { nearest } from '../../base/nearest.ts';
import { matchesId } from '../glob.ts';
import { certificateAt, certificateKeyPath } from '../layout.ts';
import { messages } from '../messages.ts';
import type { StoredFiles } from '../settings.ts';
import { readCertificate } from '../x509/certificate.ts';
import { servedChain } from '../x509/chain.ts';
import { splitPem } from '../x509/pem.ts';

export interface ExportedFile {
  readonly path: string;
  readonly content: string;
  readonly mode: '0644' | '0600';
}

interface Held {
  readonly kind: 'authority' | 'certificate';
  readonly id: string;
  readonly pem: string;
}

/**
 * Certificates of the state as files for others, with one bundle of the authorities to trust. Keys of authorities and
 * of the service accounts never leave the state this way.
 */
export function exportFiles(
  stored: StoredFiles & { paths(): Iterable<string> },
  ids: readonly string[],
  keys: boolean,
): Report<readonly ExportedFile[]> {
  const held = [...stored.paths()].flatMap((path): Held[] => {
    const place = certificateAt(path);
    return place === undefined ? [] : [{ ...place, pem: stored.get(path) ?? '' }];
  });
  const authorities = held.filter((one) => one.kind === 'authority');
  const chosen = held.filter((one) => ids.length === 0 || ids.some((id) => means(id, one)));
  const files = chosen.flatMap((one): ExportedFile[] => {
    if (one.kind === 'authority') return [{ path: `${one.id}-ca.crt`, content: one.pem, mode: '0644' }];
    const key = keys ? stored.get(certificateKeyPath(one.id)) : undefined;
    return [
      { path: `certificates/${one.id}.crt`, content: withChain(one.pem, authorities), mode: '0644' },
      ...(key === undefined ? [] : [{ path: `certificates/${one.id}.key`, content: key, mode: '0600' as const }]),
    ];
  });
  const bundle = [...new Set(authorities.flatMap((one) => splitPem(one.pem)))].join('');
  const value: ExportedFile[] = [{ path: 'ca-bundle.crt', content: bundle, mode: '0644' }, ...files];
  return { value: held.length === 0 ? [] : value, diagnostics: ids.flatMap((id) => unknown(id, held)) };
}

/** An authority matches by its name, with or without `-ca`. */
function means(pattern: string, { kind, id }: Held): boolean {
  return matchesId(pattern, id) || (kind === 'authority' && matchesId(pattern, `${id}-ca`));
}

function unknown(id: string, held: readonly Held[]): Diagnostic[] {
  if (held.some((one) => means(id, one))) return [];
  return [
    messages.unknownId(
      id,
      nearest(
        id,
        held.map((one) => one.id),
      ),
    ),
  ];
}

/** A certificate, with the intermediate authorities that a client that trusts the root needs to verify it. */
function withChain(pem: string, authorities: readonly Held[]): string {
  const certificate = readCertificate(pem);
  const issuer = authorities.find((one) => {
    const authority = readCertificate(one.pem);
    return certificate !== undefined && authority !== undefined && certificate.wasIssuedBy(authority);
  });
  return pem + (issuer === undefined ? '' : servedChain(issuer.pem));
}
