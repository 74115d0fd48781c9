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
  if (error instanceof TransferFailure) return new EnvironmentFailure(error.code, error.message, error.hint);
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
    return mistake('no-credentials', words.noCredentials(place), words.noCredentialsHint);
  if (/^region is missing/i.test(message)) return mistake('no-region', words.noRegion, words.noRegionHint);
  return undefined;
}

function knownProblem(error: SdkError, { place }: S3Attempt, said: string): Error | undefined {
  const found = knownCode(codeOf(error));
  if (found === undefined) return undefined;
  const { code, message, hint } = found;
  const text = `${message(place)}${said}`;
  return found.mistake ? mistake(code, text, hint) : new EnvironmentFailure(code, text, hint);
}

function accessProblem(error: SdkError, attempt: S3Attempt, said: string): Error | undefined {
  const { place, bucket, endpoint, action } = attempt;
  const [code, status] = [codeOf(error), statusOf(error)];
  const region = otherRegion(error, code, status);
  if (region !== undefined)
    return mistake('wrong-region', words.wrongRegion(place, region.name), words.wrongRegionHint(region.name));
  if (status === 401)
    return mistake('wrong-credentials', `${words.wrongCredentials(place)}${said}`, words.wrongCredentialsHint);
  if (code === 'NoSuchBucket' || (action === 'list' && status === 404))
    return mistake('no-bucket', words.noBucket(bucket, endpoint), words.noBucketHint);
  if (code === 'AccessDenied' || (status === 403 && said === ''))
    return mistake('access-denied', `${words.denied(place, words.actions[action])}${said}`, words.deniedHints[action]);
  if (status === 403)
    return mistake('s3-refused', `${words.refused(place, words.actions[action])}${said}`, words.refusedHint);
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
    return new EnvironmentFailure('endpoint-unreachable', words.noHost(error.hostname ?? endpoint), words.noHostHint);
  if (certificateCodes.test(code))
    return new EnvironmentFailure('tls-failure', words.tls(endpoint, error.message), words.tlsHint);
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_'))
    return new EnvironmentFailure('tls-failure', words.notTls(endpoint), words.notTlsHint);
  const why = unreachable[code] ?? (/did not establish a connection/i.test(error.message) ? 'no answer' : undefined);
  if (why !== undefined)
    return new EnvironmentFailure('endpoint-unreachable', words.unreachable(endpoint, why), words.unreachableHint);
  const cut = broken[code] ?? (error.name === 'TimeoutError' ? 'nothing moved on it' : undefined);
  return cut === undefined
    ? undefined
    : new EnvironmentFailure('connection-broken', words.broke(endpoint, cut), words.brokeHint);
}

const busyStatuses = [408, 429, 500, 502, 503, 504];

function serverProblem(error: SdkError, { place, endpoint }: S3Attempt, said: string): Error | undefined {
  const [code, status] = [codeOf(error), statusOf(error)];
  if (status === 507) return new EnvironmentFailure('server-full', `${words.full(place)}${said}`, words.fullHint);
  if (status !== undefined && busyStatuses.includes(status))
    return new EnvironmentFailure('server-busy', words.busy(endpoint, status, code), words.busyHint);
  if (/deserialization error/i.test(error.message))
    return new EnvironmentFailure('not-s3', words.notS3(endpoint), words.notS3Hint);
  if (error.$metadata === undefined && error.$response === undefined) return undefined;
  if (error.name === 'SyntaxError' || status === 405)
    return new EnvironmentFailure('not-s3', words.notS3(endpoint), words.notS3Hint);
  return new EnvironmentFailure('s3-failed', `${words.other(place)}${said}`, words.otherHint);
}
