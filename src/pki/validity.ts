import { spread } from '../base/digest.ts';
import type { CertificateRequest } from '../component/requests.ts';
import type { PkiSettings } from './settings.ts';

const hour = 3_600_000;
const day = 24 * hour;
/** RFC 5280 4.1.2.5: the last instant a certificate can name. */
const endOfTime = Date.UTC(9999, 11, 31, 23, 59, 59);

export interface Lifetime {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

function lifetime(now: Date, length: number): Lifetime {
  const second = Math.floor(now.getTime() / 1000) * 1000;
  // Clocks of freshly booted machines may be slow; a certificate that begins in the future would be refused.
  return { notBefore: new Date(second - hour), notAfter: new Date(Math.min(second + length, endOfTime)) };
}

export function authorityLifetime(now: Date, validityHours: number): Lifetime {
  return lifetime(now, validityHours * hour);
}

/**
 * Ends up to two weeks early, by an amount that depends on the id alone, so that leaves do not all expire in the same
 * hour.
 */
export function leafLifetime(id: string, now: Date, validityHours: number): Lifetime {
  const length = validityHours * hour;
  const skewSeconds = spread(id, Math.min(14 * day, length / 20) / 1000);
  return lifetime(now, length - skewSeconds * 1000);
}

/** The lifetime of a certificate: its own if it is for joining only, otherwise that of the cluster file. */
export function requestLifetime(
  { id, lifetimeHours }: Pick<CertificateRequest, 'id' | 'lifetimeHours'>,
  now: Date,
  { certificateValidityHours }: PkiSettings,
): Lifetime {
  return lifetimeHours === undefined
    ? leafLifetime(id, now, certificateValidityHours)
    : lifetime(now, lifetimeHours * hour);
}

/** The longest validity in hours of a leaf that ends within `limit`. */
export function hoursUntil(limit: Date, now: Date): number {
  return Math.floor((limit.getTime() - now.getTime()) / hour);
}

/** Whether less than `hours` are left. */
export function endsWithin(notAfter: Date, now: Date, hours: number): boolean {
  return notAfter.getTime() - now.getTime() < hours * hour;
}
