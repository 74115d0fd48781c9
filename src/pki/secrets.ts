import type { Diagnostic } from '../base/diagnostic.ts';
import type { SecretField, SecretRequest } from '../component/contract.ts';
import { secretPath } from './layout.ts';
import { messages, reasons } from './messages.ts';
import type { PkiAction, PkiInput, RandomBytes } from './settings.ts';

/** A secret's fields as the state keeps them, in JSON, beside its `type`. */
type SecretFields = Readonly<Partial<Record<SecretField, string>>>;

const fieldsOf = { 'bootstrap-token': ['id', 'secret', 'expires'], random: ['value'] } as const;
const hour = 3_600_000;

/** Reads a stored secret back; undefined when it is not one of the request's type. */
export function readSecret(request: SecretRequest, text: string): SecretFields | undefined {
  try {
    const stored: Record<string, unknown> = JSON.parse(text);
    if (stored.type !== request.type) return undefined;
    const pairs = fieldsOf[request.type].map((field) => [field, stored[field]] as const);
    const whole = pairs.every(([, value]) => typeof value === 'string' && value !== '');
    return whole ? Object.fromEntries(pairs) : undefined;
  } catch {
    return undefined;
  }
}

/** Decides about one secret. Only a bootstrap token that comes to its end is ever replaced. */
export function planSecret(request: SecretRequest, input: PkiInput, now: Date): PkiAction | Diagnostic {
  const planned = (action: PkiAction['action'], reason: string): PkiAction => ({
    action,
    kind: 'secret',
    id: request.name,
    reason,
  });
  const path = secretPath(request.name);
  const text = input.stored.get(path);
  if (text === undefined) return planned('create', reasons.notMadeYet);
  const fields = readSecret(request, text);
  if (fields === undefined) return messages.damagedSecret(request.name, path);
  if (request.type === 'random') return planned('reuse', reasons.kept);

  const expires = new Date(fields.expires ?? '');
  if (Number.isNaN(expires.getTime())) return messages.damagedSecret(request.name, path);
  // A quarter of its life is what a node gets between rendering and joining.
  const enough = expires.getTime() - now.getTime() >= (request.ttlHours * hour) / 4;
  return enough ? planned('reuse', reasons.validUntil(expires)) : planned('reissue', reasons.expires(expires, now));
}

/** Makes a secret and gives the text for the state. */
export function newSecret(request: SecretRequest, randomBytes: RandomBytes, now: Date): string {
  const { type } = request;
  const fields =
    type === 'random'
      ? { value: Buffer.from(randomBytes(request.bytes)).toString(request.encoding) }
      : { id: randomText(6, randomBytes), secret: randomText(16, randomBytes), expires: expiry(now, request.ttlHours) };
  return `${JSON.stringify({ type, ...fields }, undefined, 2)}\n`;
}

/** RFC 3339 to the second, which is how Kubernetes writes a token's expiration. */
function expiry(now: Date, ttlHours: number): string {
  return `${new Date(now.getTime() + ttlHours * hour).toISOString().slice(0, 19)}Z`;
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Letters and digits, each equally likely: bytes from the last, incomplete round of the alphabet are thrown away. */
function randomText(length: number, randomBytes: RandomBytes): string {
  const limit = 256 - (256 % alphabet.length);
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length - text.length)) {
      if (byte < limit) text += alphabet[byte % alphabet.length];
    }
  }
  return text;
}
