import type { PassportRequest } from '../../component/requests.ts';

/**
 * A passport is text of `key value` lines, so that the node's scripts read it with bash 4.2. The last line is the signature of
 * everything before it. templates/cloud-init/usr/local/lib/knode/passports reads it; the two must agree.
 */
const heading = 'knode-passport 1';
const signatureKey = 'signature ';

/** A parsed passport of the state. */
export interface Passport {
  /** The content of the request, one line each, in a fixed order. */
  readonly claims: string;
  /** Counts changes of the claims, from 1; a newer passport of a node replaces an older one. */
  readonly generation: number;
  readonly notAfter: Date;
}

/** The lines that depend on the request alone. */
export function claimsOf(request: PassportRequest): string {
  const { bearer } = request;
  const who: readonly (readonly [string, string])[] =
    bearer.kind === 'node'
      ? [
          ['node', bearer.name],
          ['address', bearer.address],
        ]
      : [
          ['pool', bearer.pool],
          ['names', bearer.names],
          ['network', bearer.network],
        ];
  const lines: readonly (readonly [string, string])[] = [
    ['cluster', request.cluster],
    ...who,
    ['role', request.role],
    ...request.labels.map((label) => ['label', label] as const),
    ...request.taints.map((taint) => ['taint', taint] as const),
  ];
  return lines.map(([key, value]) => `${key} ${word(value)}\n`).join('');
}

/** A value with a blank or a newline would be read as another claim; the schema allows none. */
function word(value: string): string {
  if (!/^[!-~]+$/.test(value)) throw new Error(`pki: ${JSON.stringify(value)} cannot stand in a passport`);
  return value;
}

/** The text to sign. */
export function signedText({ claims, generation, notAfter }: Passport): string {
  return `${heading}\n${claims}generation ${generation}\nnot-after ${secondsOf(notAfter)}\n`;
}

export function withSignature(text: string, signature: Uint8Array): string {
  return `${text}${signatureKey}${Buffer.from(signature).toString('base64')}\n`;
}

/** Parses a passport; undefined if it is malformed. Does not check the signature. */
export function readPassport(text: string): { passport: Passport; signed: string; signature: Buffer } | undefined {
  const found =
    /^(knode-passport 1\n((?:[a-z-]+ [!-~]+\n)*)generation (\d+)\nnot-after (\S+)\n)signature ([A-Za-z0-9+/=]+)\n$/.exec(
      text,
    );
  const [, signed, claims, generation, end, signature] = found ?? [];
  const notAfter = new Date(end ?? '');
  if (signed === undefined || claims === undefined || signature === undefined) return undefined;
  if (Number.isNaN(notAfter.getTime())) return undefined;
  const passport = { claims, generation: Number(generation), notAfter };
  return { passport, signed, signature: Buffer.from(signature, 'base64') };
}

function secondsOf(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
