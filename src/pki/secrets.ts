import type { Diagnostic } from '../base/diagnostic.ts';
import type { FoundingRight, SecretField, SecretRequest } from '../component/requests.ts';
import { secretPath } from './layout.ts';
import { messages } from './messages.ts';
import { reasons } from './reasons.ts';
import type { PkiAction, PkiInput, RandomBytes } from './settings.ts';

/** A secret's fields in the state, in JSON, beside its `type`. */
type SecretFields = Readonly<Partial<Record<SecretField, string>>>;

const fieldsOf = {
  'bootstrap-token': ['id', 'secret', 'expires'],
  random: ['value'],
  'founding-right': ['since', 'until'],
} as const;
const hour = 3_600_000;

/** Parses a stored secret; undefined if it does not have the request's type. */
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

/** The decision about one secret, and its reason. */
type Decision = readonly [action: PkiAction['action'], reason: string];

/**
 * Plans one secret. A bootstrap token near its end is replaced, a right is replaced on the user's request, and nothing
 * else is.
 */
export function planSecret(request: SecretRequest, input: PkiInput, now: Date): PkiAction | Diagnostic {
  const path = secretPath(request.name);
  const text = input.stored.get(path);
  const decision = text === undefined ? planNew(request, input) : planKept(request, text, input, now);
  if (decision === undefined) return messages.damagedSecret(request.name, path);
  const [action, reason] = decision;
  return { action, kind: 'secret', id: request.name, reason };
}

function planNew(request: SecretRequest, input: PkiInput): Decision {
  if (input.grant?.has(request.name)) return ['create', reasons.grantedAgain];
  const older = request.type === 'founding-right' && leftTraces(request, input);
  return older ? ['reuse', reasons.foundedBefore] : ['create', reasons.notMadeYet];
}

/** Undefined if the stored secret does not match the request. */
function planKept(request: SecretRequest, text: string, input: PkiInput, now: Date): Decision | undefined {
  const fields = readSecret(request, text);
  if (fields === undefined) return undefined;
  if (request.type === 'random') return ['reuse', reasons.kept];
  const end = new Date((request.type === 'founding-right' ? fields.until : fields.expires) ?? '');
  if (Number.isNaN(end.getTime())) return undefined;
  if (request.type === 'founding-right') {
    if (input.grant?.has(request.name)) return ['reissue', reasons.grantedAgain];
    return ['reuse', end > now ? reasons.validUntil(end) : reasons.ended(end)];
  }
  // A node gets a quarter of its life between rendering and joining.
  const enough = end.getTime() - now.getTime() >= (request.ttlHours * hour) / 4;
  return enough ? ['reuse', reasons.validUntil(end)] : ['reissue', reasons.expires(end, now)];
}

/** Whether an older knode rendered from this state: its cluster may already run. */
function leftTraces({ traces }: FoundingRight, { stored }: PkiInput): boolean {
  return traces.some((name) => stored.get(secretPath(name)) !== undefined);
}

/** Whether the right in this text has not expired. */
export function rightLasts(request: SecretRequest, text: string, now: Date): boolean {
  return new Date(readSecret(request, text)?.until ?? '') > now;
}

/** Makes a secret and returns the text for the state. */
export function newSecret(request: SecretRequest, randomBytes: RandomBytes, now: Date): string {
  return `${JSON.stringify({ type: request.type, ...newFields(request, randomBytes, now) }, undefined, 2)}\n`;
}

function newFields(request: SecretRequest, randomBytes: RandomBytes, now: Date): SecretFields {
  switch (request.type) {
    case 'random':
      return { value: Buffer.from(randomBytes(request.bytes)).toString(request.encoding) };
    case 'founding-right':
      return { since: expiry(now, 0), until: expiry(now, request.ttlHours) };
    case 'bootstrap-token':
      return {
        id: randomText(6, randomBytes),
        secret: randomText(16, randomBytes),
        expires: expiry(now, request.ttlHours),
      };
  }
}

/** RFC 3339 to the second, the format of a token's expiration in Kubernetes. */
function expiry(now: Date, ttlHours: number): string {
  return `${new Date(now.getTime() + ttlHours * hour).toISOString().slice(0, 19)}Z`;
}

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Letters and digits, each equally likely: bytes of the last, incomplete round of the alphabet are discarded. */
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
