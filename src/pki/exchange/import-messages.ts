import { phrases, type Said, speaker } from '../../base/catalogue.ts';
import type { Diagnostic } from '../../base/diagnostic.ts';
import { dateText } from '../messages.ts';

const signAgain = 'sign the request again, and import what comes back';

function error(said: Said): Diagnostic {
  return { severity: 'error', ...said };
}

/** Messages of `knode pki import` about files. Each names the file, and its request. */
export const importMessages = phrases('pki/exchange/import/import-messages', {
  unreadable: (file: string) => error(say('pki-unreadable', { file })),
  stray: (file: string, subject: string) => error(say('pki-import-stray', { file, subject })),
  twice: (id: string, first: string, second: string) => error(say('pki-import-twice', { id, first, second })),
  issuer: (file: string, id: string, authority: string, issuer: string, wanted: string) =>
    error(say('pki-import-issuer', { file, id, authority, issuer, wanted })),
  differs: (file: string, id: string, changes: readonly string[]) =>
    error(say('pki-import-differs', { file, id, changes })),
  isAuthority: (file: string, id: string) => error(say('pki-import-authority', { file, id })),
  keyUsage: (file: string, id: string) => error(say('pki-import-key-usage', { file, id })),
  expired: (file: string, id: string, end: Date) => error(say('pki-import-expired', { file, id, end })),
  future: (file: string, id: string, begin: Date) => error(say('pki-import-not-yet-valid', { file, id, begin })),
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
});

const say = speaker('pki/import', {
  'pki-unreadable': ({ file }: { file: string }) => ({
    message: `${file} is not a PEM certificate`,
    hint: `give X.509 certificates in PEM; openssl x509 -inform der -in ${file} converts a binary one`,
  }),
  'pki-import-stray': ({ file, subject }: { file: string; subject: string }) => ({
    message: `${file} (${subject.split('\n').join(', ')}) answers no request: no key that waits belongs to it`,
    hint: 'sign the requests that knode pki requests exports today; older ones, and those for other clusters, no longer count',
  }),
  'pki-import-twice': ({ id, first, second }: { id: string; first: string; second: string }) => ({
    message: `${first} and ${second} are two different certificates for ${id}`,
    hint: 'import one of them, and have the other revoked',
  }),
  'pki-import-issuer': ({
    file,
    id,
    authority,
    issuer,
    wanted,
  }: {
    file: string;
    id: string;
    authority: string;
    issuer: string;
    wanted: string;
  }) => ({
    message:
      issuer === wanted
        ? `${file}: certificate ${id} is signed by another key than that of the adopted ${authority} authority '${wanted}'`
        : `${file}: certificate ${id} is signed by '${issuer}', not by the adopted ${authority} authority '${wanted}'`,
    hint: `have it signed by the authority whose certificate pki.authorities.${authority} names`,
  }),
  'pki-import-differs': ({ file, id, changes }: { file: string; id: string; changes: readonly string[] }) => ({
    message: `${file}: certificate ${id} is not what its request asks for (+ wanted and missing, - there and not wanted): ${changes.join(', ')}`,
    hint: `${signAgain}; openssl x509 -req needs -copy_extensions copy, openssl ca copy_extensions = copy`,
  }),
  'pki-import-authority': ({ file, id }: { file: string; id: string }) => ({
    message: `${file}: certificate ${id} may issue certificates itself (CA:TRUE)`,
    hint: `${signAgain}: as a leaf, CA:FALSE`,
  }),
  'pki-import-key-usage': ({ file, id }: { file: string; id: string }) => ({
    message: `${file}: certificate ${id} may not sign (its keyUsage lacks digitalSignature), so TLS refuses it`,
    hint: `${signAgain}: with keyUsage digitalSignature, or none`,
  }),
  'pki-import-expired': ({ file, id, end }: { file: string; id: string; end: Date }) => ({
    message: `${file}: certificate ${id} ended on ${dateText(end)}`,
    hint: signAgain,
  }),
  'pki-import-not-yet-valid': ({ file, id, begin }: { file: string; id: string; begin: Date }) => ({
    message: `${file}: certificate ${id} begins on ${dateText(begin)}`,
    hint: 'import it when it is valid, and check the clocks here and where it was signed',
  }),
});
