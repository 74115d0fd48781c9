import type { IncomingMessage } from 'node:http';
import type { ImageReference } from '../../base/image-reference.ts';
import { TransferFailure } from '../../net/failure.ts';
import { ask } from '../../net/http.ts';
import { paced } from '../../net/pace.ts';
import { persist, refused, type Watcher } from '../../net/retry.ts';
import type { Surroundings } from '../../net/surroundings.ts';
import { registryFailure, wholeBody } from './body.ts';
import { imageMessages as messages, say } from './messages.ts';

/** Upstream host to its replacement (`artifacts.upstreamHosts`). */
export type Hosts = Readonly<Record<string, string>>;

const maxTokenBytes = 1024 * 1024;

/** Whether plain http to this host stays within the machine. */
function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/.test(host);
}

/** Base URL of a repository: its registry's `/v2/…`, or a replacement's, whose path is put before the repository. */
function repositoryUrl({ host, repository }: ImageReference, hosts: Hosts): string {
  const standIn = Object.hasOwn(hosts, host) ? hosts[host] : undefined;
  const target = standIn ?? (host === 'docker.io' ? 'registry-1.docker.io' : host);
  const [, scheme, address = '', path = ''] = /^(?:(https?):\/\/)?([^/\s]+)((?:\/[^\s?#]*)?)$/.exec(target) ?? [];
  if (address === '') {
    throw new TransferFailure(say('registry-stand-in', { host, standIn: target }));
  }
  const protocol = scheme ?? (isLoopback(address) ? 'http' : 'https');
  return `${protocol}://${address}/v2${path.replace(/\/+$/, '')}/${repository}`;
}

/** One repository of a registry, read anonymously (github.com/opencontainers/distribution-spec). */
export class Registry {
  readonly surroundings: Surroundings;
  readonly #watcher: Watcher;
  readonly #image: string;
  readonly #base: string;
  #token: string | undefined;

  constructor(reference: ImageReference, hosts: Hosts, surroundings: Surroundings, watcher: Watcher) {
    this.#image = reference.canonical;
    this.#base = repositoryUrl(reference, hosts);
    this.surroundings = surroundings;
    this.#watcher = watcher;
  }

  /** Retries while that helps: on 429, 5xx and broken connections. */
  patiently<T>(work: () => Promise<T>): Promise<T> {
    return persist(this.surroundings, this.#watcher, work);
  }

  /** A whole manifest or configuration. */
  small(path: string, limit: number, headers: Readonly<Record<string, string>> = {}): Promise<Buffer> {
    return this.patiently(async () =>
      wholeBody(this.#url(path), await this.get(path, headers), limit, this.surroundings),
    );
  }

  chunks(path: string, answer: IncomingMessage): AsyncGenerator<Buffer> {
    return paced(this.#url(path), answer, this.surroundings);
  }

  #url(path: string): string {
    return `${this.#base}/${path}`;
  }

  /**
   * `path` is `manifests/TAG` or `blobs/DIGEST`. A token is fetched if the registry requires one, and again after it
   * has expired.
   */
  async get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<IncomingMessage> {
    for (let asked = false; ; asked = true) {
      const authorization = this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` };
      const wanted = { method: 'GET', headers: { ...headers, ...authorization } } as const;
      const answer = await ask(this.#url(path), wanted, this.surroundings);
      if (answer.statusCode === 200 || answer.statusCode === 206) return answer;
      answer.destroy();
      const challenge = answer.headers['www-authenticate'];
      if (answer.statusCode !== 401 || challenge === undefined || asked) throw this.#refusal(path, answer);
      this.#token = await this.#fetchToken(challenge);
    }
  }

  #refusal(path: string, answer: IncomingMessage): TransferFailure {
    const { statusCode: status = 0 } = answer;
    if (status === 401 || status === 403) {
      return new TransferFailure(say('image-denied/denied', { image: this.#image, status }));
    }
    if (status === 404 && path.startsWith('manifests/')) {
      return new TransferFailure(say('image-not-found', { image: this.#image }));
    }
    if (status === 404 && path.startsWith('blobs/')) {
      return registryFailure(messages.noBlob(this.#image, path.slice('blobs/'.length)));
    }
    return refused(this.#url(path), answer, this.surroundings);
  }

  /** An anonymous token (distribution's token authentication specification). */
  async #fetchToken(challenge: string): Promise<string> {
    const [, scheme = '', rest = ''] = /^(\S+)\s*(.*)$/.exec(challenge) ?? [];
    if (scheme.toLowerCase() !== 'bearer') {
      throw new TransferFailure(say('image-denied/fetch-token', { image: this.#image, scheme }));
    }
    const fields = new Map([...rest.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]));
    const realm = fields.get('realm') ?? '';
    const plain = this.#base.startsWith('http://') && realm.startsWith('http://');
    if (!URL.canParse(realm) || !(realm.startsWith('https://') || plain)) {
      throw registryFailure(messages.badRealm(this.#image, realm));
    }
    const url = new URL(realm);
    for (const key of ['service', 'scope']) {
      const value = fields.get(key);
      if (value !== undefined) url.searchParams.set(key, value);
    }
    const answer = await ask(url.href, { method: 'GET' }, this.surroundings);
    if (answer.statusCode === 200) {
      const token = tokenOf((await wholeBody(url.href, answer, maxTokenBytes, this.surroundings)).toString());
      if (token === undefined) throw registryFailure(messages.badToken(realm));
      return token;
    }
    answer.destroy();
    throw this.#refusal('token', answer);
  }
}

function tokenOf(text: string): string | undefined {
  try {
    const data = JSON.parse(text);
    const token: unknown = data?.token ?? data?.access_token;
    return typeof token === 'string' && /^[\x21-\x7e]+$/.test(token) ? token : undefined;
  } catch {
    return undefined;
  }
}
