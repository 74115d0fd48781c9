/** An HTTP proxy as companies have it: whole requests for http, tunnels for https, a password. */
import { createServer, type IncomingMessage, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

export interface ForwardProxy {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** The request: method and URL, or CONNECT and HOST:PORT. */
  readonly seen: string[];
  stop(): Promise<void>;
}

/** @param login USER:PASSWORD that everybody has to give. */
export async function startForwardProxy(login: string): Promise<ForwardProxy> {
  const seen: string[] = [];
  const basic = `Basic ${Buffer.from(login).toString('base64')}`;
  const admitted = ({ headers }: IncomingMessage) => headers['proxy-authorization'] === basic;
  const server = createServer((asked, answer) => {
    if (!admitted(asked)) return answer.writeHead(407).end();
    seen.push(`${asked.method} ${asked.url}`);
    const { 'proxy-authorization': _, ...headers } = asked.headers;
    const onward = request(asked.url ?? '', { method: asked.method, headers }, (got) => {
      answer.writeHead(got.statusCode ?? 502, got.headers);
      got.pipe(answer);
    });
    onward.on('error', () => answer.destroy());
    return asked.pipe(onward);
  });
  server.on('connect', (asked, socket) => {
    socket.on('error', () => {});
    if (!admitted(asked)) return socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    seen.push(`CONNECT ${asked.url}`);
    const [host, port] = (asked.url ?? '').split(':');
    const onward = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    return onward.on('error', () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = () => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, stop };
}
