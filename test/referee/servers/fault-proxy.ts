/** A web server that passes requests on to another one, and disturbs some of them like real networks and servers. */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Fault =
  /** The connection is reset in the middle of the request's body. */
  | { readonly kind: 'reset' }
  /** The server does the work, and the answer is lost. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'status'; readonly status: number; readonly code: string }
  /** Nothing moves any more. */
  | { readonly kind: 'stall' }
  /** The answer breaks off half way. */
  | { readonly kind: 'truncate' }
  /** A bit of the request's body turns on its way. */
  | { readonly kind: 'damage' };

export interface FaultProxy {
  readonly url: string;
  /** Requests that came in, `GET /path?query`. */
  readonly seen: string[];
  readonly headers: IncomingMessage['headers'][];
  readonly done: string[];
  stop(): Promise<void>;
}

/** `fault` is asked for each request, which it may count. */
export async function startFaultProxy(
  upstream: string,
  fault: (line: string, count: number) => Fault | undefined,
): Promise<FaultProxy> {
  const [seen, done, headers]: [string[], string[], IncomingMessage['headers'][]] = [[], [], []];
  const server = createServer((incoming, answer) => {
    const line = `${incoming.method} ${incoming.url}`;
    seen.push(line);
    headers.push(incoming.headers);
    const found = fault(line, seen.length);
    if (found !== undefined) done.push(`${found.kind} ${line}`);
    incoming.on('error', () => undefined);
    answer.on('error', () => undefined);
    handle(incoming, answer, found, new URL(upstream));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}`, seen, done, headers, stop };
}

function handle(incoming: IncomingMessage, answer: ServerResponse, fault: Fault | undefined, upstream: URL): void {
  switch (fault?.kind) {
    case 'reset':
      incoming.once('data', () => incoming.socket.resetAndDestroy());
      incoming.once('end', () => incoming.socket.resetAndDestroy());
      return;
    case 'stall':
      incoming.pause();
      return;
    case 'status': {
      const { status, code } = fault;
      incoming.resume().once('end', () => {
        answer.writeHead(status, { 'content-type': 'application/xml' });
        answer.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>by the fault proxy</Message></Error>`);
      });
      return;
    }
    default:
      forward(incoming, answer, fault, upstream);
  }
}

function forward(incoming: IncomingMessage, answer: ServerResponse, fault: Fault | undefined, upstream: URL): void {
  const { hostname, port } = upstream;
  const { method, url, headers } = incoming;
  // The Host header stays the client's, because it is signed.
  const outgoing = request({ hostname, port, method, path: url, headers, agent: false }, (response) => {
    if (fault?.kind === 'lost') {
      response.resume().once('end', () => incoming.socket.resetAndDestroy());
      return;
    }
    answer.writeHead(response.statusCode ?? 502, response.headers);
    if (fault?.kind !== 'truncate') {
      response.pipe(answer);
      return;
    }
    const half = Number(response.headers['content-length'] ?? 0) / 2;
    let sent = 0;
    response.on('data', (chunk: Buffer) => {
      sent += chunk.length;
      answer.write(chunk.subarray(0, Math.max(0, chunk.length - Math.max(0, sent - half))));
      if (sent >= half) setImmediate(() => incoming.socket.destroy());
    });
  });
  outgoing.on('error', () => incoming.socket.resetAndDestroy());
  if (fault?.kind !== 'damage') {
    incoming.pipe(outgoing);
    return;
  }
  incoming.once('data', (chunk: Buffer) => chunk.writeUInt8(chunk.readUInt8(0) ^ 1, 0));
  incoming.on('data', (chunk: Buffer) => outgoing.write(chunk));
  incoming.on('end', () => outgoing.end());
}
