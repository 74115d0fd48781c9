/** An S3 server's refusals are reported with its own words and a remedy; and the number of tries. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { EnvironmentFailure, UserMistake } from '../../src/base/failure.ts';
import { mirrorLs } from '../../src/commands/mirror/ls.ts';
import { mirrorPush } from '../../src/commands/mirror/push.ts';
import { cacheControl, contentType } from '../../src/mirror/layout/layout.ts';
import { openS3 } from '../../src/object-store/s3/open-s3.ts';
import { serverWords } from '../../src/object-store/s3/server-words.ts';
import { freshFolder, memoryIo } from '../commands/fixture.ts';
import { fillMirror, lockText, noise } from '../mirror/store-fixture.ts';
import { type S3Fault, type S3Server, s3Environment, startS3 } from '../support/s3-server.ts';

let s3: S3Server;
const saved = { ...process.env };
const folder = freshFolder();
beforeAll(async () => {
  Object.assign(process.env, s3Environment);
  s3 = await startS3();
  const entries = fillMirror(folder, { 'kubelet/1.36.2/linux-amd64/kubelet': noise(1000, 1) });
  writeFileSync(join(folder, 'knode.lock.yaml'), lockText(entries));
});
beforeEach(() => {
  s3.fault = () => undefined;
  s3.objects.clear();
  s3.seen.length = 0;
});
afterAll(async () => {
  process.env = saved;
  await s3.close();
});

const options = () => ({ file: 'c.yaml', target: 's3://bkt/knode', endpointUrl: s3.endpoint });

/** `EXIT CODE-OF-THE-DIAGNOSTIC: message | hint`. */
async function told(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return 'done';
  } catch (error) {
    if (error instanceof EnvironmentFailure) return `3 ${error.code}: ${error.message} | ${error.hint}`;
    if (!(error instanceof UserMistake)) throw error;
    return error.diagnostics.map(({ code, message, hint }) => `1 ${code}: ${message} | ${hint}`).join('\n');
  }
}

const listed = async (fault: S3Fault): Promise<string> => {
  s3.fault = () => fault;
  return told(() => mirrorLs(options(), memoryIo()));
};

describe('a refused listing', () => {
  test.each<[code: string, status: number, want: RegExp]>([
    ['QuotaExceeded', 403, /^3 server-full: .*quota.* \(the server says: QuotaExceeded: Because\.\) \| .*mirror gc/],
    ['XMinioStorageFull', 507, /^3 server-full: /],
    ['UserSuspended', 403, /^1 account-suspended: .*UserSuspended.* \| no policy helps/],
    ['AccountProblem', 403, /^1 account-suspended: .*AccountProblem/],
    ['AllAccessDisabled', 403, /^1 bucket-disabled: .*AllAccessDisabled/],
    ['SecondLevelDomainForbidden', 403, /^1 path-style-refused: .*SecondLevelDomainForbidden.* \| add --no-path-style/],
    ['PathStyleDomainForbidden', 403, /^1 path-style-refused: .* \| add --no-path-style/],
    ['InvalidPathAccess', 403, /^1 path-style-refused: .* \| add --no-path-style/],
    ['RequestTimeTooSkewed', 403, /^3 clock-skew: .*RequestTimeTooSkewed/],
    ['InvalidAccessKeyId', 403, /^1 wrong-credentials: .*InvalidAccessKeyId.* \| .*AWS_ACCESS_KEY_ID/],
    ['SignatureDoesNotMatch', 403, /^1 wrong-credentials: .*SignatureDoesNotMatch.* \| .*AWS_SECRET_ACCESS_KEY/],
    ['ExpiredToken', 400, /^1 credentials-expired: .*ExpiredToken/],
    ['InvalidObjectState', 403, /^1 object-archived: .*InvalidObjectState.* \| restore it/],
    ['KMS.DisabledException', 400, /^1 kms-refused: .*KMS\.DisabledException.* \| .*kms:Decrypt/],
    ['AccessDenied', 403, /^1 access-denied: .*may not list.*AccessDenied: Because.* \| allow s3:ListBucket/],
    ['FromTomorrow', 403, /^1 s3-refused: .*list the bucket \(the server says: FromTomorrow: Because\.\) \| /],
    ['FromTomorrow', 400, /^3 s3-failed: .*\(the server says: FromTomorrow: Because\.\) \| /],
    ['FromTomorrow', 409, /^3 s3-failed: .*FromTomorrow: Because\./],
  ])('%s (%i)', async (code, status, want) => {
    expect(await listed({ status, code, message: 'Because.' })).toMatch(want);
  });

  test('the server’s words are one line without control characters, and never hold the credentials', async () => {
    const message = `key ${s3Environment.AWS_ACCESS_KEY_ID} secret ${s3Environment.AWS_SECRET_ACCESS_KEY}\n\u001b[31mred${'x'.repeat(900)} end`;
    const text = await listed({ status: 403, code: 'Odd', message: message.replace('\u001b', '&#27;') });
    expect(text).toContain('Odd: key … secret …');
    expect(text).not.toContain('of-nobody');
    expect(text).not.toMatch(/\p{Cc}/u);
    expect(text.length).toBeLessThan(700);
  });
});

