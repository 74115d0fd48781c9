import type { Socket } from 'node:net';
import { shownProxy } from './proxy.ts';
import { answerOf, reason, requestTo } from './request.ts';
import { failures } from './words.ts';

/**
 * Parses the result of `proxyFor`.
 * @throws TransferFailure if it is not an http(s) proxy.
 */
export function parseProxy(proxy: string): URL {
  const url = new URL(proxy);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw failures.proxyScheme(shownProxy(proxy));
  return url;
}

/** The header for a proxy with a password in its URL. */
export function proxyLogin({ username, password }: URL): Record<string, string> {
  if (username === '') return {};
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
}

/**
 * Opens a connection to `target` (HOST:PORT) through the proxy by CONNECT; the proxy sees nothing else.
 * @throws TransferFailure
 */
export async function openTunnel(target: string, proxy: URL, stop: AbortSignal): Promise<Socket> {
  const to = new URL(proxy.origin);
  const tunnel = requestTo(to, {
    method: 'CONNECT',
    path: target,
    headers: { host: target, ...proxyLogin(proxy) },
    agent: false,
  });
  const answer = await answerOf(tunnel, stop, 'connect').catch((error: Error) => {
    throw stop.aborted ? error : failures.proxy(shownProxy(to.href), `cannot be reached: ${reason(error)}`, true);
  });
  const status = answer.statusCode ?? 0;
  if (status === 200) return answer.socket;
  answer.destroy();
  throw failures.proxy(shownProxy(to.href), `answered ${status} to CONNECT ${target}`, status >= 500);
}
