import { type Diagnostic, hasErrors } from '../../base/diagnostic.ts';
import { planAuthority } from '../authority.ts';
import { certificateKeyPath, certificatePath } from '../layout.ts';
import { isExternal, pendingFor } from '../leaf.ts';
import type { PkiInput } from '../settings.ts';
import { type Certificate, readCertificate } from '../x509/certificate.ts';
import { privateKeyPem } from '../x509/keys.ts';
import { splitPem } from '../x509/pem.ts';
import { type Answer, type Expected, signedFaults } from './import-checks.ts';
import { importMessages } from './import-messages.ts';

/** A file returned by an authority's owner. */
export interface SignedFile {
  /** The user's name for it. */
  readonly file: string;
  readonly content: string;
}

export interface ImportPlan {
  /** Entries to commit: the certificate replaces the one in use, with its key beside it. */
  readonly entries: ReadonlyMap<string, string>;
  readonly imported: readonly { readonly id: string; readonly file: string; readonly notAfter: Date }[];
  /** Certificates that were already imported. */
  readonly known: readonly string[];
  /** Requests that are still unanswered. */
  readonly waiting: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Compares every file with the open requests. Nothing is stored if there is an error. */
export function planImport(input: PkiInput, files: readonly SignedFile[]): ImportPlan {
  const now = input.clock.now();
  const external = input.certificates.filter((request) => isExternal(request.authority, input.settings));
  const names = [...new Set(external.map((request) => request.authority))];
  const planned = new Map(names.map((name) => [name, planAuthority(name, input, now)]));
  const faults = [...planned.values()].flatMap((one) => one.diagnostics);
  // Without its authority no certificate can be checked.
  if (hasErrors(faults)) return { entries: new Map(), imported: [], known: [], waiting: [], diagnostics: faults };
  const expected = external.flatMap((request): Expected[] => {
    const authority = planned.get(request.authority)?.authority;
    const keys = pendingFor(request, input);
    return authority === undefined || keys === undefined ? [] : [{ request, keys, authority }];
  });
  const inUse = new Map(external.map(({ id }) => [input.stored.get(certificatePath(id))?.trim(), id]));
  const chains = [...planned.values()].flatMap(({ authority }) => authority?.chain ?? []);
  const sorted = files.map((file) => sortFile(file, expected, inUse, chains));
  return settle(sorted, expected, input, faults);
}

function settle(
  sorted: readonly Sorted[],
  expected: readonly Expected[],
  input: PkiInput,
  warnings: readonly Diagnostic[],
): ImportPlan {
  const answers = sorted.flatMap((one) => one.answers);
  const done = new Map(answers.map((answer) => [answer.request.id, answer]));
  const imported = [...done.values()].map(({ request, file, certificate }) => {
    return { id: request.id, file, notAfter: certificate.notAfter };
  });
  return {
    entries: new Map([...done.values()].flatMap(entriesOf)),
    imported,
    known: sorted.flatMap((one) => one.known),
    waiting: expected.map(({ request }) => request.id).filter((id) => !done.has(id)),
    diagnostics: [
      ...warnings,
      ...sorted.flatMap((one) => one.diagnostics),
      ...answers.flatMap((answer) => signedFaults(answer, input.settings, input.clock.now())),
      ...contradictions(answers),
    ],
  };
}

interface Sorted {
  readonly answers: readonly Answer[];
  readonly known: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The content of a file: answers, certificates that are already in use, and certificates of authorities, which are
 * often included.
 */
function sortFile(
  { file, content }: SignedFile,
  expected: readonly Expected[],
  inUse: ReadonlyMap<string | undefined, string>,
  chains: readonly Certificate[],
): Sorted {
  const found = splitPem(content).map((pem) => readCertificate(pem));
  const readable = found.filter((one) => one !== undefined);
  if (found.length === 0 || readable.length < found.length)
    return { answers: [], known: [], diagnostics: [importMessages.unreadable(file)] };
  const answers = readable.flatMap((certificate) => {
    const match = expected.find(({ keys }) => certificate.publicKey.equals(keys.publicKey));
    return match === undefined ? [] : [{ ...match, file, certificate }];
  });
  const known = readable.flatMap((one) => inUse.get(one.pem.trim()) ?? []);
  const [first] = readable;
  const ofAuthorities = chains.some((one) => first !== undefined && one.der.equals(first.der));
  const stray = answers.length + known.length === 0 && !ofAuthorities && first !== undefined;
  return { answers, known, diagnostics: stray ? [importMessages.stray(file, first.subject)] : [] };
}

function entriesOf({ request, keys, certificate }: Answer): [string, string][] {
  return [
    [certificatePath(request.id), certificate.pem],
    [certificateKeyPath(request.id), privateKeyPem(keys.privateKey)],
  ];
}

/** The same request answered by two different certificates is ambiguous. */
function contradictions(answers: readonly Answer[]): Diagnostic[] {
  return answers.flatMap((answer, index) => {
    const earlier = answers.slice(0, index).find((one) => one.request.id === answer.request.id);
    const differs = earlier !== undefined && !earlier.certificate.der.equals(answer.certificate.der);
    return differs ? [importMessages.twice(answer.request.id, earlier.file, answer.file)] : [];
  });
}
