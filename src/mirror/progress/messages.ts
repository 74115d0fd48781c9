import { phrases } from '../../base/catalogue.ts';

/** What is said of transfers while they go on. */
export const messages = phrases('mirror/progress', {
  fetchedAnew: (why: string): string => `${why}: fetched anew`,
  again: (reason: string, after: string): string => `${reason}; again in ${after}`,
  fromTheBeginning: (reason: string): string => `${reason}: once more from the beginning`,
});
