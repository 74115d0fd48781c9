import type { ClientRequestArgs } from 'node:http';
import { Agent, type AgentOptions } from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, connect as tlsConnect } from 'node:tls';
import type { S3Client } from '@aws-sdk/client-s3';
import { proxyFor } from '../../net/proxy.ts';
import { openTunnel, parseProxy, proxyLogin } from '../../net/tunnel.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether any variable names a proxy: only then is the SDK's own agent replaced. */
export function namesProxy(env: Environment): boolean {
  return ['http_proxy', 'https_proxy'].some((name) => Boolean(env[name] || env[name.toUpperCase()]));
}

/** An agent for https through the proxy of the environment, in a tunnel; the SDK itself does not support proxies. */
export class ProxyAgent extends Agent {
  readonly #env: Environment;
  readonly #patienceMs: number;

  constructor(env: Environment, patienceMs: number, options: AgentOptions) {
    super(options);
    this.#env = env;
    this.#patienceMs = patienceMs;
  }

  override createConnection(
    options: ClientRequestArgs,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    const host = options.host ?? '';
    const target = `${isIP(host) === 6 ? `[${host}]` : host}:${options.port ?? 443}`;
    const proxy = proxyFor(new URL(`https://${target}`), this.#env);
    if (proxy === undefined) return super.createConnection(options, callback);
    this.#tunnel(target, proxy).then(
      (socket) => callback?.(null, tlsConnect({ ...(options as ConnectionOptions), socket })),
      (error: Error) => callback?.(error, undefined as unknown as Duplex),
    );
    return undefined;
  }

  async #tunnel(target: string, proxy: string): Promise<Duplex> {
    const stop = AbortSignal.timeout(this.#patienceMs);
    return openTunnel(target, parseProxy(proxy), stop);
  }
}

/** The request that the SDK passes to a middleware. A copy is sent, because a retry signs the original again. */
interface SignedRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends signed requests for http endpoints to the proxy of the environment, without a tunnel. */
export function sendThroughProxy(client: S3Client, env: Environment): void {
  client.middlewareStack.add(
    (next) => (args) => {
      const request = (args as unknown as { request: SignedRequest }).request;
      const url = new URL(`${request.protocol}//${request.hostname}:${request.port ?? 80}`);
      const named = request.protocol === 'http:' ? proxyFor(url, env) : undefined;
      if (named === undefined) return next(args);
      const proxy = parseProxy(named);
      const through = Object.assign(Object.create(Object.getPrototypeOf(request)), request, {
        protocol: proxy.protocol,
        hostname: proxy.hostname,
        port: proxy.port === '' ? undefined : Number(proxy.port),
        path: `${url.origin}${request.path}`,
        headers: { ...request.headers, ...proxyLogin(proxy) },
      });
      return next({ ...args, request: through });
    },
    { step: 'finalizeRequest', priority: 'low', name: 'knodeProxy' },
  );
}
