import type { DataPath } from '../../base/diagnostic.ts';
import { nearest } from '../../base/nearest.ts';
import { checkPairs } from '../../release/compatibility.ts';
import { osRelease } from '../../release/program/os-release.ts';
import type { Cluster } from '../cluster.ts';
import { say } from './messages.ts';
import { atKey, error, type Finding, type Rule, warning } from './rule.ts';

/** Versions and modes that are incompatible (release/compatibility.ts). */
export const versionsGoTogether: Rule = (cluster) => pairsOn(cluster, cluster.spec.os.release);

/**
 * Incompatible choices for an operating system.
 * @param os its name in the facts, or undefined if it is not known.
 */
export function pairsOn(
  { spec, versions, proxyMode, usesFlannel }: Cluster,
  os: string | undefined,
): readonly Finding[] {
  const paths: Readonly<Record<string, DataPath>> = {
    etcd: ['etcd', 'version'],
    flannel: ['network', 'flannel', 'version'],
    containerd: ['containerRuntime', 'containerd', 'version'],
    docker: ['containerRuntime', 'docker', 'version'],
    criDockerd: ['containerRuntime', 'docker', 'criDockerdVersion'],
    proxyMode: ['kubernetes', 'kubeProxy', 'mode'],
    ...(spec.os.release === undefined ? {} : { os: ['os', 'release'] }),
  };
  const pairs = checkPairs({
    kubernetes: versions.kubernetes,
    runtime: spec.containerRuntime.type,
    proxyMode,
    etcd: versions.etcd,
    containerd: versions.containerd,
    docker: versions.docker,
    criDockerd: versions.criDockerd,
    ...(usesFlannel ? { flannel: versions.flannel, flannelStore: spec.network.flannel.store } : {}),
    ...(os === undefined ? {} : { os }),
    toleratesCgroupV1: spec.kubernetes.kubelet.extraConfig.failCgroupV1 === false,
  });
  return pairs.map(({ severity, code, message, hint, which }) => ({
    severity,
    code,
    message,
    hint,
    path: paths[which] ?? ['kubernetes', 'version'],
  }));
}

/** A family decides package names and paths; a release of the other family would boot without its programs. */
export const osReleaseIsOfFamily: Rule = ({ spec }) => {
  const { release, family } = spec.os;
  const own = release === undefined ? undefined : osRelease(release);
  if (own === undefined || own.family === family) return [];
  return [error(['os', 'release'], say('os-family-differs', { title: own.title, own: own.family, said: family }))];
};

export const flannelBackendExists: Rule = ({ spec, flannel, usesFlannel }) => {
  if (!usesFlannel) return [];
  const { Type: type, ...keys } = spec.network.flannel.backend;
  const path = ['network', 'flannel', 'backend'];
  const { known, since, until } = flannel.backend(type);
  if (!known) {
    const near = nearest(type, flannel.backends());
    return [
      error(
        [...path, 'Type'],
        say('backend-unknown', { version: flannel.version, type, since, until, near, backends: flannel.backends() }),
      ),
    ];
  }
  const knownKeys = flannel.backendKeys(type)?.map((key) => key.split(' ')[0] ?? key);
  if (knownKeys === undefined) return [];
  return Object.keys(keys).flatMap((key) => {
    if (knownKeys.includes(key)) return [];
    const near = nearest(key, knownKeys);
    return [atKey(error([...path, key], say('backend-key-unknown', { type, key, near, knownKeys })))];
  });
};

/** Opening a kubelet to everyone on the network is possible, but always reported (seed documents 000 and 003 do it). */
export const kubeletStaysClosed: Rule = ({ spec }) => {
  const { readOnlyPort, authentication, authorization } = spec.kubernetes.kubelet.extraConfig as {
    readonly readOnlyPort?: unknown;
    readonly authentication?: { readonly anonymous?: { readonly enabled?: unknown } };
    readonly authorization?: { readonly mode?: unknown };
  };
  const path = ['kubernetes', 'kubelet', 'extraConfig'];
  return [
    ...(typeof readOnlyPort === 'number' && readOnlyPort !== 0
      ? [warning([...path, 'readOnlyPort'], say('kubelet-open/port', { port: readOnlyPort }))]
      : []),
    ...(authentication?.anonymous?.enabled === true
      ? [warning([...path, 'authentication', 'anonymous', 'enabled'], say('kubelet-open/anonymous'))]
      : []),
    ...(authorization?.mode === 'AlwaysAllow'
      ? [warning([...path, 'authorization', 'mode'], say('kubelet-open/mode'))]
      : []),
  ];
};

/** An older kubelet has no such field: the setting would silently have no effect. */
export const seccompDefaultIsThere: Rule = ({ spec, kubernetes }) => {
  if (spec.kubernetes.kubelet.seccompDefault !== true || kubernetes.hasSeccompDefault()) return [];
  return [
    atKey(error(['kubernetes', 'kubelet', 'seccompDefault'], say('field-version', { version: kubernetes.version }))),
  ];
};
