import { createHash, getFips } from 'node:crypto';
import type { S3Client } from '@aws-sdk/client-s3';

/** As the SDK hands it to a middleware. */
interface BuiltRequest {
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

/**
 * Sends a Content-MD5 with the bytes of objects and parts in the place of the SHA-256 that the SDK would sign them with. Every
 * server verifies it (few do so with the SDK's CRC32), it is signed as well, and it takes half the time of what was then the most of
 * a push. It guards against accidents on the way; what a node runs is held against the lock's own sha256.
 */
export function sendMd5(client: S3Client): void {
  // Where MD5 is not allowed, the SDK's own way stays.
  if (getFips() === 1) return;
  client.middlewareStack.add(
    (next, context) => (args) => {
      const request = (args as unknown as { request: BuiltRequest }).request;
      const { commandName } = context as { commandName?: string };
      const isUpload = commandName === 'UploadPartCommand' || commandName === 'PutObjectCommand';
      if (isUpload && Buffer.isBuffer(request.body)) {
        request.headers['content-md5'] = createHash('md5').update(request.body).digest('base64');
        request.headers['x-amz-content-sha256'] = 'UNSIGNED-PAYLOAD';
      }
      return next(args);
    },
    { step: 'build', priority: 'low', name: 'knodeContentMd5' },
  );
}
