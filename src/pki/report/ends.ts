import { certificateAt, passportAt } from '../layout.ts';
import { readPassport } from '../passport/text.ts';
import type { PkiSettings, StoredFiles } from '../settings.ts';
import { readValidity } from '../x509/certificate.ts';
import { splitPem } from '../x509/pem.ts';

const hour = 3_600_000;
const day = 24 * hour;
const noticeDays = 60;

/** A certificate or passport of the state near its end. */
export interface Ending {
  readonly kind: 'authority' | 'certificate' | 'passport';
  readonly id: string;
  readonly notAfter: Date;
}

/**
 * Everything that ends within 60 days, the earliest first. For certificates that live for less than half a year, the
 * last third of their life: 60 days would be most of it.
 */
export function endingSoon(
  stored: StoredFiles & { paths(): Iterable<string> },
  { certificateValidityHours }: Pick<PkiSettings, 'certificateValidityHours'>,
  now: Date,
): Ending[] {
  // A passport has the lifetime of a certificate, and does not contain its beginning.
  const notice = Math.min(noticeDays * day, (certificateValidityHours * hour) / 3);
  const soon = [...stored.paths()].flatMap((path): Ending[] => {
    const passport = passportAt(path);
    if (passport !== undefined)
      return passportIfSoon(passport, stored.get(path) ?? '', new Date(now.getTime() + notice));
    const place = certificateAt(path);
    if (place === undefined) return [];
    const ends = splitPem(stored.get(path) ?? '').flatMap((pem) => endIfSoon(pem, now));
    return ends.length === 0 ? [] : [{ ...place, notAfter: new Date(Math.min(...ends)) }];
  });
  return soon.sort((a, b) => a.notAfter.getTime() - b.notAfter.getTime() || (a.id < b.id ? -1 : 1));
}

function passportIfSoon(id: string, text: string, until: Date): Ending[] {
  const notAfter = readPassport(text)?.passport.notAfter;
  return notAfter !== undefined && notAfter < until ? [{ kind: 'passport', id, notAfter }] : [];
}

/** Runs on every certificate of the state in every command, so it reads only the two dates. */
function endIfSoon(pem: string, now: Date): number[] {
  const validity = readValidity(pem);
  if (validity === undefined) return [];
  const end = validity.notAfter.getTime();
  const notice = Math.min(noticeDays * day, (end - validity.notBefore.getTime()) / 3);
  return end - now.getTime() < notice ? [end] : [];
}

/** Whole days from now to then; negative if it is past. */
export function daysUntil(then: Date, now: Date): number {
  return Math.floor((then.getTime() - now.getTime()) / day);
}
