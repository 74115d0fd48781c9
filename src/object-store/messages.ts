import { phrases, speaker } from '../base/catalogue.ts';
/** Messages about the places of mirrors. */
export const storeMessages = phrases('object-store/store-messages', {
  unknownScheme: (text: string): string => `'${text}' is not a place that a mirror can be`,
  locationHint: 'name s3://BUCKET/PREFIX, http(s)://HOST/PATH or a folder',
  badBucket: (text: string): string => `'${text}' names no bucket`,
  badBucketHint: "write s3://BUCKET/PREFIX; a bucket's name has 3 or more letters, digits, dots and dashes",
  badPrefix: (text: string): string => `the prefix of '${text}' cannot be one`,
  badPrefixHint: "a prefix is a plain path: no '..', no empty steps, no blanks, nothing to be escaped in a URL",
  badUrl: (text: string): string => `'${text}' is not a URL`,
  urlExtras: (shown: string): string => `the URL ${shown} comes with a user, a query or a fragment`,
  urlExtrasHint: 'name the base URL alone; for a private bucket use s3://…, with credentials from the environment',

  broken: (url: string, why: string): string => `${url}: ${why}`,
  brokenHint: 'check the network and the server, and run it again',
});

/** What is wrong, by code. */
export const say = speaker('object-store', {
  'cannot-write': ({ path, code }: { path: string; code: string | undefined }) => ({
    message: `cannot remove ${path} (${code})`,
    hint: 'check the permissions and the disk',
  }),
  'mirror-unreadable': ({ path, code }: { path: string; code: string | undefined }) => ({
    message: `cannot read ${path} (${code})`,
    hint: 'check the permissions and the disk',
  }),
});
