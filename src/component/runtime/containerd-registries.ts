import type { Cluster } from '../../model/cluster.ts';
import type { ContainerdRegistry } from '../../model/registries.ts';
import { registryOf, urlHost } from '../../model/registries.ts';
import type { FileDecl } from '../contract.ts';

/** Folder of `config_path`: certs.d/HOST/hosts.toml. */
export const hostsDirectory = '/etc/containerd/certs.d';

const filesDirectory = '/etc/containerd/registries';

type Table = Record<string, unknown>;

function spec(cluster: Cluster): Cluster['spec']['containerRuntime']['containerd'] {
  return cluster.spec.containerRuntime.containerd;
}

/** Paths of the files for a registry's connection. One folder per host: several hosts.toml may name them. */
function pathsOf({ host }: ContainerdRegistry): { ca: string; certificate: string; key: string } {
  const folder = `${filesDirectory}/${host}`;
  return { ca: `${folder}/ca.crt`, certificate: `${folder}/client.crt`, key: `${folder}/client.key` };
}

/** CA and client certificate of each registry, from the user's files. */
export function registryFiles(cluster: Cluster): readonly FileDecl[] {
  return spec(cluster).registries.flatMap((registry, index) => {
    const from = ['containerRuntime', 'containerd', 'registries', index];
    const paths = pathsOf(registry);
    const { ca, client } = registry;
    const source = (path: string, file: string, key: string, secret = false): FileDecl => {
      return { path, layer: 'cluster', secret, from: [...from, key], content: { kind: 'source', file } };
    };
    return [
      ...(ca === undefined ? [] : [source(paths.ca, ca, 'ca')]),
      ...(client === undefined
        ? []
        : [source(paths.certificate, client.certificate, 'client'), source(paths.key, client.key, 'client', true)]),
    ];
  });
}

