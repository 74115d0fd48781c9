import type { DataPath } from '../../../base/diagnostic.ts';
import { eachIntact } from '../../intact.ts';
import { atKey, error, type Rule, warning } from '../rule.ts';

/** An unknown field would only be logged and ignored by kubelet and kube-proxy: here it is an error. */
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
        const hint = typeHint(spec.kubernetes[key].extraConfig, found.path) ?? `see the reference of ${kind}`;
        return error(path, 'field-type', `${kind} ${field} must be ${found.expected}`, hint);
      }
      if (found.problem === 'unknown') {
        const hint = found.nearest === undefined ? `see the reference of ${kind}` : `did you mean '${found.nearest}'?`;
        return atKey(error(path, 'field-unknown', `${kind} has no field ${field}`, hint));
      }
      const when = found.problem === 'removed' ? `until ${found.until}` : `from ${found.since} on`;
      const message = `${kind} of Kubernetes ${kubernetes.version} has no field ${field}: Kubernetes has it ${when}`;
      return atKey(error(path, 'field-version', message, 'remove it'));
    }),
  );
};

/** The usual slips: quotes too many, or one value where a list belongs. */
function typeHint(config: Readonly<Record<string, unknown>>, path: readonly string[]): string | undefined {
  const value = path.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], config);
  if (typeof value === 'string' && /^(true|false|-?\d+(\.\d+)?)$/.test(value)) return `without quotes: ${value}`;
  return undefined;
}

/** dockerd ends on an unknown key, and on one that stands both in daemon.json and on its command line. */
export const daemonKeysAreKnown: Rule = ({ spec, docker, usesCni }) => {
  if (spec.containerRuntime.type !== 'docker') return [];
  const keys = Object.keys(spec.containerRuntime.docker.extraConfig);
  const path = ['containerRuntime', 'docker', 'extraConfig'];
  const problems = docker.checkDaemonKeys(keys).map(({ key, problem, since, until, nearest: near }) => {
    const hint = near === undefined ? 'dockerd ends on a key that it does not know' : `did you mean '${near}'?`;
    if (problem === 'unrecorded')
      return warning([...path, key], 'daemon-key-unrecorded', `knode has no record of daemon.json's ${key}`, hint);
    const when = problem === 'removed' ? `it went after ${until}` : `it came with ${since}`;
    return error(
      [...path, key],
      'daemon-key-version',
      `docker ${docker.version} has no ${key} in daemon.json: ${when}`,
      'remove it',
    );
  });
  const flannelKeys = usesCni ? [] : keys.filter((key) => ['bip', 'mtu', 'ip-masq'].includes(key));
  const taken = flannelKeys.map((key) =>
    error(
      [...path, key],
      'daemon-key-taken',
      `${key} comes from flannel at boot; dockerd ends when it is given twice`,
      'remove it',
    ),
  );
  return [...problems, ...taken].map(atKey);
};

/** What knode decides about config.toml, and where it is set instead. */
const containerdOwn: Readonly<Record<string, string>> = {
  version: 'it follows from the containerd version',
  root: 'set containerRuntime.containerd.dataDir',
  state: 'leave it out: kubelet looks for the socket below it',
};

/** Of a mapping, null takes a key away; in a list there is nothing that it could mean, and TOML has no word for it. */
function nullsInLists(value: unknown, path: DataPath, inList = false): readonly DataPath[] {
  if (value === null) return inList ? [path] : [];
  if (Array.isArray(value)) return value.flatMap((item, index) => nullsInLists(item, [...path, index], true));
  if (typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, item]) => nullsInLists(item, [...path, key]));
}

/** containerd ignores what it does not know in config.toml: a setting of another version's plugin would be lost silently. */
export const containerdKeysAreKnown: Rule = ({ spec, containerd }) => {
  if (spec.containerRuntime.type !== 'containerd') return [];
  const { extraConfig } = spec.containerRuntime.containerd;
  const path = ['containerRuntime', 'containerd', 'extraConfig'];
  const taken = Object.keys(extraConfig).flatMap((key) => {
    const why = containerdOwn[key];
    return why === undefined
      ? []
      : [error([...path, key], 'containerd-key-taken', `${key} of config.toml is knode's own`, why)];
  });
  const plugins = Object.entries((extraConfig.plugins ?? {}) as Record<string, unknown>);
  const foreign = plugins.flatMap(([plugin, settings]) => {
    const place = [...path, 'plugins', plugin];
    if (plugin.includes('cri') && !containerd.criPlugins().includes(plugin)) {
      const message = `containerd ${containerd.version} has no plugin ${plugin}: it would ignore these settings`;
      return [error(place, 'containerd-plugin', message, `its CRI plugins are ${containerd.criPlugins().join(', ')}`)];
    }
    const taken = containerd.pluginKeys(plugin);
    const moved = Object.keys((settings ?? {}) as object).filter((key) => taken !== undefined && !taken.includes(key));
    if (moved.length > 0) {
      const hint = `write it under plugins."${containerd.runtimePlugin()}", or under "io.containerd.cri.v1.images"`;
      return moved.map((key) =>
        error(
          [...place, key],
          'containerd-plugin-key',
          `containerd ${containerd.version} ignores ${key} of ${plugin}: that plugin is its streaming server only`,
          hint,
        ),
      );
    }
    const gone = Object.keys((settings ?? {}) as object).filter((key) => containerd.removedKeys().includes(key));
    return gone.map((key) =>
      error(
        [...place, key],
        'containerd-key-removed',
        `containerd ${containerd.version} has no ${key}: it went with 2.0`,
        'remove it',
      ),
    );
  });
  const nulls = nullsInLists(extraConfig, path).map((at) =>
    error(at, 'toml-null', 'config.toml cannot hold null in a list', 'leave the entry out'),
  );
  return [...taken, ...foreign, ...nulls];
};
