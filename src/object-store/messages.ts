/** Messages about the places of mirrors. */
export const storeMessages = {
  unknownScheme: (text: string): string => `'${text}' is not a place that a mirror can be`,
  locationHint: 'name s3://BUCKET/PREFIX, http(s)://HOST/PATH or a folder',
  badBucket: (text: string): string => `'${text}' names no bucket`,
  badBucketHint: "write s3://BUCKET/PREFIX; a bucket's name has 3 or more letters, digits, dots and dashes",
  badPrefix: (text: string): string => `the prefix of '${text}' cannot be one`,
  badPrefixHint: "a prefix is a plain path: no '..', no empty steps, no blanks, nothing to be escaped in a URL",
  badUrl: (text: string): string => `'${text}' is not a URL`,
  urlExtras: (shown: string): string => `the URL ${shown} comes with a user, a query or a fragment`,
  urlExtrasHint: 'name the base URL alone; for a private bucket use s3://…, with credentials from the environment',

  indexTooBig: (place: string): string => `${place} is too large to be an index of a mirror`,
  indexBusy: (place: string): string => `the index of ${place} changed again and again while it was to be written`,
  indexBusyHint: 'somebody else pushes to the same mirror: run it again in a while, everything else is done',
  noIndex: (place: string): string => `${place} holds no mirror: it has no index.json`,
  noIndexHint: 'fill it with `knode mirror pull` (a folder) or `knode mirror push`; check bucket and prefix',
  folderUnreadable: (path: string, code: string | undefined): string => `cannot read ${path} (${code})`,
  folderUnreadableHint: 'check the permissions and the disk',
  cannotRemove: (path: string, code: string | undefined): string => `cannot remove ${path} (${code})`,
  broken: (url: string, why: string): string => `${url}: ${why}`,
  brokenHint: 'check the network and the server, and run it again',
} as const;
