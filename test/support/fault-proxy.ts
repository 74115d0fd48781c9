import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { listen, stop } from './upstream.ts';

/** What happens to one request instead of a clean answer. `after` counts bytes of the body. */
export type Fault =
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** The connection breaks (RST). */
  | { readonly kind: 'reset'; readonly after: number }
  /** The connection stays and nothing comes any more; before the head with `after: -1`. */
  | { readonly kind: 'stall'; readonly after: number }
  /** The body ends early; the head told the whole length, or none. */
  | { readonly kind: 'truncate'; readonly after: number; readonly length: 'told' | 'untold' }
  /** One byte of the body is another. */
  | { readonly kind: 'wrong'; readonly at: number }
  /** Answers 200 with the whole file, whatever was asked for. */
  | { readonly kind: 'no-ranges' }
  /** Answers a range with another part of the file. */
  | { readonly kind: 'other-range' };

/** Decides for each request. `count` counts the requests for the path, from 1. */
export type Faults = (path: string, count: number, asked: IncomingMessage) => Fault | undefined;

export interface FaultProxy {
  readonly url: string;
  /** How many requests each path has had. */
  readonly counts: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

/** Stands before an HTTP server and breaks what `faults` says. */
export async function startFaultProxy(target: string, faults: Faults): Promise<FaultProxy> {
  const counts = new Map<string, number>();
  const server = createServer((asked, response) => {
    const path = new URL(asked.url ?? '/', target).pathname;
    const count = (counts.get(path) ?? 0) + 1;
    counts.set(path, count);
    const fault = faults(path, count, asked);
    if (fault?.kind === 'status') {
      response.writeHead(fault.status, fault.headers ?? {}).end('broken on purpose');
      return;
    }
    if (fault?.kind === 'stall' && fault.after < 0) return;
    const headers = { ...asked.headers };
    if (fault?.kind === 'no-ranges') delete headers.range;
    if (fault?.kind === 'other-range') headers.range = 'bytes=1-';
    const forwarded = request(new URL(asked.url ?? '/', target), { method: asked.method, headers }, (answer) =>
      pass(answer, response, fault),
    );
    forwarded.on('error', () => response.destroy());
    asked.pipe(forwarded);
  });
  const url = await listen(server);
  return { url, counts, close: () => stop(server) };
}

function pass(answer: IncomingMessage, response: ServerResponse, fault: Fault | undefined): void {
  const headers = { ...answer.headers };
  const location = headers.location;
  if (fault?.kind === 'truncate' && fault.length === 'untold') {
    delete headers['content-length'];
    // Neither a length nor chunks: the body ends with the connection.
    response.useChunkedEncodingByDefault = false;
    response.shouldKeepAlive = false;
  }
  response.writeHead(answer.statusCode ?? 502, { ...headers, ...(location && { location }) });
  const chunks: Buffer[] = [];
  answer.on('data', (chunk: Buffer) => chunks.push(chunk));
  answer.on('end', () => {
    const body = Buffer.concat(chunks);
    if (fault === undefined || !('after' in fault) || body.length <= fault.after) {
      if (fault?.kind === 'wrong' && fault.at < body.length) body[fault.at] = (body[fault.at] ?? 0) ^ 0xff;
      response.end(body);
      return;
    }
    response.write(body.subarray(0, fault.after), () => breakOff(response, fault));
  });
}

function breakOff(response: ServerResponse, fault: Fault): void {
  if (fault.kind === 'stall') return;
  // A reset throws away what the other side has not read yet: on a busy machine it reads late.
  setTimeout(() => {
    if (fault.kind === 'reset') response.socket?.resetAndDestroy();
    else response.socket?.end();
  }, 250);
}
