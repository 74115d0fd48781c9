import type { DataPath } from '../../base/diagnostic.ts';
import { memoize } from '../../base/memoize.ts';
import { attempt } from '../../model/loading/intact.ts';
import { error, type Finding, type Rule, warning } from '../../model/rules/rule.ts';
import { containerRuntime as containerRuntimeSchema } from '../../model/schema/runtime.ts';
import { checkDaemonValues } from '../../release/relations/docker.ts';
import { containersFail } from '../../release/relations/docker-settings.ts';
import { daemonConfig } from '../runtime/docker.ts';
import { noContainer, refused, say } from './messages.ts';

const section = ['containerRuntime', 'docker'];

/** Settings of the section by their key in daemon.json. */
const settingOf: Readonly<Record<string, string>> = {
  'storage-driver': 'storageDriver',
  'registry-mirrors': 'registryMirrors',
  'insecure-registries': 'insecureRegistries',
  'live-restore': 'liveRestore',
  'log-opts': 'logMaxSize',
};

function placeOf(fields: readonly string[], extraConfig: Readonly<Record<string, unknown>>): DataPath {
  const own = fields.find((field) => Object.hasOwn(extraConfig, field));
  if (own !== undefined) return [...section, 'extraConfig', own];
  const setting = settingOf[fields[0] ?? ''];
  return setting === undefined ? section : [...section, setting];
}

/** Values of daemon.json that dockerd refuses at its start, wherever they come from. */
export const dockerdTakesValues: Rule = (cluster) => {
  const { type, docker } = cluster.spec.containerRuntime;
  const [node] = cluster.masters;
  if (type !== 'docker' || node === undefined) return [];
  // The registries check the mirrors of the setting one by one.
  const ownMirrors = docker.extraConfig['registry-mirrors'] !== undefined;
  const refusals = checkDaemonValues(daemonConfig({ cluster, node })).filter(
    ({ fields }) => fields[0] !== 'registry-mirrors' || ownMirrors,
  );
  const daemon = daemonConfig({ cluster, node });
  const place = (fields: readonly string[]): DataPath => placeOf(fields, docker.extraConfig);
  return [
    ...refusals.map((one) => error(place(one.fields), refused(`dockerd ${cluster.versions.docker}`, one))),
    ...containersFail(daemon).map((one) => error(place(one.fields), noContainer(one))),
  ];
};

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** kubelet, cri-dockerd and the node's scripts use the same socket, and only one cgroup manager can run the pods. */
export const dockerMeetsKubelet: Rule = ({ spec }) => {
  const { type, docker, cgroupDriver } = spec.containerRuntime;
  if (type !== 'docker') return [];
  const path = [...section, 'extraConfig'];
  const driver = strings(docker.extraConfig['exec-opts'])
    .map((option) => /^native\.cgroupdriver=(.*)$/.exec(option)?.[1])
    .find((one) => one !== undefined);
  const hosts = strings(docker.extraConfig.hosts);
  const sockets = ['unix:///var/run/docker.sock', 'unix:///run/docker.sock', 'unix://'];
  const findings: Finding[] = [];
  if (driver !== undefined && driver !== cgroupDriver) {
    findings.push(error([...path, 'exec-opts'], say('cgroup-driver-differs/docker', { driver, cgroupDriver })));
  }
  if (hosts.length > 0 && !hosts.some((host) => sockets.includes(host))) {
    findings.push(error([...path, 'hosts'], say('daemon-socket')));
  }
  const open = hosts.find((host) => host.startsWith('tcp://'));
  if (open !== undefined && docker.extraConfig.tlsverify !== true) {
    findings.push(warning([...path, 'hosts'], say('docker-open', { host: open })));
  }
  return findings;
};

/** The sections with their defaults. */
const defaultsOf = memoize((_section: string) => containerRuntimeSchema.parse(undefined));

/** Settings of a runtime that the cluster does not have. */
export const runtimeSettingsAreUsed: Rule = ({ spec }) => {
  const { containerRuntime } = spec;
  const other = containerRuntime.type === 'docker' ? 'containerd' : 'docker';
  const settings: Readonly<Record<string, unknown>> = containerRuntime[other];
  const usual: Readonly<Record<string, unknown>> = defaultsOf('containerRuntime')[other];
  const own = Object.keys(settings).filter(
    (key) => (attempt(() => JSON.stringify(settings[key])) ?? '') !== JSON.stringify(usual[key]),
  );
  return own.map((key) => {
    return warning(['containerRuntime', other, key], say('runtime-unused', { key, type: containerRuntime.type }));
  });
};
