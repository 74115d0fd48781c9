import { EnvironmentFailure, mistake, UserMistake } from '../../base/failure.ts';
import { TransferFailure } from '../../net/failure.ts';
import { knownCode } from './known-codes.ts';
import { s3Messages as words } from './messages.ts';
import { serverWords } from './server-words.ts';

/** The operation that failed, and its place. */
export interface S3Attempt {
  readonly place: string;
  readonly bucket: string;
  readonly endpoint: string;
  readonly action: 'list' | 'read' | 'write' | 'remove';
}

/** Common fields of the SDK's errors, whatever layer they come from. */
interface SdkError extends Error {
  readonly code?: string;
  readonly Code?: string;
  readonly Region?: string;
  readonly hostname?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>>; readonly statusCode?: number };
}

export function statusOf(error: unknown): number | undefined {
  const { $metadata, $response } = error as SdkError;
  return $metadata?.httpStatusCode ?? $response?.statusCode;
}

/** The server's own error code. */
export function codeOf(error: unknown): string {
  const { name, Code } = error as SdkError;
  return Code ?? name;
}

/**
 * Whether a server refuses conditional writes. Callers read the object back, because other servers ignore conditions.
 */
export function refusesConditions(error: unknown): boolean {
  return statusOf(error) === 501 || codeOf(error) === 'NotImplemented';
}

/**
 * Converts an error of the SDK into a mistake or a failure with a remedy. The server's own code and message are shown
 * with it.
 * @param secrets the client's credentials, which no message may repeat.
 */
export function explainS3(error: unknown, attempt: S3Attempt, secrets: readonly string[] = []): unknown {
  if (!(error instanceof Error) || error instanceof EnvironmentFailure || error instanceof UserMistake) return error;
  if (error.name === 'AbortError') return error;
  // From a proxy on the way.
  if (error instanceof TransferFailure) return new EnvironmentFailure(error);
  const problem = error as SdkError;
  const said = sayingOf(problem, secrets);
  return (
    clientProblem(problem, attempt) ??
    knownProblem(problem, attempt, said) ??
    accessProblem(problem, attempt, said) ??
    networkProblem(problem, attempt) ??
    serverProblem(problem, attempt, said) ??
    error
  );
}

/** The SDK's names for answers without a body, for example to HEAD. */
const noCode = /^(\d{3}|Unknown|UnknownError|Error|S3ServiceException|Forbidden|NotFound|BadRequest|SyntaxError)$/;

/** ` (the server says: CODE: MESSAGE)`; empty if the server sent neither. */
function sayingOf(error: SdkError, secrets: readonly string[]): string {
  const code = serverWords(codeOf(error), secrets);
  // The SDK's placeholder for a missing message.
  const message = error.message === 'UnknownError' ? '' : serverWords(error.message, secrets);
  return statusOf(error) === undefined || noCode.test(code) ? '' : words.saying(code, message);
}

function clientProblem(error: SdkError, { place }: S3Attempt): Error | undefined {
  const { message } = error;
  if (
    codeOf(error) === 'CredentialsProviderError' ||
    /credential object is not valid|could not load credentials/i.test(message)
  )
    return mistake({ code: 'no-credentials', message: words.noCredentials(place), hint: words.noCredentialsHint });
  if (/^region is missing/i.test(message))
    return mistake({ code: 'no-region', message: words.noRegion, hint: words.noRegionHint });
  return undefined;
}

function knownProblem(error: SdkError, { place }: S3Attempt, said: string): Error | undefined {
  const found = knownCode(codeOf(error));
  if (found === undefined) return undefined;
  const { code, message, hint } = found;
  const text = `${message(place)}${said}`;
  return found.mistake ? mistake({ code, message: text, hint }) : new EnvironmentFailure({ code, message: text, hint });
}

