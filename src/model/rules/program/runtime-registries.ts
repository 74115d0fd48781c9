import type { Advice } from '../../../base/catalogue.ts';
import type { DataPath } from '../../../base/diagnostic.ts';
import { isSecretUrl, openUrl } from '../../../base/secret-url.ts';
import type { Cluster } from '../../cluster.ts';
import { eachIntact } from '../../loading/intact.ts';
import { atKey, error, type Finding, type Rule } from '../rule.ts';
import { say } from './registry-messages.ts';

const path = ['containerRuntime', 'containerd'];

type Tables = Readonly<Record<string, unknown>>;

function tables(value: unknown): Tables {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Tables) : {};
}

/**
 * The CRI plugin does not load if config.toml has mirrors or TLS settings of registries beside config_path
 * (pkg/cri/config of 1.5 to 1.7, internal/cri/config of 2.x): the node never becomes Ready.
 */
export const registriesAreConfiguredOnce: Rule = (cluster) => {
  const { type, containerd: settings } = cluster.spec.containerRuntime;
  if (type !== 'containerd' || !cluster.containerd.hasRegistryConfigPath()) return [];
  return eachIntact(Object.entries(tables(settings.extraConfig.plugins)), ([plugin, value]) => {
    const registry = tables(tables(value).registry);
    const at = [...path, 'extraConfig', 'plugins', plugin, 'registry'];
    if (registry.config_path === '' || registry.config_path === null) return [];
    const set = (key: string) => Object.keys(tables(registry[key])).length > 0;
    const tls = Object.entries(tables(registry.configs)).filter(([, config]) => tables(config).tls !== undefined);
    const refused = (key: DataPath, words: Advice) => atKey(error([...at, ...key], words));
    return [
      ...(set('mirrors') ? [refused(['mirrors'], say('containerd-registry-twice/mirrors'))] : []),
      ...tls.map(([host]) => refused(['configs', host, 'tls'], say('containerd-registry-twice/tls'))),
      ...ownConfigPath(registry.config_path, settings, [...at, 'config_path']),
    ];
  });
};

/** Files written by knode that would not be read. */
function ownConfigPath(
  value: unknown,
  { registryMirrors, registries }: Cluster['spec']['containerRuntime']['containerd'],
  at: DataPath,
): readonly Finding[] {
  const has = Object.keys(registryMirrors).length > 0 || registries.length > 0;
  if (!has || value === undefined || String(value).split(':').includes('/etc/containerd/certs.d')) return [];
  return [error(at, say('containerd-config-path'))];
}

/** dockerd exits on a mirror with more than a scheme and a host (ValidateMirror in moby's registry/config.go). */
export const dockerMirrorsAreBare: Rule = ({ spec }) => {
  if (spec.containerRuntime.type !== 'docker') return [];
  return eachIntact(spec.containerRuntime.docker.registryMirrors, (url, index) => {
    const rest = URL.canParse(url) ? new URL(url) : undefined;
    if (rest !== undefined && !isSecretUrl(url) && rest.pathname === '/' && rest.hash === '') return [];
    const at = ['containerRuntime', 'docker', 'registryMirrors', index];
    return [error(at, say('docker-mirror-extras', { url: openUrl(url) }))];
  });
};
