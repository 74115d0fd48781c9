import {
  GetObjectCommand,
  type GetObjectCommandInput,
  type GetObjectCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { explainS3 } from './errors.ts';
import type { S3Place } from './place.ts';

/** Input and output of the SDK's signer; its own types do not cover presigning. */
interface SignableRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  headers: Record<string, string>;
}
interface Presigner {
  presign(request: SignableRequest, options: PresignOptions): Promise<SignableRequest>;
}
interface PresignOptions {
  readonly expiresIn: number;
  readonly signingDate: Date;
}

export interface Presigned {
  readonly urls: ReadonlyMap<string, string>;
  /** The expiry of the credentials themselves, if any: no URL outlives them. */
  readonly credentialsEnd?: Date;
}

/** Signs a GET of each key (Signature Version 4 in the query), without a request to the server. */
export async function presignKeys(
  { client, bucket, prefix, endpoint }: Pick<S3Place, 'client' | 'bucket' | 'prefix' | 'endpoint'>,
  keys: readonly string[],
  { seconds, now }: { readonly seconds: number; readonly now: Date },
): Promise<Presigned> {
  try {
    const credentials = await client.config.credentials();
    const signer = (await client.config.signer()) as unknown as Presigner;
    const urls = new Map<string, string>();
    for (const key of keys) {
      const request = await unsigned(client, { Bucket: bucket, Key: `${prefix}${key}` });
      // curl would have to send a signed header with the same value; a GET has no body to sign.
      request.headers = { host: request.headers.host ?? '', 'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD' };
      urls.set(key, urlOf(await signer.presign(request, { expiresIn: seconds, signingDate: now })));
    }
    const { expiration } = credentials;
    return { urls, ...(expiration !== undefined && { credentialsEnd: expiration }) };
  } catch (error) {
    throw explainS3(error, { place: `s3://${bucket}/${prefix}`, bucket, endpoint, action: 'read' });
  }
}

/**
 * The request as the SDK would send it, captured before it is signed: endpoint, path style and escaping are the SDK's.
 */
async function unsigned(client: S3Client, input: GetObjectCommandInput): Promise<SignableRequest> {
  const command = new GetObjectCommand(input);
  let caught: SignableRequest | undefined;
  command.middlewareStack.add(
    () => async (args) => {
      caught = (args as unknown as { request: SignableRequest }).request;
      return { response: {}, output: { $metadata: {} } as GetObjectCommandOutput };
    },
    // After the host header, before the retries and the signature of the next step.
    { step: 'build', priority: 'low', name: 'knodeCatchRequest' },
  );
  await client.send(command);
  if (caught === undefined) throw new Error('the SDK built no request');
  return caught;
}

function urlOf({ protocol, hostname, port, path, query = {} }: SignableRequest): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value ?? ''].flat().map((one) => `${encodeURIComponent(name)}=${encodeURIComponent(one)}`),
  );
  return `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}?${pairs.join('&')}`;
}