function accessProblem(error: SdkError, attempt: S3Attempt, said: string): Error | undefined {
  const { place, bucket, endpoint, action } = attempt;
  const [code, status] = [codeOf(error), statusOf(error)];
  const region = otherRegion(error, code, status);
  if (region !== undefined)
    return mistake({
      code: 'wrong-region',
      message: words.wrongRegion(place, region.name),
      hint: words.wrongRegionHint(region.name),
    });
  if (status === 401)
    return mistake({
      code: 'wrong-credentials',
      message: `${words.wrongCredentials(place)}${said}`,
      hint: words.wrongCredentialsHint,
    });
  if (code === 'NoSuchBucket' || (action === 'list' && status === 404))
    return mistake({ code: 'no-bucket', message: words.noBucket(bucket, endpoint), hint: words.noBucketHint });
  if (code === 'AccessDenied' || (status === 403 && said === ''))
    return mistake({
      code: 'access-denied',
      message: `${words.denied(place, words.actions[action])}${said}`,
      hint: words.deniedHints[action],
    });
  if (status === 403)
    return mistake({
      code: 's3-refused',
      message: `${words.refused(place, words.actions[action])}${said}`,
      hint: words.refusedHint,
    });
  return undefined;
}

/** Amazon names the bucket's region in a header, whatever the answer; a bad signature scope names it in the body. */
function otherRegion(
  error: SdkError,
  code: string,
  status: number | undefined,
): { readonly name: string | undefined } | undefined {
  const moved = ['PermanentRedirect', 'AuthorizationHeaderMalformed', 'IllegalLocationConstraintException'];
  if (!moved.includes(code) && status !== 301 && status !== 307) return undefined;
  return { name: error.$response?.headers?.['x-amz-bucket-region'] ?? error.Region };
}

const certificateCodes = /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_CERT_|HOSTNAME_MISMATCH)/;
const unreachable: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  EHOSTUNREACH: 'the host is not reachable',
  ENETUNREACH: 'the network is not reachable',
  EAI_AGAIN: 'the name could not be looked up',
  ETIMEDOUT: 'the connection timed out',
};
const broken: Readonly<Record<string, string>> = {
  ECONNRESET: 'it was reset',
  EPIPE: 'it was closed',
  ERR_STREAM_PREMATURE_CLOSE: 'it was closed in the middle',
  ECONNABORTED: 'it was aborted',
};

function networkProblem(error: SdkError, { endpoint }: S3Attempt): Error | undefined {
  const code = error.code ?? '';
  if (code === 'ENOTFOUND')
    return new EnvironmentFailure({
      code: 'endpoint-unreachable',
      message: words.noHost(error.hostname ?? endpoint),
      hint: words.noHostHint,
    });
  if (certificateCodes.test(code))
    return new EnvironmentFailure({
      code: 'tls-failure',
      message: words.tls(endpoint, error.message),
      hint: words.tlsHint,
    });
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_'))
    return new EnvironmentFailure({ code: 'tls-failure', message: words.notTls(endpoint), hint: words.notTlsHint });
  const why = unreachable[code] ?? (/did not establish a connection/i.test(error.message) ? 'no answer' : undefined);
  if (why !== undefined)
    return new EnvironmentFailure({
      code: 'endpoint-unreachable',
      message: words.unreachable(endpoint, why),
      hint: words.unreachableHint,
    });
  const cut = broken[code] ?? (error.name === 'TimeoutError' ? 'nothing moved on it' : undefined);
  return cut === undefined
    ? undefined
    : new EnvironmentFailure({ code: 'connection-broken', message: words.broke(endpoint, cut), hint: words.brokeHint });
}

const busyStatuses = [408, 429, 500, 502, 503, 504];

function serverProblem(error: SdkError, { place, endpoint }: S3Attempt, said: string): Error | undefined {
  const [code, status] = [codeOf(error), statusOf(error)];
  if (status === 507)
    return new EnvironmentFailure({
      code: 'server-full',
      message: `${words.full(place)}${said}`,
      hint: words.fullHint,
    });
  if (status !== undefined && busyStatuses.includes(status))
    return new EnvironmentFailure({
      code: 'server-busy',
      message: words.busy(endpoint, status, code),
      hint: words.busyHint,
    });
  if (/deserialization error/i.test(error.message))
    return new EnvironmentFailure({ code: 'not-s3', message: words.notS3(endpoint), hint: words.notS3Hint });
  if (error.$metadata === undefined && error.$response === undefined) return undefined;
  if (error.name === 'SyntaxError' || status === 405)
    return new EnvironmentFailure({ code: 'not-s3', message: words.notS3(endpoint), hint: words.notS3Hint });
  return new EnvironmentFailure({ code: 's3-failed', message: `${words.other(place)}${said}`, hint: words.otherHint });
}
