import { s3Messages as words } from './messages.ts';

/** The meaning of an S3 server's error code, and its remedy. */
interface KnownCode {
  /** Of the diagnostic. */
  readonly code: string;
  readonly message: (place: string) => string;
  readonly hint: string;
  /** Whether the user must correct it; otherwise it is a failure of the environment. */
  readonly mistake: boolean;
}

const full = { code: 'server-full', message: words.full, hint: words.fullHint, mistake: false };
const suspended = { code: 'account-suspended', message: words.suspended, hint: words.suspendedHint, mistake: true };
const pathStyle = { code: 'path-style-refused', message: words.pathStyle, hint: words.pathStyleHint, mistake: true };
const expired = { code: 'credentials-expired', message: words.expired, hint: words.expiredHint, mistake: true };
const wrongKeys = { code: 'wrong-credentials', message: words.wrongCredentials, mistake: true };
const unknownKey = { ...wrongKeys, hint: words.unknownKeyHint };
const badSignature = { ...wrongKeys, hint: words.badSignatureHint };
const archived = { code: 'object-archived', message: words.archived, hint: words.archivedHint, mistake: true };

/**
 * Error codes and the servers that send them: Amazon (API reference, "Error responses"), Ceph's radosgw
 * (rgw_common.cc), MinIO (cmd/api-errors.go), Alibaba OSS, Tencent COS and Volcengine TOS (their path-style errors:
 * lakeFS #3490, gobackup #233, opendal #6549). The status alone is not enough: most are 403.
 */
const known: Readonly<Record<string, KnownCode>> = {
  QuotaExceeded: full,
  InsufficientStorage: full,
  InsufficientCapacity: full,
  XMinioStorageFull: full,
  XMinioAdminBucketQuotaExceeded: full,
  StorageCapExceeded: full,
  UserSuspended: suspended,
  AccountProblem: suspended,
  UserDisable: suspended,
  NotSignedUp: suspended,
  AllAccessDisabled: { code: 'bucket-disabled', message: words.disabled, hint: words.disabledHint, mistake: true },
  SecondLevelDomainForbidden: pathStyle,
  PathStyleDomainForbidden: pathStyle,
  InvalidPathAccess: pathStyle,
  ExpiredToken: expired,
  ExpiredTokenException: expired,
  TokenRefreshRequired: expired,
  RequestExpired: expired,
  InvalidAccessKeyId: unknownKey,
  InvalidClientTokenId: unknownKey,
  InvalidToken: unknownKey,
  SignatureDoesNotMatch: badSignature,
  RequestTimeTooSkewed: { code: 'clock-skew', message: words.clock, hint: words.clockHint, mistake: false },
  InvalidObjectState: archived,
  ObjectNotInActiveTier: archived,
};

const kms = { code: 'kms-refused', message: words.kms, hint: words.kmsHint, mistake: true };

export function knownCode(code: string): KnownCode | undefined {
  if (/^KMS[.A-Z]/.test(code)) return kms;
  return Object.hasOwn(known, code) ? known[code] : undefined;
}

/** Whether the code means that the server is full: retrying does not help. */
export function isFull(code: string): boolean {
  return knownCode(code)?.code === full.code;
}
