import type { DataPath } from '../../../base/diagnostic.ts';
import { isSecretUrl, openUrl } from '../../../base/secret-url.ts';
import type { Cluster } from '../../cluster.ts';
import { attempt, eachIntact } from '../../loading/intact.ts';
import { type ContainerdRegistry, urlHost } from '../../registries.ts';
import { error, type Finding, type Rule, warning } from '../rule.ts';
import { say } from './registry-messages.ts';

const path = ['containerRuntime', 'containerd'];

function containerdOf({ spec }: Cluster): Cluster['spec']['containerRuntime']['containerd'] | undefined {
  return spec.containerRuntime.type === 'containerd' ? spec.containerRuntime.containerd : undefined;
}

/** Every URL of a registry or mirror, with its place. */
function urlsOf({ registryMirrors, registries }: Cluster['spec']['containerRuntime']['containerd']) {
  const mirrors = eachIntact(Object.entries(registryMirrors), ([host, urls]) =>
    urls.map((url, index) => ({ url, at: [...path, 'registryMirrors', host, index] as DataPath })),
  );
  const servers = eachIntact(registries, ({ server }, index) =>
    server === undefined ? [] : [{ url: server, at: [...path, 'registries', index, 'server'] as DataPath }],
  );
  return [...mirrors, ...servers];
}

/** A fragment does no harm, because containerd asks the same mirror without it. */
function fragmentIsIdle(url: string, at: DataPath): Finding {
  return warning(at, say('registry-url-fragment', { url: openUrl(url) }));
}

/** containerd uses the scheme, host and path, and silently ignores the rest (remotes/docker/config/hosts.go). */
export const registryUrlsAreBare: Rule = (cluster) =>
  urlsOf(
    containerdOf(cluster) ?? { ...cluster.spec.containerRuntime.containerd, registryMirrors: {}, registries: [] },
  ).flatMap(({ url, at }) => {
    if (!URL.canParse(url)) return [error(at, say('invalid-url', { url }))];
    if (!isSecretUrl(url)) return url.includes('#') ? [fragmentIsIdle(url, at)] : [];
    return [error(at, say('registry-url-extras', { url: openUrl(url) }))];
  });

/** Each host has one description. */
export const registriesDiffer: Rule = (cluster) => {
  const registries = containerdOf(cluster)?.registries ?? [];
  return eachIntact(registries, ({ host }, index) => {
    const earlier = registries.findIndex((other, at) => at < index && attempt(() => other.host) === host);
    if (earlier < 0) return [];
    return [error([...path, 'registries', index, 'host'], say('registry-twice', { host, earlier }))];
  });
};

/** A login is given once, and TLS settings only for https. */
export const registrySettingsAgree: Rule = (cluster) => {
  const containerd = containerdOf(cluster);
  return eachIntact(containerd?.registries ?? [], (registry, index) => {
    const at = [...path, 'registries', index];
    const found: Finding[] = [];
    const header = Object.keys(registry.headers).find((name) => name.toLowerCase() === 'authorization');
    if (header !== undefined && registry.credentials !== undefined)
      found.push(error([...at, 'headers', header], say('registry-login-twice', { host: registry.host })));
    if (registry.credentials?.username.includes(':')) {
      found.push(error([...at, 'credentials', 'username'], say('registry-user-colon')));
    }
    const tls = (['ca', 'client', 'skipVerify'] as const).find(
      (key) => registry[key] !== undefined && registry[key] !== false,
    );
    if (tls !== undefined && containerd !== undefined && speaksOnlyHttp(registry, containerd))
      found.push(error([...at, tls], say('registry-tls-on-http', { host: registry.host, tls })));
    else if (registry.skipVerify && registry.ca !== undefined)
      found.push(warning([...at, 'skipVerify'], say('registry-not-verified', { host: registry.host })));
    return found;
  });
};

function speaksOnlyHttp(
  registry: ContainerdRegistry,
  { registryMirrors }: Cluster['spec']['containerRuntime']['containerd'],
): boolean {
  const mirrors = Object.values(registryMirrors)
    .flat()
    .filter((url) => urlHost(url) === registry.host);
  const own =
    registry.server ??
    (mirrors.length === 0 || registryMirrors[registry.host] ? `https://${registry.host}` : undefined);
  return [...mirrors, ...(own === undefined ? [] : [own])].every((url) => url.startsWith('http:'));
}

/** Settings that this containerd does not support. */
export const registrySettingsExist: Rule = (cluster) => {
  const { containerd: release } = cluster;
  const old = !release.hasRegistryConfigPath();
  const settings = containerdOf(cluster);
  const tooNew = eachIntact(settings?.registries ?? [], (registry, index) => {
    const at = [...path, 'registries', index];
    const lacking = [
      ...(old && Object.keys(registry.headers).length > 0 ? [['headers', '1.5'] as const] : []),
      ...(old && registry.capabilities !== undefined ? [['capabilities', '1.5'] as const] : []),
      ...(registry.overridePath && !release.hasOverridePath() ? [['overridePath', '1.6'] as const] : []),
    ];
    return lacking.map(([key, since]) =>
      error([...at, key], say('registry-setting-version', { version: release.version, key, since })),
    );
  });
  return [...tooNew, ...defaultWithoutMirror(cluster), ...pathsThatMiss(cluster)];
};

/** `_default` has no server of its own, and containerd 1.x reads a hosts.toml only if it names a host. */
function defaultWithoutMirror(cluster: Cluster): readonly Finding[] {
  const settings = containerdOf(cluster);
  if (settings === undefined || !cluster.containerd.wantsHostTable()) return [];
  return eachIntact(settings.registries, ({ host, server }, index) => {
    if (host !== '_default' || server !== undefined || settings.registryMirrors._default !== undefined) return [];
    return [
      error(
        [...path, 'registries', index, 'host'],
        say('registry-default-alone', { version: cluster.containerd.version }),
      ),
    ];
  });
}

/** containerd 1.5 always requests PATH/v2; older ones use the path unchanged. */
function pathsThatMiss(cluster: Cluster): readonly Finding[] {
  const { containerd: release } = cluster;
  const settings = containerdOf(cluster);
  if (settings === undefined || !release.hasRegistryConfigPath() || release.hasOverridePath()) return [];
  return urlsOf(settings).flatMap(({ url, at }) => {
    if (!URL.canParse(url) || !/\/v2\/./.test(new URL(url).pathname)) return [];
    return [warning(at, say('registry-path', { version: release.version, url: openUrl(url) }))];
  });
}
