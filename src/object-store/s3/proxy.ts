import type { S3Client } from '@aws-sdk/client-s3';
import { proxyFor } from '../../net/proxy.ts';
import { parseProxy, proxyLogin } from '../../net/tunnel.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether any variable names a proxy: only then is the SDK's own agent replaced. */
export function namesProxy(env: Environment): boolean {
  return ['http_proxy', 'https_proxy'].some((name) => Boolean(env[name] || env[name.toUpperCase()]));
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
