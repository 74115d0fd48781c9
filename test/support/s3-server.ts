import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** As much of an S3 server as `knode mirror` asks for, with answers that a test chooses. The referees have real servers. */
export interface S3Server {
  /** `http://127.0.0.1:PORT`. */
  readonly endpoint: string;
  /** By path: `/BUCKET/KEY`. */
  readonly objects: Map<string, S3Object>;
  /** Parts of uploads that were begun and neither completed nor aborted, by the upload's id. */
  readonly uploads: Map<string, Upload>;
  /** `METHOD /PATH?QUERY` of every request. */
  readonly seen: string[];
  /** What is answered instead of the right thing; undefined where the server does its work. */
  fault: (method: string, path: string) => S3Fault | undefined;
  close(): Promise<void>;
}

interface S3Object {
  readonly body: Buffer;
  readonly metadata: Readonly<Record<string, string>>;
}

interface Upload {
  readonly metadata: S3Object['metadata'];
  readonly parts: Map<number, Buffer>;
}

export interface S3Fault {
  readonly status: number;
  readonly code: string;
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const s3Environment = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'of-nobody' };

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

function fail(response: ServerResponse, { status, code, message = '', headers = {} }: S3Fault): void {
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${escaped(code)}</Code><Message>${escaped(message)}</Message><RequestId>1</RequestId></Error>`;
  response.writeHead(status, { 'content-type': 'application/xml', ...headers }).end(body);
}

function list(objects: S3Server['objects'], url: URL, response: ServerResponse): void {
  const bucket = `${url.pathname.replace(/\/$/, '')}/`;
  const prefix = `${bucket}${url.searchParams.get('prefix') ?? ''}`;
  const contents = [...objects].flatMap(([path, { body }]) =>
    path.startsWith(prefix)
      ? [`<Contents><Key>${escaped(path.slice(bucket.length))}</Key><Size>${body.length}</Size></Contents>`]
      : [],
  );
  const answer = `<?xml version="1.0"?><ListBucketResult><IsTruncated>false</IsTruncated><KeyCount>${contents.length}</KeyCount>${contents.join('')}</ListBucketResult>`;
  response.writeHead(200, { 'content-type': 'application/xml' }).end(answer);
}

/** The SDK may send a body in `aws-chunked` pieces, each behind its length in hex. */
function unchunked(body: Buffer): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = body.indexOf('\r\n', at);
    const length = Number.parseInt(body.subarray(at, end).toString(), 16);
    if (end === -1 || !(length > 0)) return Buffer.concat(pieces);
    pieces.push(body.subarray(end + 2, end + 2 + length));
    at = end + 2 + length + 2;
  }
}

const etagOf = (body: Buffer) => `"${createHash('md5').update(body).digest('hex')}"`;

function beginUpload({ uploads, seen }: S3Server, metadata: Upload['metadata'], response: ServerResponse): void {
  const id = `upload-${seen.length}`;
  uploads.set(id, { metadata, parts: new Map() });
  response.end(`<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`);
}

interface UploadChange {
  readonly method: string;
  readonly path: string;
  readonly id: string;
  readonly body: Buffer;
  readonly url: URL;
}

/** A part, the end of an upload, or its abort. */
function changeUpload(
  { uploads, objects }: S3Server,
  { method, path, id, body, url }: UploadChange,
  response: ServerResponse,
): void {
  const upload = uploads.get(id);
  if (upload === undefined) {
    fail(response, { status: 404, code: 'NoSuchUpload' });
    return;
  }
  if (method === 'PUT') {
    upload.parts.set(Number(url.searchParams.get('partNumber')), body);
    return void response.writeHead(200, { etag: etagOf(body) }).end();
  }
  uploads.delete(id);
  if (method === 'DELETE') return void response.writeHead(204).end();
  const numbers = [...body.toString().matchAll(/<PartNumber>(\d+)</g)].map(([, number]) => Number(number));
  const parts = numbers.map((number) => upload.parts.get(number) ?? Buffer.from('a part is missing'));
  objects.set(path, { body: Buffer.concat(parts), metadata: upload.metadata });
  response.end('<CompleteMultipartUploadResult></CompleteMultipartUploadResult>');
}

async function answer(server: S3Server, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const sent = Buffer.concat(chunks);
  const { method = '', headers } = request;
  const url = new URL(request.url ?? '/', server.endpoint);
  server.seen.push(`${method} ${request.url}`);
  const fault = server.fault(method, request.url ?? '');
  if (fault !== undefined) return fail(response, fault);
  const path = decodeURIComponent(url.pathname);
  const named = Object.entries(headers).filter(([name]) => name.startsWith('x-amz-meta-'));
  const metadata = Object.fromEntries(named) as Record<string, string>;
  const body = headers['content-encoding']?.includes('aws-chunked') ? unchunked(sent) : sent;
  const id = url.searchParams.get('uploadId');
  if (method === 'POST' && url.searchParams.has('uploads')) return beginUpload(server, metadata, response);
  if (id !== null) return changeUpload(server, { method, path, id, body, url }, response);
  if (url.searchParams.has('uploads'))
    return void response.end('<?xml version="1.0"?><ListMultipartUploadsResult></ListMultipartUploadsResult>');
  if (method === 'GET' && !/^\/[^/]+\/./.test(url.pathname)) return list(server.objects, url, response);
  if (method === 'PUT') {
    server.objects.set(path, { body, metadata });
    return void response.writeHead(200, { etag: etagOf(body) }).end();
  }
  const found = server.objects.get(path);
  if (method === 'DELETE') {
    server.objects.delete(path);
    return void response.writeHead(204).end();
  }
  if (found === undefined) return fail(response, { status: 404, code: 'NoSuchKey' });
  response.writeHead(200, { 'content-length': found.body.length, etag: etagOf(found.body), ...found.metadata });
  response.end(method === 'HEAD' ? undefined : found.body);
}

export async function startS3(): Promise<S3Server> {
  const http = createServer((request, response) => {
    answer(server, request, response).catch((error: Error) => response.destroy(error));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const close = () =>
    new Promise<void>((resolve) => {
      http.closeAllConnections();
      http.close(() => resolve());
    });
  const server: S3Server = {
    endpoint,
    objects: new Map(),
    uploads: new Map(),
    seen: [],
    fault: () => undefined,
    close,
  };
  return server;
}
