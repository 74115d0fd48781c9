import type { DataPath } from '../../base/diagnostic.ts';
import { atKey, error, type Finding, type Rule, warning } from '../../model/rules/rule.ts';
import { isRecord } from '../../release/json-type.ts';
import { checkContainerdValues } from '../../release/relations/containerd.ts';
import { milliseconds } from '../../release/relations/go-values.ts';
import { containerdConfiguration, movedTables } from '../runtime/containerd.ts';
import { refused, say } from './messages.ts';

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
    ...(missing ? [error([...place, 'default_runtime_name'], say('containerd-runtime', { name }))] : []),
    ...other.map((one) =>
      error(
        [...place, 'runtimes', one, 'options', 'SystemdCgroup'],
        say('cgroup-driver-differs/containerd', { runtime: one, systemd }),
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
      : [error([...path, 'disabled_plugins'], say('containerd-without-cri', { plugin: off }))]),
    ...elsewhere.map(({ address, place }) =>
      error([...path, ...place, 'address'], say('runtime-endpoint-differs/containerd', { address })),
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
      return error([...path, 'plugins', plugin, key], say('value-malformed', { key, value: settings[key] }));
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
    ...checkContainerdValues(config, plugins).map(({ path: at, words }) =>
      error([...path, ...at], refused(`containerd ${cluster.versions.containerd}`, words)),
    ),
  ];
};

/**
 * Settings that became plugins with version 4 of config.toml: with them the file stays at version 3, which containerd
 * migrates.
 */
export const containerdTablesAreCurrent: Rule = (cluster) => {
  if (cluster.spec.containerRuntime.type !== 'containerd') return [];
  const plugins = cluster.containerd.movedTables();
  return movedTables(cluster).map((one) => {
    return atKey(
      warning(
        [...path, one],
        say('containerd-table-moved', { version: cluster.containerd.version, table: one, plugin: plugins[one] }),
      ),
    );
  });
};
