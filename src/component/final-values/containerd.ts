import type { DataPath } from '../../base/diagnostic.ts';
import { atKey, error, type Finding, type Rule, warning } from '../../model/rules/rule.ts';
import { isRecord } from '../../release/json-type.ts';
import { checkContainerdValues } from '../../release/relations/containerd.ts';
import { milliseconds } from '../../release/relations/go-values.ts';
import { containerdConfiguration, movedTables } from '../runtime/containerd.ts';

const path: DataPath = ['containerRuntime', 'containerd', 'extraConfig'];
const socket = '/run/containerd/containerd.sock';

type Table = Readonly<Record<string, unknown>>;

function table(from: unknown, ...keys: readonly string[]): Table {
  const found = keys.reduce<unknown>((at, key) => (isRecord(at) ? at[key] : undefined), from);
  return isRecord(found) ? found : {};
}

/** Runtimes: the default must be one of them, and their cgroup manager must be kubelet's. */
function runtimes(config: Table, plugin: string, systemd: boolean): Finding[] {
  const settings = table(config, 'plugins', plugin, 'containerd');
  const known = table(settings, 'runtimes');
  const name = settings.default_runtime_name;
  const place = [...path, 'plugins', plugin, 'containerd'];
  const missing = typeof name === 'string' && !Object.hasOwn(known, name);
  const other = Object.keys(known).filter((one) => {
    const { SystemdCgroup } = table(known, one, 'options');
    return typeof SystemdCgroup === 'boolean' && SystemdCgroup !== systemd;
  });
  return [
    ...(missing
      ? [
          error(
            [...place, 'default_runtime_name'],
            'containerd-runtime',
            `containerd's CRI plugin would not load: there is no runtime ${name}`,
            `describe it: runtimes: {${name}: {runtime_type: io.containerd.runc.v2}}`,
          ),
        ]
      : []),
    ...other.map((one) =>
      error(
        [...place, 'runtimes', one, 'options', 'SystemdCgroup'],
        'cgroup-driver-differs',
        `runtime ${one} has another cgroup manager than kubelet, ${systemd ? 'systemd' : 'cgroupfs'}: pods would fail`,
        'set containerRuntime.cgroupDriver, which is for both',
      ),
    ),
  ];
}

function service(config: Table, criPlugins: readonly string[]): Finding[] {
  const disabled = Array.isArray(config.disabled_plugins) ? config.disabled_plugins.map(String) : [];
  const off = disabled.find((plugin) => plugin === 'cri' || criPlugins.includes(plugin));
  const places: DataPath[] = [['grpc'], ['plugins', 'io.containerd.server.v1.grpc']];
  const elsewhere = places.flatMap((place) => {
    const { address } = table(config, ...place.map(String));
    return typeof address === 'string' && address !== socket ? [{ address, place }] : [];
  });
  return [
    ...(off === undefined
      ? []
      : [
          error(
            [...path, 'disabled_plugins'],
            'containerd-without-cri',
            `kubelet cannot use a containerd without its plugin ${off}`,
            'take it out of disabled_plugins',
          ),
        ]),
    ...elsewhere.map(({ address, place }) =>
      error(
        [...path, ...place, 'address'],
        'runtime-endpoint-differs',
        `kubelet looks for containerd at ${socket}, not at ${address}`,
        'remove it',
      ),
    ),
  ];
}

/** internal/cri/config/config.go and pkg/cri/config/config.go, ValidatePluginConfig. */
function timeouts(config: Table, plugins: readonly string[]): Finding[] {
  const keys = ['stream_idle_timeout', 'drain_exec_sync_io_timeout', 'image_pull_progress_timeout'];
  return plugins.flatMap((plugin) => {
    const settings = table(config, 'plugins', plugin);
    const bad = keys
      .filter((key) => settings[key] !== undefined && settings[key] !== '')
      .filter((key) => milliseconds(settings[key]) === undefined);
    return bad.map((key) => {
      const message = `containerd's CRI plugin would not load: ${key} '${settings[key]}' is not a duration`;
      return error([...path, 'plugins', plugin, key], 'value-malformed', message, 'for example 4h');
    });
  });
}

/** Values of config.toml with which containerd's CRI plugin does not load, or kubelet does not find it. */
export const containerdTakesValues: Rule = (cluster) => {
  const [node] = cluster.masters;
  const { type, cgroupDriver } = cluster.spec.containerRuntime;
  if (type !== 'containerd' || node === undefined) return [];
  const config = containerdConfiguration({ cluster, node });
  const plugins = cluster.containerd.criPlugins();
  return [
    ...runtimes(config, cluster.containerd.runtimePlugin(), cgroupDriver === 'systemd'),
    ...service(config, plugins),
    ...timeouts(config, plugins),
    ...checkContainerdValues(config, plugins).map(({ path: at, code, message, hint }) =>
      error([...path, ...at], code, `containerd ${cluster.versions.containerd} would not start: ${message}`, hint),
    ),
  ];
};

/** Settings that became plugins with version 4 of config.toml: with them the file stays at version 3, which containerd migrates. */
export const containerdTablesAreCurrent: Rule = (cluster) => {
  if (cluster.spec.containerRuntime.type !== 'containerd') return [];
  const plugins = cluster.containerd.movedTables();
  return movedTables(cluster).map((one) => {
    const message = `containerd ${cluster.containerd.version} has a plugin in place of the table ${one}, and migrates it at every start`;
    return atKey(
      warning([...path, one], 'containerd-table-moved', message, `write it under plugins."${plugins[one]}"`),
    );
  });
};
