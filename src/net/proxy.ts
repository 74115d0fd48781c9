import { BlockList, isIP } from 'node:net';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for a URL, as curl and Go choose it: `http_proxy`, `https_proxy`, `no_proxy`, in lower or upper case. Node
 * 20 itself supports none of them.
 */
export function proxyFor(url: URL, env: Environment): string | undefined {
  const variable = (name: string) => env[name] || env[name.toUpperCase()] || undefined;
  const proxy = variable(url.protocol === 'https:' ? 'https_proxy' : 'http_proxy');
  if (proxy === undefined || isDirect(url, variable('no_proxy') ?? '')) return undefined;
  return proxy.includes('://') ? proxy : `http://${proxy}`;
}

/**
 * Supports `*`, names including their subdomains (with or without a leading dot), addresses and networks, each with an
 * optional port.
 */
function isDirect(url: URL, list: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return list
    .split(',')
    .map((word) => word.trim().toLowerCase())
    .some((word) => word !== '' && matches(word, host, port));
}

function matches(word: string, host: string, port: string): boolean {
  if (word === '*') return true;
  if (word.includes('/')) return inNetwork(word, host);
  const [, bracketed, plain, wantedPort] =
    /^(?:\[(.+)\]|(.+?))(?::(\d+))?$/.exec(isIP(word) === 6 ? `[${word}]` : word) ?? [];
  if (wantedPort !== undefined && wantedPort !== port) return false;
  const name = (bracketed ?? plain ?? '').replace(/^\*?\./, '');
  return host === name || (isIP(host) === 0 && host.endsWith(`.${name}`));
}

function inNetwork(word: string, host: string): boolean {
  const [network = '', bits = ''] = word.split('/');
  const family = isIP(network);
  if (family === 0 || isIP(host) !== family || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128))
    return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const networks = new BlockList();
  networks.addSubnet(network, Number(bits), type);
  return networks.check(host, type);
}

/** The proxy's URL without user and password, for messages. */
export function shownProxy(proxy: string): string {
  return proxy.replace(/\/\/[^@/]*@/, '//');
}
