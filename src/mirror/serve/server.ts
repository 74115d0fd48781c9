import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { cacheControl, contentType } from '../layout/layout.ts';
import { type ByteRange, parseRange } from './byte-range.ts';
import { checkConditions, rangeStands } from './conditions.ts';
import { serveMessages } from './messages.ts';
import type { MirrorFolder, Served } from './mirror-folder.ts';
import { sendBody } from './send-body.ts';

/** One answered request, for the access log. */
export interface Access {
  readonly client: string;
  readonly method: string;
  readonly url: string;
  readonly status: number;
  /** Bytes of the body that were sent. */
  readonly bytes: number;
  readonly milliseconds: number;
  /** False if the client disconnected, or the file broke off. */
  readonly whole: boolean;
}

export interface ServerOptions {
  readonly folder: MirrorFolder;
  readonly access: (access: Access) => void;
  readonly say: (text: string) => void;
}

export interface ServerLimits {
  /** A connection without progress for this long is closed: a stalled reader must not hold a file open. */
  readonly stalledMs: number;
  /** Limit of concurrent connections; a further one is closed at once, and its client tries again. */
  readonly connections: number;
}

/** curl on a node gives up a stalled download after the same time. A connection takes up to 50 kB of memory. */
const defaultLimits: ServerLimits = { stalledMs: 30_000, connections: 4096 };

/** A static, read-only web server over a mirror's folder: GET and HEAD with ranges and conditions, and nothing else. */
export function mirrorServer(options: ServerOptions, limits: ServerLimits = defaultLimits): Server {
  const server = createServer((request, response) => {
    const begin = performance.now();
    let bytes = 0;
    response.once('close', () =>
      options.access({
        client: request.socket.remoteAddress ?? '-',
        method: request.method ?? '-',
        url: (request.url ?? '-').slice(0, 1000),
        status: response.statusCode,
        bytes,
        milliseconds: performance.now() - begin,
        whole: response.writableFinished,
      }),
    );
    answer(request, response, options, (count) => {
      bytes += count;
    }).catch((error: unknown) => {
      // The client disconnected, or the disk failed during the transfer: only closing the connection can report that.
      if (!response.headersSent && !response.destroyed) return plain(response, 500);
      response.destroy(error instanceof Error ? error : undefined);
    });
  });
  server.timeout = limits.stalledMs;
  server.maxConnections = limits.connections;
  let told = Number.NEGATIVE_INFINITY;
  server.on('drop', () => {
    if (performance.now() - told < dropsToldMs) return;
    told = performance.now();
    options.say(serveMessages.full(limits.connections));
  });
  return server;
}

/** Interval between messages about too many connections. */
const dropsToldMs = 60_000;

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { folder, say }: ServerOptions,
  count: (bytes: number) => void,
): Promise<void> {
  const head = request.method === 'HEAD';
  if (!head && request.method !== 'GET') {
    response.setHeader('Allow', 'GET, HEAD');
    return plain(response, 405);
  }
  const key = requestedKey(request.url);
  if (key === undefined) return plain(response, 400);
  const found = await folder.find(key);
  if (found === undefined) return plain(response, 404);
  if ('why' in found) {
    say(serveMessages.broken(key, found.why));
    return plain(response, 500);
  }
  try {
    const range = writeHead(request, response, found);
    if (head || range === undefined) response.end();
    else await sendBody(response, found, range, count);
  } finally {
    if (!Buffer.isBuffer(found.body)) await found.body.close();
  }
}

/** The key that a request names; undefined for an invalid URL. */
function requestedKey(url: string | undefined): string | undefined {
  try {
    return decodeURIComponent(new URL(url ?? '', 'http://mirror').pathname).slice(1);
  } catch {
    return undefined;
  }
}

/** Decides the status and sends the headers; returns the range to send, if any. */
function writeHead(request: IncomingMessage, response: ServerResponse, file: Served): ByteRange | undefined {
  const validators = { etag: `"${file.sha256}"`, modified: file.modified };
  response.setHeader('ETag', validators.etag);
  response.setHeader('Last-Modified', file.modified.toUTCString());
  response.setHeader('Cache-Control', cacheControl(file.key));
  response.setHeader('Accept-Ranges', 'bytes');
  // RFC 9530: the digest of the whole file, also in the answer to a range.
  response.setHeader('Repr-Digest', `sha-256=:${Buffer.from(file.sha256, 'hex').toString('base64')}:`);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  const status = checkConditions(request.headers, validators);
  if (status !== 200) {
    response.writeHead(status);
    return undefined;
  }
  response.setHeader('Content-Type', contentType(file.key));
  const { range: wanted, 'if-range': ifRange } = request.headers;
  const header = Array.isArray(ifRange) ? ifRange[0] : ifRange;
  const range = request.method === 'GET' && rangeStands(header, validators) ? parseRange(wanted, file.size) : undefined;
  if (range === 'unsatisfiable') {
    response.writeHead(416, { 'Content-Range': `bytes */${file.size}`, 'Content-Length': 0 });
    return undefined;
  }
  if (range === undefined) {
    response.writeHead(200, { 'Content-Length': file.size });
    return file.size === 0 ? undefined : { start: 0, end: file.size - 1 };
  }
  const { start, end } = range;
  response.writeHead(206, { 'Content-Length': end - start + 1, 'Content-Range': `bytes ${start}-${end}/${file.size}` });
  return range;
}

const reasons: Readonly<Record<number, string>> = {
  400: 'bad request',
  404: 'not in this mirror',
  405: 'read only',
  500: 'the file does not match the index',
};

function plain(response: ServerResponse, status: number): void {
  const text = `${reasons[status] ?? status}\n`;
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
  });
  response.end(text);
}