function basic({ username, password }: { readonly username: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** The connection settings of a host in hosts.toml (containerd docs/hosts.md). */
function connection(registry: ContainerdRegistry | undefined, { containerd }: Cluster): Table {
  if (registry === undefined) return {};
  const { ca, client, skipVerify, headers, credentials } = registry;
  const paths = pathsOf(registry);
  const login =
    credentials === undefined || !containerd.takesLoginByHeader() ? {} : { Authorization: basic(credentials) };
  const header = { ...headers, ...login };
  return {
    ...(ca === undefined ? {} : { ca: paths.ca }),
    ...(client === undefined ? {} : { client: [[paths.certificate, paths.key]] }),
    ...(skipVerify ? { skip_verify: true } : {}),
    ...(Object.keys(header).length === 0 ? {} : { header }),
  };
}

/**
 * Without it containerd requests `PATH/v2`, where a proxy cache of Harbor or ECR (`/v2/PROJECT`) has nothing
 * (containerd#6634).
 */
function overridePath(url: string, registry: ContainerdRegistry | undefined, { containerd }: Cluster): Table {
  const wanted = registry?.overridePath ?? new URL(url).pathname !== '/';
  return wanted && containerd.hasOverridePath() ? { override_path: true } : {};
}

function mirrorTable(url: string, cluster: Cluster): [string, Table] {
  const registry = registryOf(spec(cluster).registries, urlHost(url));
  const capabilities = registry?.capabilities ?? ['pull', 'resolve'];
  return [
    url.replace(/\/+$/, ''),
    { capabilities, ...overridePath(url, registry, cluster), ...connection(registry, cluster) },
  ];
}

/** The server of a registry. `_default` is not a host: without a server containerd uses the image's own registry. */
function serverOf(host: string, registry: ContainerdRegistry | undefined): string | undefined {
  if (registry?.server !== undefined) return registry.server.replace(/\/+$/, '');
  if (host === '_default') return undefined;
  return host === 'docker.io' ? 'https://registry-1.docker.io' : `https://${host}`;
}

function hostsToml(host: string, mirrors: readonly string[], cluster: Cluster): Table {
  const registry = registryOf(spec(cluster).registries, host);
  const server = serverOf(host, registry);
  const own = {
    ...(server === undefined ? {} : overridePath(server, registry, cluster)),
    ...(registry?.capabilities === undefined ? {} : { capabilities: registry.capabilities }),
    ...connection(registry, cluster),
  };
  const tables = mirrors.map((url) => mirrorTable(url, cluster));
  // A file without a host table would not be read at all.
  if (tables.length === 0 && server !== undefined && cluster.containerd.wantsHostTable()) tables.push([server, own]);
  const hosts = tables.length === 0 ? {} : { host: Object.fromEntries(tables) };
  return { ...(server === undefined ? {} : { server }), ...own, ...hosts };
}

/** One hosts.toml per registry: mirrors in order, the registry itself last. */
export function registryHosts(cluster: Cluster): readonly FileDecl[] {
  if (!cluster.containerd.hasRegistryConfigPath()) return [];
  const { registryMirrors, registries } = spec(cluster);
  const path = ['containerRuntime', 'containerd'];
  const from = (host: string) =>
    registryMirrors[host] === undefined
      ? [...path, 'registries', registries.findIndex((one) => one.host === host)]
      : [...path, 'registryMirrors', host];
  const mirrorHosts = new Set(Object.values(registryMirrors).flat().map(urlHost));
  // A host that only serves as a mirror is described there.
  const own = registries.filter(({ host, server }) => server !== undefined || !mirrorHosts.has(host));
  const hosts = [...new Set([...Object.keys(registryMirrors), ...own.map(({ host }) => host)])];
  return hosts.map((host) => ({
    path: `${hostsDirectory}/${host}/hosts.toml`,
    layer: 'cluster',
    from: from(host),
    content: { kind: 'toml', value: hostsToml(host, registryMirrors[host] ?? [], cluster) },
  }));
}

/** Registry settings of config.toml: the folder of hosts.toml files; before containerd 1.5 all settings. */
export function registrySettings(cluster: Cluster): Table {
  const { containerd } = cluster;
  if (containerd.hasRegistryConfigPath()) {
    const configs = containerd.takesLoginByHeader() ? {} : configsOf(cluster, ({ auth }) => ({ auth }));
    return { config_path: hostsDirectory, ...configs };
  }
  const { registryMirrors, registries } = spec(cluster);
  const own = registries.flatMap(({ host, server }) => (server === undefined ? [] : [[host, [server]] as const]));
  const endpoints = Object.entries(registryMirrors).map(([host, urls]) => {
    const server = registryOf(registries, host)?.server;
    return [host, server === undefined ? urls : [...urls, server]] as const;
  });
  const mirrors = Object.fromEntries([...own, ...endpoints].map(([host, endpoint]) => [host, { endpoint }]));
  return { ...(Object.keys(mirrors).length === 0 ? {} : { mirrors }), ...configsOf(cluster, (config) => config) };
}

/**
 * `registry.configs`: TLS before containerd 1.5, and logins, which containerd also uses for tokens
 * (docs/cri/registry.md).
 */
function configsOf(cluster: Cluster, pick: (config: Table) => Table): Table {
  const configs = spec(cluster).registries.flatMap((registry): [string, Table][] => {
    const { host, ca, client, skipVerify, credentials } = registry;
    const paths = pathsOf(registry);
    const tls = {
      ...(ca === undefined ? {} : { ca_file: paths.ca }),
      ...(client === undefined ? {} : { cert_file: paths.certificate, key_file: paths.key }),
      ...(skipVerify ? { insecure_skip_verify: true } : {}),
    };
    const all = {
      ...(Object.keys(tls).length === 0 ? {} : { tls }),
      ...(credentials === undefined ? {} : { auth: { ...credentials } }),
    };
    const config = Object.fromEntries(Object.entries(pick(all)).filter(([, value]) => value !== undefined));
    // containerd requests it under its other name.
    return Object.keys(config).length === 0 ? [] : [[host === 'docker.io' ? 'registry-1.docker.io' : host, config]];
  });
  return configs.length === 0 ? {} : { configs: Object.fromEntries(configs) };
}
