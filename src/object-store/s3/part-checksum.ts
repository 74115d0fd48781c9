import { getFips } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';
import { hashBytes } from '../hashing/hash-bytes.ts';

/** The request that the SDK passes to a middleware. */
interface BuiltRequest {
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

/** If MD5 is not allowed, or the user has chosen an algorithm, the SDK's own checksum is used. */
export function sendsMd5({
  AWS_REQUEST_CHECKSUM_CALCULATION: chosen,
}: Readonly<Record<string, string | undefined>>): boolean {
  return getFips() !== 1 && chosen === undefined;
}

/**
 * Sends a Content-MD5 with the bytes of objects and parts, instead of the SHA-256 that the SDK would sign and its
 * CRC32. Every server verifies it (few verify the CRC32), it is signed as well, and it halves what was then the largest
 * part of a push's time. It protects against accidents in transit; nodes verify their programs by the lock's own
 * sha256.
 */
export function sendMd5(client: S3Client): void {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const request = (args as unknown as { request: BuiltRequest }).request;
      const { commandName } = context as { commandName?: string };
      const isUpload = commandName === 'UploadPartCommand' || commandName === 'PutObjectCommand';
      if (isUpload && Buffer.isBuffer(request.body)) {
        request.headers['content-md5'] = (await hashBytes(request.body, 'md5')).toString('base64');
        request.headers['x-amz-content-sha256'] = 'UNSIGNED-PAYLOAD';
      }
      return next(args);
    },
    { step: 'build', priority: 'low', name: 'knodeContentMd5' },
  );
}
