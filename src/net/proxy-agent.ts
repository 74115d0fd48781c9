import type { ClientRequestArgs } from 'node:http';
import { Agent, type AgentOptions } from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, connect as tlsConnect } from 'node:tls';
import { proxyFor } from './proxy.ts';
import { openTunnel, parseProxy } from './tunnel.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * An agent for https that connects through the proxy of the environment, in a tunnel: TLS is spoken with the server
 * itself. Every https request of knode through a proxy uses it, those of the AWS SDK included.
 */
export class ProxyAgent extends Agent {
  readonly #env: Environment;
  readonly #stop: () => AbortSignal;

  /** @param stop makes the signal that ends the opening of a tunnel. */
  constructor(env: Environment, stop: () => AbortSignal, options: AgentOptions = {}) {
    super(options);
    this.#env = env;
    this.#stop = stop;
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
    return openTunnel(target, parseProxy(proxy), this.#stop());
  }
}
