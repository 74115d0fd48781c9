import { S3Client } from '@aws-sdk/client-s3';
import { ProxyAgent } from '../../net/proxy-agent.ts';
import { checkEndpoint } from './endpoint.ts';
import { sendMd5, sendsMd5 } from './part-checksum.ts';
import { namesProxy, sendThroughProxy } from './proxy.ts';
import { retries } from './retries.ts';

export interface S3Options {
  /** For servers other than Amazon's; the SDK's own AWS_ENDPOINT_URL_S3 and AWS_ENDPOINT_URL work too. */
  readonly endpointUrl?: string;
  readonly region?: string;
  /** Whether the bucket is in the path instead of the host name. Default: yes for every endpoint except Amazon's. */
  readonly pathStyle?: boolean;
}

export interface S3Patience {
  /** Tries per request, the first one included. */
  readonly tries: number;
  readonly connectMs: number;
  /** A connection without progress for this long is closed. */
  readonly stallMs: number;
  /** Tries without any answer; default `tries`. */
  readonly unansweredTries?: number;
  /** Pause before the second try; doubled each time. Milliseconds. */
  readonly firstDelayMs?: number;
}

/** Ten tries with back-off up to 20 s each outlast a restart of the server. */
export const defaultS3Patience: S3Patience = { tries: 10, connectMs: 10_000, stallMs: 60_000 };

const connections = { keepAlive: true, maxSockets: 256 };

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A client of one S3 server. Credentials come from the SDK's own chain (environment, profiles, instance roles, …) and
 * stay in it: knode's code does not see them.
 */
export function s3Client(options: S3Options, env: Environment, patience: S3Patience = defaultS3Patience): S3Client {
  // The warning is about future versions of the SDK, and knode pins its version: docs/node.md.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const { endpointUrl, region } = options;
  if (endpointUrl !== undefined) checkEndpoint(endpointUrl);
  const custom = endpointUrl ?? env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL;
  const regionKnown = region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION;
  // Other servers have one region and ignore its name; an unreadable region of a profile must then not be a failure.
  const fallback = custom === undefined ? undefined : 'us-east-1';
  const chosen = regionKnown ?? fallback;
  const client = new S3Client({
    ...(endpointUrl !== undefined && { endpoint: endpointUrl }),
    ...(chosen !== undefined && { region: chosen }),
    forcePathStyle: options.pathStyle ?? custom !== undefined,
    ...(sendsMd5(env) && { requestChecksumCalculation: 'WHEN_REQUIRED' as const }),
    retryStrategy: retries(patience),
    maxAttempts: patience.tries,
    requestHandler: {
      connectionTimeout: patience.connectMs,
      socketTimeout: patience.stallMs,
      httpAgent: connections,
      httpsAgent: namesProxy(env)
        ? new ProxyAgent(env, () => AbortSignal.timeout(patience.connectMs), connections)
        : connections,
    },
    // Otherwise the SDK would open a new connection for each part, and wait for the server's permission to send it.
    // That has no benefit: only missing objects are sent.
    expectContinueHeader: false,
  });
  if (sendsMd5(env)) sendMd5(client);
  if (namesProxy(env)) sendThroughProxy(client, env);
  return client;
}
