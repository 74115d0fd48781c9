import type { S3Client } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { PartMemory, partBytes } from '../../src/object-store/part-memory.ts';
import { sendInParts } from '../../src/object-store/s3/parts.ts';

const where = { Bucket: 'bkt', Key: 'large' };

interface Sent {
  readonly constructor: { readonly name: string };
  readonly input: { readonly PartNumber?: number };
}

/** Refuses part 2. Part 1 is under way until it is stopped. */
function refusing(): S3Client {
  const send = (command: Sent, { abortSignal }: { abortSignal: AbortSignal }): Promise<object> => {
    if (command.constructor.name !== 'UploadPartCommand') return Promise.resolve({ UploadId: '1' });
    if (command.input.PartNumber === 2) return Promise.reject(new Error('part 2 is refused'));
    return new Promise((_, reject) => {
      abortSignal.addEventListener('abort', () => reject(new Error('Request aborted')));
    });
  };
  return { send, config: { requestChecksumCalculation: async () => 'WHEN_REQUIRED' } } as unknown as S3Client;
}

test('the failure that is reported is the first one, not that of a part which was stopped because of it', async () => {
  const headers = { contentType: () => '', cacheControl: () => '' };
  const { signal } = new AbortController();
  const place = { client: refusing(), bucket: 'bkt', prefix: '', endpoint: '', headers, signal };
  const source = {
    fill: async () => ({ read: Promise.resolve() }),
    // Both parts have failed before anybody waits for them.
    verify: () => new Promise<void>((resolve) => setTimeout(resolve, 50)),
  };
  const entry = { key: 'large', size: 2 * partBytes, sha256: '' };
  const properties = { ...where, Metadata: {} };
  const sending = sendInParts(
    place,
    { where, properties, condition: {} },
    { entry, source, replace: false },
    { memory: new PartMemory(4), conditional: false, progress: () => {} },
  );
  await expect(sending).rejects.toThrow('part 2 is refused');
});
