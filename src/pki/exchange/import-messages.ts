import type { Diagnostic } from '../../base/diagnostic.ts';
import { dateText } from '../messages.ts';

const signAgain = 'sign the request again, and import what comes back';

function error(code: string, message: string, hint: string): Diagnostic {
  return { severity: 'error', code, message, hint };
}

/** Messages of `knode pki import` about files. Each names the file, and its request. */
export const importMessages = {
  unreadable: (file: string) =>
    error(
      'pki-unreadable',
      `${file} is not a PEM certificate`,
      `give X.509 certificates in PEM; openssl x509 -inform der -in ${file} converts a binary one`,
    ),
  stray: (file: string, subject: string) =>
    error(
      'pki-import-stray',
      `${file} (${subject}) answers no request: no key that waits belongs to it`,
      'sign the requests that knode pki requests exports today; older ones, and those for other clusters, no longer count',
    ),
  twice: (id: string, first: string, second: string) =>
    error(
      'pki-import-twice',
      `${first} and ${second} are two different certificates for ${id}`,
      'import one of them, and have the other revoked',
    ),
  issuer: (file: string, id: string, authority: string, issuer: string, wanted: string) =>
    error(
      'pki-import-issuer',
      issuer === wanted
        ? `${file}: certificate ${id} is signed by another key than that of the adopted ${authority} authority '${wanted}'`
        : `${file}: certificate ${id} is signed by '${issuer}', not by the adopted ${authority} authority '${wanted}'`,
      `have it signed by the authority whose certificate pki.authorities.${authority} names`,
    ),
  differs: (file: string, id: string, changes: readonly string[]) =>
    error(
      'pki-import-differs',
      `${file}: certificate ${id} is not what its request asks for (+ wanted and missing, - there and not wanted): ${changes.join(', ')}`,
      `${signAgain}; openssl x509 -req needs -copy_extensions copy, openssl ca copy_extensions = copy`,
    ),
  isAuthority: (file: string, id: string) =>
    error(
      'pki-import-authority',
      `${file}: certificate ${id} may issue certificates itself (CA:TRUE)`,
      `${signAgain}: as a leaf, CA:FALSE`,
    ),
  keyUsage: (file: string, id: string) =>
    error(
      'pki-import-key-usage',
      `${file}: certificate ${id} may not sign (its keyUsage lacks digitalSignature), so TLS refuses it`,
      `${signAgain}: with keyUsage digitalSignature, or none`,
    ),
  expired: (file: string, id: string, end: Date) =>
    error('pki-import-expired', `${file}: certificate ${id} ended on ${dateText(end)}`, signAgain),
  future: (file: string, id: string, begin: Date) =>
    error(
      'pki-import-not-yet-valid',
      `${file}: certificate ${id} begins on ${dateText(begin)}`,
      'import it when it is valid, and check the clocks here and where it was signed',
    ),
  short: (file: string, id: string, end: Date): Diagnostic => ({
    severity: 'warning',
    code: 'pki-import-short',
    message: `${file}: certificate ${id} ends on ${dateText(end)}, within pki.renewBefore: it is asked for again at once`,
    hint: 'have it signed for longer, or shorten pki.renewBefore',
  }),
  outlives: (file: string, id: string, authority: string, end: Date): Diagnostic => ({
    severity: 'warning',
    code: 'pki-outlives-ca',
    message: `${file}: certificate ${id} outlives its ${authority} authority, which ends on ${dateText(end)}: it is worth nothing after that`,
    hint: 'have the authority renewed with the same key before it ends',
  }),
} as const;
