import type { Diagnostic } from '../base/diagnostic.ts';
import { nearest } from '../base/nearest.ts';
import type { CertificateRequest } from '../component/requests.ts';
import { isPattern, matchesId } from './glob.ts';
import { certificateAt, certificatePath } from './layout.ts';
import { messages } from './messages.ts';
import { onlyCertificates, planPki } from './plan.ts';
import { reasons } from './reasons.ts';
import type { PkiInput, PkiPlan, StoredFiles } from './settings.ts';
import { endsWithin } from './validity.ts';
import { readCertificate } from './x509/certificate.ts';

/** The certificates to renew. Without a choice: those that the next render would renew. */
export interface RenewalChoice {
  readonly ids: readonly string[];
  readonly all: boolean;
  readonly withinHours?: number;
}

/** A plan for the chosen certificates alone; `input` is its input. */
export interface Renewal {
  readonly input: PkiInput;
  readonly plan: PkiPlan;
}

/** Only existing certificates are renewed: others are made when their node is rendered. */
export function planRenewal(
  whole: PkiInput & { readonly stored: StoredFiles & { paths(): Iterable<string> } },
  choice: RenewalChoice,
): Renewal {
  const made = whole.certificates.filter((request) => whole.stored.get(certificatePath(request.id)) !== undefined);
  const named = (id: string) => choice.ids.some((pattern) => matchesId(pattern, id));
  // Nodes that have joined need no new joining credential: it is renewed by rendering a machine, or by its id.
  const lasting = made.filter((request) => request.lifetimeHours === undefined);
  const certificates = choice.ids.length === 0 ? lasting : made.filter((request) => named(request.id));
  const input: PkiInput = {
    ...whole,
    certificates,
    secrets: [],
    unsignedAllowed: true,
    renew: new Map(certificates.flatMap((request) => wish(request, whole, choice))),
  };
  const plan = onlyCertificates(planPki(input), certificates);
  const mistakes = choice.ids.flatMap((id) => mistaken(id, whole, made));
  // With nothing to renew, the authorities need no check.
  const diagnostics = certificates.length === 0 ? mistakes : [...mistakes, ...plan.diagnostics];
  return { input, plan: { ...plan, diagnostics } };
}

function wish(request: CertificateRequest, input: PkiInput, choice: RenewalChoice): [string, string][] {
  const { withinHours } = choice;
  if (withinHours === undefined) return choice.all || choice.ids.length > 0 ? [[request.id, reasons.askedFor]] : [];
  const now = input.clock.now();
  const notAfter = readCertificate(input.stored.get(certificatePath(request.id)) ?? '')?.notAfter;
  if (notAfter === undefined || !endsWithin(notAfter, now, withinHours)) return [];
  return [[request.id, reasons.expires(notAfter, now)]];
}

const neverRenewed = /^(kubernetes|etcd|front-proxy)(-ca)?$|^service-account$/;

/** The error for an invalid id from the user. */
function mistaken(
  id: string,
  input: PkiInput & { readonly stored: { paths(): Iterable<string> } },
  made: readonly CertificateRequest[],
): Diagnostic[] {
  const meant = (candidate: string) => matchesId(id, candidate);
  if (made.some((request) => meant(request.id))) return [];
  if (neverRenewed.test(id)) return [messages.neverRenewed(id)];
  const requested = input.certificates.map((request) => request.id);
  if (requested.some(meant)) return [messages.notMade(id)];
  const stored = [...input.stored.paths()].flatMap((path) => {
    const place = certificateAt(path);
    return place?.kind === 'certificate' ? [place.id] : [];
  });
  if (stored.some(meant)) return [messages.notRequested(id)];
  return [messages.unknownId(id, isPattern(id) ? undefined : nearest(id, [...requested, ...stored]))];
}
