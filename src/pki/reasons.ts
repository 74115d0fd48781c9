import { phrases } from '../base/catalogue.ts';
import { dateText } from './messages.ts';

function spanText(milliseconds: number): string {
  const hours = Math.floor(milliseconds / 3_600_000);
  return hours < 48 ? `${hours} hour${hours === 1 ? '' : 's'}` : `${Math.floor(hours / 24)} days`;
}

/** Reasons of actions. */
export const reasons = phrases('pki/reasons', {
  notMadeYet: 'not made yet',
  kept: 'kept for the life of the cluster',
  adopted: 'adopted from your files',
  adoptNew: 'adopted from your files: its certificate is recorded, its key stays where it is',
  adoptRechained: 'adopted from your files: the certificates above it changed',
  adoptRenewed: 'adopted from your files: renewed with the same key',
  grantedAgain: 'given again, as you asked',
  foundedBefore:
    'not given: the state is older than this right, so the cluster may run already; render --found gives it',
  ended: (date: Date): string => `ended on ${dateText(date)}`,
  validUntil: (date: Date): string => `valid until ${dateText(date)}`,
  keyMissing: 'its key is missing',
  keyMismatch: 'its key does not belong to it',
  unreadable: 'cannot be read',
  askedFor: 'asked for',
  awaiting: 'its signing request is not answered yet',
  issuerChanged: 'issuer changed',
  requestChanged: (changes: readonly string[]): string => `request changed: ${changes.join(', ')}`,
  expires: (notAfter: Date, now: Date): string => {
    const left = notAfter.getTime() - now.getTime();
    return left < 0 ? `expired ${spanText(-left)} ago` : `expires in ${spanText(left)}`;
  },
});