test('words of a server', () => {
  expect(serverWords('a\tb\r\nc\u202e d')).toBe('a b c d');
  const signature = 'f'.repeat(64);
  expect(serverWords(`signature ${signature} by AKIAIOSFODNN7EXAMPLE`)).toBe('signature … by …');
  const denied =
    'User: arn:aws:iam::123456789012:user/ci is not authorized to perform: s3:ListBucket on arn:aws:s3:::artifacts';
  expect(serverWords(denied)).toBe(denied);
});

test('a push whose writes are refused for the quota says so', async () => {
  s3.fault = (method) => (method === 'PUT' ? { status: 403, code: 'QuotaExceeded' } : undefined);
  const push = () => mirrorPush({ ...options(), input: folder, concurrency: '2' }, memoryIo());
  expect(await told(push)).toMatch(/3 server-full: .*\(the server says: QuotaExceeded\)/);
});

describe('the number of tries', () => {
  const patience = { tries: 10, connectMs: 1000, stallMs: 5000, firstDelayMs: 1 };
  async function touched(endpoint: string): Promise<string> {
    const { signal } = new AbortController();
    const opened = openS3(
      { bucket: 'bkt', prefix: '', headers: { contentType, cacheControl } },
      { endpointUrl: endpoint },
      {},
      signal,
      patience,
    );
    return told(() => opened.proven.finally(opened.close));
  }

  test('for a busy server is ten', async () => {
    s3.fault = () => ({ status: 503, code: 'SlowDown' });
    expect(await touched(s3.endpoint)).toMatch(/^3 server-busy: /);
    expect(s3.seen.length).toBe(10);
  });

  test('for a server that recovers at the ninth try is nine', async () => {
    s3.fault = () => (s3.seen.length < 9 ? { status: 500, code: 'InternalError' } : undefined);
    expect([await touched(s3.endpoint), s3.seen.length]).toEqual(['done', 9]);
  });

  test('for a refusal is one', async () => {
    s3.fault = () => ({ status: 403, code: 'AccessDenied' });
    await touched(s3.endpoint);
    expect(s3.seen.length).toBe(1);
  });

  test('for an unsupported request is one: it will not be supported the next time either', async () => {
    s3.fault = () => ({ status: 501, code: 'NotImplemented' });
    await touched(s3.endpoint);
    expect(s3.seen.length).toBe(1);
  });

  test('is spread over pauses longer than a restart', async () => {
    const { retries } = await import('../../src/object-store/s3/retries.ts');
    const strategy = retries({ tries: 10 });
    let token = await strategy.acquireInitialRetryToken('');
    const pauses: number[] = [];
    for (let failed = 1; failed < 10; failed++) {
      const error = { name: 'SlowDown', message: 'busy', $metadata: { httpStatusCode: 503 } };
      token = await strategy.refreshRetryTokenForRetry(token, { error, errorType: 'SERVER_ERROR' });
      pauses.push(token.getRetryDelay());
    }
    expect(pauses.reduce((sum, pause) => sum + pause, 0)).toBeGreaterThan(30_000);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(20_000);
  });
});
