/** Upstream host to its stand-in: `{'dl.k8s.io': 'https://mirror.example.com/k8s'}`; a bare host keeps the scheme. */
export type UpstreamHosts = Readonly<Record<string, string>>;

/** The URL at the stand-in of its host. What comes after the host stays. */
export function replaceHost(url: string, hosts: UpstreamHosts): string {
  const [, scheme = '', host = '', rest = ''] = /^(https?:\/\/)([^/]+)(.*)$/.exec(url) ?? [];
  if (!Object.hasOwn(hosts, host)) return url;
  const base = (hosts[host] ?? host).replace(/\/+$/, '');
  return `${base.includes('://') ? '' : scheme}${base}${rest}`;
}
