import { type KeyObject, verify } from 'node:crypto';
import type { Diagnostic } from '../../base/diagnostic.ts';
import type { PassportRequest } from '../../component/requests.ts';
import { passportKeyPath, passportPath } from '../layout.ts';
import { messages } from '../messages.ts';
import { reasons } from '../reasons.ts';
import type { PkiAction, PkiInput } from '../settings.ts';
import { endsWithin } from '../validity.ts';
import { algorithmOf, canSign, readPrivateKey } from '../x509/keys.ts';
import { passportAlgorithm } from './issue.ts';
import { claimsOf, readPassport } from './text.ts';

/** Plans the key that signs passports. It is never replaced: running masters trust no other key. */
export function planPassportKey(input: PkiInput): readonly (PkiAction | Diagnostic)[] {
  if ((input.passports ?? []).length === 0) return [];
  const pem = input.stored.get(passportKeyPath);
  const planned = { kind: 'passport-key', id: 'passport-key' } as const;
  if (pem === undefined) return [{ ...planned, action: 'create', reason: reasons.notMadeYet }];
  const keys = readPrivateKey(pem);
  if (keys === undefined || algorithmOf(keys.publicKey) !== passportAlgorithm || !canSign(keys))
    return [messages.damagedPassportKey(passportKeyPath)];
  return [{ ...planned, action: 'reuse', reason: reasons.kept }];
}

/** Plans one passport: it is kept until it is near its end, or its content differs from the cluster file. */
export function planPassport(request: PassportRequest, input: PkiInput, now: Date): PkiAction {
  const planned = (action: PkiAction['action'], reason: string): PkiAction => ({
    action,
    kind: 'passport',
    id: request.id,
    reason,
  });
  const text = input.stored.get(passportPath(request.id));
  if (text === undefined) return planned('create', reasons.notMadeYet);
  const found = readPassport(text);
  if (found === undefined || !isSigned(text, input)) return planned('reissue', reasons.unreadable);
  const { claims, notAfter } = found.passport;
  const changes = changedLines(claims, claimsOf(request));
  if (changes.length > 0) return planned('reissue', reasons.requestChanged(changes));
  const old = endsWithin(notAfter, now, input.settings.renewBeforeHours);
  return old ? planned('reissue', reasons.expires(notAfter, now)) : planned('reuse', reasons.validUntil(notAfter));
}

function isSigned(text: string, input: PkiInput): boolean {
  const found = readPassport(text);
  const key = publicKeyOf(input.stored.get(passportKeyPath));
  return found !== undefined && key !== undefined && verify('sha256', Buffer.from(found.signed), key, found.signature);
}

function publicKeyOf(pem: string | undefined): KeyObject | undefined {
  const keys = readPrivateKey(pem ?? '');
  return keys !== undefined && algorithmOf(keys.publicKey) === passportAlgorithm ? keys.publicKey : undefined;
}

/** `+label a=b`, `-address 10.0.0.9`. */
function changedLines(before: string, after: string): string[] {
  const [was, is] = [before, after].map((text) => text.split('\n').filter((line) => line !== ''));
  const added = (is ?? []).filter((line) => !was?.includes(line)).map((line) => `+${line}`);
  const removed = (was ?? []).filter((line) => !is?.includes(line)).map((line) => `-${line}`);
  return [...added, ...removed];
}
