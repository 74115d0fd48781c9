import type { DataPath } from '../../../base/diagnostic.ts';
import { eachIntact } from '../../loading/intact.ts';
import { atKey, error, type Rule, warning } from '../rule.ts';
import { containerdOwn, say } from './messages.ts';

/** kubelet and kube-proxy would only log and ignore an unknown field: here it is an error. */
export const extraConfigIsKnown: Rule = ({ spec, kubernetes }) => {
  const kinds = [
    ['KubeletConfiguration', 'kubelet'],
    ['KubeProxyConfiguration', 'kubeProxy'],
  ] as const;
  return eachIntact(kinds, ([kind, key]) =>
    kubernetes.checkConfigFields(kind, spec.kubernetes[key].extraConfig).map((found) => {
      const path = ['kubernetes', key, 'extraConfig', ...found.path];
      const field = found.path.join('.');
      if (found.problem === 'type') {
        const quoted = quotedPlain(spec.kubernetes[key].extraConfig, found.path);
        return error(path, say('field-type', { kind, field, expected: found.expected, quoted }));
      }
      if (found.problem === 'unknown') {
        return atKey(error(path, say('field-unknown', { kind, field, nearest: found.nearest })));
      }
      return atKey(
        error(
          path,
          say('field-version', {
            kind,
            version: kubernetes.version,
            field,
            problem: found.problem,
            until: found.until,
            since: found.since,
          }),
        ),
      );
    }),
  );
};

/** Common slips: superfluous quotes, or a single value instead of a list. */
function quotedPlain(config: Readonly<Record<string, unknown>>, path: readonly string[]): string | undefined {
  const value = path.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], config);
  if (typeof value === 'string' && /^(true|false|-?\d+(\.\d+)?)$/.test(value)) return value;
  return undefined;
}

/** dockerd exits on an unknown key, and on one that is both in daemon.json and on its command line. */
export const daemonKeysAreKnown: Rule = ({ spec, docker, usesCni }) => {
  if (spec.containerRuntime.type !== 'docker') return [];
  const keys = Object.keys(spec.containerRuntime.docker.extraConfig);
  const path = ['containerRuntime', 'docker', 'extraConfig'];
  const problems = docker.checkDaemonKeys(keys).map(({ key, problem, since, until, nearest: near }) => {
    if (problem === 'unrecorded') return warning([...path, key], say('daemon-key-unrecorded', { key, near }));
    return error([...path, key], say('daemon-key-version', { version: docker.version, key, problem, until, since }));
  });
  const flannelKeys = usesCni ? [] : keys.filter((key) => ['bip', 'mtu', 'ip-masq'].includes(key));
  const taken = flannelKeys.map((key) => error([...path, key], say('daemon-key-taken', { key })));
  return [...problems, ...taken].map(atKey);
};

/** In a mapping, null removes a key; in a list it has no meaning, and TOML cannot express it. */
function nullsInLists(value: unknown, path: DataPath, inList = false): readonly DataPath[] {
  if (value === null) return inList ? [path] : [];
  if (Array.isArray(value)) return value.flatMap((item, index) => nullsInLists(item, [...path, index], true));
  if (typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, item]) => nullsInLists(item, [...path, key]));
}

/** containerd ignores unknown keys in config.toml: a setting for a plugin of another version would silently be lost. */
export const containerdKeysAreKnown: Rule = ({ spec, containerd }) => {
  if (spec.containerRuntime.type !== 'containerd') return [];
  const { extraConfig } = spec.containerRuntime.containerd;
  const path = ['containerRuntime', 'containerd', 'extraConfig'];
  const taken = Object.keys(extraConfig).flatMap((key) => {
    const why = (containerdOwn as Readonly<Record<string, string>>)[key];
    return why === undefined ? [] : [error([...path, key], say('containerd-key-taken', { key, why }))];
  });
  const plugins = Object.entries((extraConfig.plugins ?? {}) as Record<string, unknown>);
  const foreign = plugins.flatMap(([plugin, settings]) => {
    const place = [...path, 'plugins', plugin];
    if (plugin.includes('cri') && !containerd.criPlugins().includes(plugin)) {
      return [
        error(
          place,
          say('containerd-plugin', { version: containerd.version, plugin, criPlugins: containerd.criPlugins() }),
        ),
      ];
    }
    const taken = containerd.pluginKeys(plugin);
    const moved = Object.keys((settings ?? {}) as object).filter((key) => taken !== undefined && !taken.includes(key));
    if (moved.length > 0) {
      return moved.map((key) =>
        error(
          [...place, key],
          say('containerd-plugin-key', {
            version: containerd.version,
            key,
            plugin,
            runtimePlugin: containerd.runtimePlugin(),
          }),
        ),
      );
    }
    const gone = Object.keys((settings ?? {}) as object).filter((key) => containerd.removedKeys().includes(key));
    return gone.map((key) =>
      error([...place, key], say('containerd-key-removed', { version: containerd.version, key })),
    );
  });
  const nulls = nullsInLists(extraConfig, path).map((at) => error(at, say('toml-null')));
  return [...taken, ...foreign, ...nulls];
};
