/** A registry on loopback that misbehaves on demand, unlike a real one. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Surroundings } from '../../../src/net/surroundings.ts';
import type { TestManifest } from '../../support/test-image.ts';

export interface Request {
  readonly url: string;
  readonly authorization: string | undefined;
  readonly range: string | undefined;
}

export interface FakeRegistry {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  readonly requests: Request[];
  /** Path below any repository (`manifests/1`, `blobs/sha256:…`) to bytes. */
  readonly content: Map<string, { type: string; bytes: Buffer }>;
  /** Answers instead of the registry; true when it did. */
  meddle: (path: string, request: IncomingMessage, response: ServerResponse) => boolean;
}

/** Ends with the test. */
export async function fakeRegistry(): Promise<FakeRegistry> {
  const registry: FakeRegistry = { host: '', requests: [], content: new Map(), meddle: () => false };
  const server = createServer((request, response) => {
    const { url = '', headers } = request;
    registry.requests.push({ url, authorization: headers.authorization, range: headers.range });
    const path = url.replace(/^\/v2\/.*\/(?=(?:manifests|blobs)\/)/, '');
    if (registry.meddle(path, request, response)) return;
    const found = registry.content.get(path);
    if (found === undefined) response.writeHead(404, { 'content-type': 'application/json' }).end('{"errors":[]}');
    else response.writeHead(200, { 'content-type': found.type }).end(found.bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return Object.assign(registry, { host: `127.0.0.1:${(server.address() as AddressInfo).port}` });
}

export function serve(registry: FakeRegistry, tag: string, manifest: TestManifest): void {
  registry.content.set(`manifests/${tag}`, { type: manifest.mediaType, bytes: manifest.bytes });
  serveByDigest(registry, manifest);
}

export function serveByDigest(registry: FakeRegistry, manifest: TestManifest): void {
  registry.content.set(`manifests/${manifest.digest}`, { type: manifest.mediaType, bytes: manifest.bytes });
  for (const [digest, bytes] of manifest.blobs)
    registry.content.set(`blobs/${digest}`, { type: 'application/octet-stream', bytes });
}

/** No proxy, no chance, and pauses that are only written down. */
export function impatient(pauses: number[] = [], stallMs = 2000): Surroundings {
  return {
    patience: {
      answerMs: 5000,
      stallMs,
      slowest: 10,
      tries: 3,
      firstDelayMs: 10,
      longestDelayMs: 20,
      longestRetryAfterMs: 60_000,
    },
    signal: new AbortController().signal,
    env: {},
    now: () => new Date(0),
    chance: () => 1,
    sleep: async (milliseconds) => {
      pauses.push(milliseconds);
    },
  };
}
