import { phrases } from '../base/catalogue.ts';
/** Messages of `knode mirror verify`. */
export const verifyMessages = phrases('mirror/verify/verify-messages', {
  notThere: 'it is not there',
  notIndexed: 'the file is there, but the index does not name it',
  otherHash: (whose: string, algorithm: string, have: string, want: string): string =>
    `${algorithm} of ${whose} is ${have}, expected ${want}`,
  otherSize: (whose: string, have: number, want: number): string => `size of ${whose} is ${have}, expected ${want}`,
  noLock: (file: string): string => `${file} is not there: the mirror is held against its own index`,
  failed: (place: string, count: number, of: number): string =>
    `${count} of ${of} artifacts in ${place} ${count === 1 ? 'is' : 'are'} missing or wrong`,
});
