/**
 * Upstream host to its replacement: `{'dl.k8s.io': 'https://mirror.example.com/k8s'}`; a bare host keeps the scheme.
 */
export type UpstreamHosts = Readonly<Record<string, string>>;

/** The URL with its host replaced. The rest of the URL stays. */
export function replaceHost(url: string, hosts: UpstreamHosts): string {
  const [, scheme = '', host = '', rest = ''] = /^(https?:\/\/)([^/]+)(.*)$/.exec(url) ?? [];
  if (!Object.hasOwn(hosts, host)) return url;
  const base = (hosts[host] ?? host).replace(/\/+$/, '');
  return `${base.includes('://') ? '' : scheme}${base}${rest}`;
}
