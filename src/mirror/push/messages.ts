/** Messages of `knode mirror push`. */
export const pushMessages = {
  onlyS3: (text: string): string => `'${text}' is not a bucket to push to`,
  onlyS3Hint: 'name s3://BUCKET/PREFIX; a folder is filled by `knode mirror pull -o DIR`, or by copying one',
  noIndex: (folder: string): string => `${folder} is not a mirror: it has no index.json`,
  noIndexHint: 'fill it with `knode mirror pull -o DIR`, or name another folder with -i',
  fileMissing: (path: string): string => `${path} is named by the index and is not there`,
  fileOtherSize: (path: string, have: number, want: number): string =>
    `${path} has ${have} bytes, the index says ${want}`,
  fileOtherBytes: (path: string, have: string, want: string): string =>
    `${path} is not what the index says: its sha256 is ${have}, expected ${want}`,
  fileChanged: (path: string): string => `${path} changed while it was read`,
  fileUnreadable: (path: string, code: string | undefined): string => `cannot read ${path} (${code})`,
  fileHint: '`knode mirror pull` mends the folder: it fetches what is missing or wrong',
  fileUnreadableHint: 'check the permissions and the disk',
  differs: (place: string, have: string, want: string): string =>
    `${place} is there with other bytes: ${have}, ours ${want}`,
  differsHint:
    'objects of a mirror never change, because nodes hold them against their lock: find out which is right; --replace writes over it',
  bytesAndHash: (size: number, sha256: string | undefined): string =>
    sha256 === undefined ? `${size} bytes` : `sha256 ${sha256} (${size} bytes)`,
  notStored: (place: string): string => `${place} is not what was pushed a moment ago`,
  notStoredHint:
    'another push with --replace may be under way, or the server is broken: run `knode mirror verify --deep`',
  neverWritten: (place: string): string =>
    `${place} could not be written: other pushes of it came in between each time`,
  interrupted: 'stopped. No half object is visible; the same command goes on where it stopped',
  noAbandoning:
    'unfinished uploads of earlier runs cannot be listed or removed: set a lifecycle rule for them on the bucket',
  abandoned: (count: number): string =>
    `removed ${count} unfinished ${count === 1 ? 'upload' : 'uploads'} of earlier runs`,
} as const;
