import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { maskedText } from '../base/secret-url.ts';
import { TransferFailure } from './failure.ts';
import { proxyFor } from './proxy.ts';
import { ProxyAgent } from './proxy-agent.ts';
import { answerOf, reason, requestTo } from './request.ts';
import type { Surroundings } from './surroundings.ts';
import { parseProxy, proxyLogin } from './tunnel.ts';
import { failures } from './words.ts';

export interface Ask {
  readonly method: 'GET' | 'HEAD';
  readonly headers?: Readonly<Record<string, string>>;
}

const mostRedirects = 10;
const redirects: readonly number[] = [301, 302, 303, 307, 308];

/** Requests a URL and follows redirects, never from https to http. The answer may have any other status. */
export async function ask(url: string, wanted: Ask, surroundings: Surroundings): Promise<IncomingMessage> {
  let at = new URL(url);
  for (let count = 0; count <= mostRedirects; count++) {
    const answer = await askOnce(at, at.origin === new URL(url).origin ? wanted : withoutToken(wanted), surroundings);
    const { location } = answer.headers;
    if (!redirects.includes(answer.statusCode ?? 0) || location === undefined) return answer;
    answer.destroy();
    at = redirected(at, location);
  }
  throw failures.manyRedirects(shown(url));
}

/** A token is only for the server it was made for; registries redirect to stores that even refuse one. */
function withoutToken({ method, headers = {} }: Ask): Ask {
  const { authorization: _, ...rest } = headers;
  return { method, headers: rest };
}

function redirected(from: URL, location: string): URL {
  // Signed redirects have a secret in their query.
  if (!URL.canParse(location, from.href)) throw failures.badRedirect(shown(from), maskedText(location));
  const to = new URL(location, from);
  if (to.protocol !== 'https:' && to.protocol !== 'http:')
    throw failures.badRedirect(shown(from), maskedText(location));
  if (from.protocol === 'https:' && to.protocol === 'http:') throw failures.downgrade(shown(from), shown(to));
  return to;
}

const headers = { 'user-agent': 'knode', accept: '*/*', 'accept-encoding': 'identity' };

async function askOnce(url: URL, { method, headers: more }: Ask, surroundings: Surroundings): Promise<IncomingMessage> {
  const { signal, patience, env } = surroundings;
  const deadline = AbortSignal.timeout(patience.answerMs);
  const stop = AbortSignal.any([signal, deadline]);
  try {
    const options = { method, headers: { ...headers, ...more } };
    const proxy = proxyFor(url, env);
    if (proxy === undefined) return await answerOf(requestTo(url, options), stop);
    if (url.protocol === 'http:') return await answerOf(wholeTo(parseProxy(proxy), url, options), stop);
    return await answerOf(requestTo(url, { ...options, agent: new ProxyAgent(env, () => stop) }), stop);
  } catch (error) {
    signal.throwIfAborted();
    if (deadline.aborted) throw failures.noAnswer(shown(url), patience.answerMs / 1000);
    throw explained(error, shown(url));
  }
}

/** A URL for messages, without its query, which may contain a signature. */
export function shown(url: URL | string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

/** A request for a plain http URL, sent to the proxy. */
function wholeTo(proxy: URL, url: URL, options: RequestOptions): ClientRequest {
  const whole = { ...options.headers, ...proxyLogin(proxy), host: url.host };
  return requestTo(new URL(proxy.origin), { ...options, path: url.href, headers: whole });
}

const certificateCodes = /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_CERT_|HOSTNAME_MISMATCH)/;

/** Converts an error into a failure that says whether another try may help. */
export function explained(error: unknown, url: string): Error {
  if (error instanceof TransferFailure || !(error instanceof Error)) return error as Error;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (certificateCodes.test(code))
    return failures.unreachable(
      url,
      `its certificate is not trusted: ${error.message}`,
      'name your own authority in NODE_EXTRA_CA_CERTS=FILE.pem',
    );
  if (code === 'ENOTFOUND') return failures.unreachable(url, reason(error));
  return failures.broken(url, reason(error));
}
