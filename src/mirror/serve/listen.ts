import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EnvironmentFailure, mistake } from '../../base/failure.ts';
import { say, serveMessages } from './messages.ts';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** Parses `HOST:PORT`, `:PORT`, `PORT` or `[IPv6]:PORT`; without a host, every IPv4 address of the machine. */
export function parseListen(text: string): ListenAddress {
  const [, bracketed, plain, digits = ''] =
    /^(?:(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9.-]*)):)?(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === '' || port > 65535) {
    throw mistake(say('not-a-listen-address', { text }));
  }
  return { host: bracketed ?? (plain || '0.0.0.0'), port };
}

/** Starts to listen; returns the URL with the actual port. */
export async function startListening(server: Server, { host, port }: ListenAddress): Promise<string> {
  try {
    server.listen({ host, port });
    await once(server, 'listening');
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    const hint = serveMessages.cannotListenHints[code] ?? serveMessages.otherListenHint;
    throw new EnvironmentFailure(say('cannot-listen', { address: `${host}:${port}`, code, hint }));
  }
  const { port: taken } = server.address() as AddressInfo;
  return `http://${host.includes(':') ? `[${host}]` : host}:${taken}/`;
}

/** Accepts no new connections, lets transfers end within `graceMs`, then closes them. */
export async function stopListening(server: Server, graceMs: number): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(timer);
}
