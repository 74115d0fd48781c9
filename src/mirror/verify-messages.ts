/** Messages of `knode mirror verify`. */
export const verifyMessages = {
  notThere: 'it is not there',
  notIndexed: 'the file is there, but the index does not name it',
  otherHash: (whose: string, algorithm: string, have: string, want: string): string =>
    `${algorithm} of ${whose} is ${have}, expected ${want}`,
  otherSize: (whose: string, have: number, want: number): string => `size of ${whose} is ${have}, expected ${want}`,
  noLock: (file: string): string => `${file} is not there: the mirror is held against its own index`,
  failed: (place: string, count: number, of: number): string =>
    `${count} of ${of} artifacts in ${place} ${count === 1 ? 'is' : 'are'} missing or wrong`,
  failedHint: '`knode mirror pull` and `knode mirror push` bring what is missing; wrong objects need push --replace',
  noKey: (label: string): string => `${label} has no key in the lock, and none can be made of its URL`,
  noKeyHint: 'run `knode mirror lock`, which writes keys',
  readOnly: (text: string): string => `${text} can only be read`,
  readOnlyHint: 'name the bucket (s3://…) or the folder behind it',
} as const;
