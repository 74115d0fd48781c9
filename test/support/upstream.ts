import { createCipheriv, createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ArtifactNeed } from '../../src/component/artifact.ts';
import { loadCatalogue } from '../../src/mirror/catalogue/catalogue.ts';
import { upstreamFile } from '../../src/mirror/catalogue/upstream-file.ts';

/** Bytes that look like nothing else: the same name gives the same ones. */
export function bytesOf(name: string, size = 3000): Buffer {
  const key = createHash('sha256').update(name).digest().subarray(0, 16);
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(size));
}

export const hashOf = (algorithm: string, bytes: Buffer): string => createHash(algorithm).update(bytes).digest('hex');

/** One request as the server saw it. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly range: string | undefined;
}

export interface Upstream {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** What stands in for the real hosts in a cluster file. */
  readonly hosts: Readonly<Record<string, string>>;
  /** By URL path: `/dl.k8s.io/v1.35.8/…`. */
  readonly files: Map<string, Buffer>;
  readonly seen: Seen[];
  close(): Promise<void>;
}

const realHosts = ['dl.k8s.io', 'github.com', 'download.docker.com'];

/** Puts an artifact where upstream has it, with the checksum file that upstream publishes beside it. */
export function publish(files: Map<string, Buffer>, need: ArtifactNeed, bytes: Buffer): void {
  const { url, published } = upstreamFile(need, loadCatalogue());
  files.set(pathOf(url), bytes);
  if (published === undefined) return;
  const { algorithm } = published;
  const file = url.slice(url.lastIndexOf('/') + 1);
  const hash = hashOf(algorithm, bytes);
  // dl.k8s.io and crictl publish a bare hash; etcd and runc one list for all; containerd and the CNI plugins one line.
  const bare = /dl\.k8s\.io|cri-tools/.test(url);
  const list = files.get(pathOf(published.url))?.toString() ?? '';
  files.set(pathOf(published.url), Buffer.from(bare ? hash : `${list}${hash}  ${file}\n`));
}

/** `/HOST/PATH`, as the server has it. */
export function pathOf(url: string): string {
  const { host, pathname } = new URL(url);
  return `/${host}${pathname}`;
}

/** The upstream hosts on this machine: ranges, ETags, HEAD, and releases that redirect to another address, as on github.com. */
export async function startUpstream(): Promise<Upstream> {
  const files = new Map<string, Buffer>();
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://x').pathname;
    seen.push({ method: request.method ?? '', path, range: request.headers.range });
    if (path.startsWith('/github.com/')) {
      response.writeHead(302, { location: `/objects${path}?signature=secret` }).end();
      return;
    }
    answer(files.get(path.replace(/^\/objects/, '')), request, response);
  });
  const url = await listen(server);
  const hosts = Object.fromEntries(realHosts.map((host) => [host, `${url}/${host}`]));
  return { url, hosts, files, seen, close: () => stop(server) };
}

function answer(bytes: Buffer | undefined, request: IncomingMessage, response: ServerResponse): void {
  if (bytes === undefined) {
    response.writeHead(404).end('not here');
    return;
  }
  const etag = `"${hashOf('md5', bytes)}"`;
  const headers = { etag, 'accept-ranges': 'bytes', 'content-type': 'application/octet-stream' };
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  const condition = request.headers['if-range'];
  if (first === undefined || (condition !== undefined && condition !== etag)) {
    response.writeHead(200, { ...headers, 'content-length': bytes.length });
    response.end(request.method === 'HEAD' ? undefined : bytes);
    return;
  }
  if (Number(first) >= bytes.length) {
    response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
    return;
  }
  const part = bytes.subarray(Number(first), last === '' ? undefined : Number(last) + 1);
  const range = `bytes ${first}-${Number(first) + part.length - 1}/${bytes.length}`;
  response.writeHead(206, { ...headers, 'content-range': range, 'content-length': part.length }).end(part);
}

/** Listens on loopback. @returns the server's URL. */
export async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
