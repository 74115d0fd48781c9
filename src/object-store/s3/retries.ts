import type { S3ClientConfig } from '@aws-sdk/client-s3';
import { isFull } from './known-codes.ts';

type Strategy = Extract<
  NonNullable<S3ClientConfig['retryStrategy']>,
  { acquireInitialRetryToken: (...args: never[]) => unknown }
>;
type Token = Awaited<ReturnType<Strategy['acquireInitialRetryToken']>>;

export interface RetrySettings {
  /** Tries per request, the first one included. */
  readonly tries: number;
  /** Tries without any answer; fewer where a wrong address should be reported in less than a minute. */
  readonly unansweredTries?: number;
  /** Pause before the second try. Milliseconds. */
  readonly firstDelayMs?: number;
}

const defaultFirstDelayMs = 200;
const longestDelayMs = 20_000;

function token(count: number, delay: number): Token {
  return { getRetryCount: () => count, getRetryDelay: () => delay };
}

/** Doubled each time, and randomised, so that many requests do not return at once. */
function delayBefore(failed: number, firstDelayMs: number): number {
  const full = Math.min(longestDelayMs, firstDelayMs * 2 ** (failed - 1));
  return Math.round(full / 2 + (full / 2) * Math.random());
}

/**
 * The number of tries per request. The SDK's own strategy shares a budget of retries among all requests of a client, so
 * that many give up after a few tries when a server is loaded; here every request has all of its tries.
 */
export function retries({
  tries,
  unansweredTries = tries,
  firstDelayMs = defaultFirstDelayMs,
}: RetrySettings): Strategy {
  return {
    acquireInitialRetryToken: async () => token(0, 0),
    refreshRetryTokenForRetry: async (before, { error, errorType, retryAfterHint }) => {
      const failed = before.getRetryCount() + 1;
      const { $metadata, $response } = (error ?? {}) as { $metadata?: { httpStatusCode?: number }; $response?: object };
      const answered = $response !== undefined || $metadata?.httpStatusCode !== undefined;
      const most = answered ? tries : Math.min(tries, unansweredTries);
      const full = error instanceof Error && isFull(error.name);
      // A server that does not support a request, such as a conditional write, will not support it the next time either
      // (RFC 9110, 15.6.2).
      const unknown = $metadata?.httpStatusCode === 501;
      // The SDK throws the request's own error instead of this one.
      if (errorType === 'CLIENT_ERROR' || full || unknown || failed >= most) throw new Error('no further try');
      const asked = Math.min((retryAfterHint?.getTime() ?? 0) - Date.now(), longestDelayMs);
      return token(failed, Math.max(asked, delayBefore(failed, firstDelayMs)));
    },
    recordSuccess: () => {},
  };
}
