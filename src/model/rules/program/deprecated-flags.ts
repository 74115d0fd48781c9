import type { DataPath } from '../../../base/diagnostic.ts';
import { fieldIsDeprecated } from '../../../release/config-fields.ts';
import type { KubernetesProgram } from '../../../release/flags.ts';
import { etcdSuccessorOf, type Successor, successorOf } from '../../../release/successors.ts';
import type { Cluster } from '../../cluster.ts';
import { flagSections } from '../../final-flags.ts';
import { eachIntact } from '../../loading/intact.ts';
import { atKey, type Finding, type Rule, warning } from '../rule.ts';
import { deniedArgs } from './denied-args.ts';
import { say } from './flag-messages.ts';

const programs: readonly KubernetesProgram[] = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
];

/** Settings of etcd that are flags which a version may deprecate. They are left out if they equal etcd's default. */
const etcdSettings = [
  ['maxSnapshots', 'max-snapshots'],
  ['maxWals', 'max-wals'],
  ['snapshotCount', 'snapshot-count'],
] as const;

function extraArgs(cluster: Cluster, path: DataPath): object {
  return path.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], cluster.spec) as object;
}

function tell(place: DataPath, program: string, flag: string, instead: string): Finding {
  return atKey(warning(place, say('flag-deprecated', { program, flag, instead })));
}

/** The setting of the cluster file for a field, otherwise the field itself. */
function words(cluster: Cluster, successor: Successor): string {
  if ('instead' in successor) return successor.instead;
  const { field } = successor;
  const own = Object.hasOwn(cluster.spec.kubernetes.kubelet, field);
  return `set kubernetes.kubelet.${own ? field : `extraConfig.${field}`}`;
}

function ofProgram(cluster: Cluster, program: KubernetesProgram): readonly Finding[] {
  const path = [...flagSections[program], 'extraArgs'];
  const { minor, version } = cluster.kubernetes;
  return Object.keys(extraArgs(cluster, path)).flatMap((name) => {
    const flag = name.replaceAll('_', '-');
    const successor = successorOf(program, minor, flag);
    // Flags that the user may not set are reported as such.
    if (successor === undefined || deniedArgs[program]?.[flag] !== undefined) return [];
    return [tell([...path, name], `${program} ${version}`, flag, words(cluster, successor))];
  });
}

function ofEtcd(cluster: Cluster): readonly Finding[] {
  const { etcd, versions } = cluster;
  const own = cluster.spec.etcd;
  const rendered = new Set(
    Object.keys(etcd.filterFlags(Object.fromEntries(etcdSettings.map(([key, flag]) => [flag, own[key]])))),
  );
  const given = [
    ...Object.keys(own.extraArgs).map((flag) => [['etcd', 'extraArgs', flag], flag] as const),
    ...etcdSettings
      .filter(([, flag]) => rendered.has(flag) && !Object.hasOwn(own.extraArgs, flag))
      .map(([key, flag]) => [['etcd', key], flag] as const),
  ];
  return given.flatMap(([place, flag]) => {
    const successor = etcdSuccessorOf(etcd, flag);
    return successor === undefined ? [] : [tell(place, `etcd ${versions.etcd}`, flag, words(cluster, successor))];
  });
}

/** A deprecated flag works, and will be removed in a later version: the warning names its replacement. */
export const flagsAreCurrent: Rule = (cluster) =>
  eachIntact([...programs.map((program) => () => ofProgram(cluster, program)), () => ofEtcd(cluster)], (findings) =>
    findings(),
  );

/** A field that the version accepts and ignores. */
export const fieldsHaveEffect: Rule = ({ spec, kubernetes }) => {
  const kinds = [
    ['KubeletConfiguration', 'kubelet'],
    ['KubeProxyConfiguration', 'kubeProxy'],
  ] as const;
  return eachIntact(kinds, ([kind, key]) => {
    const fields = Object.keys(spec.kubernetes[key].extraConfig);
    return fields
      .filter((field) => fieldIsDeprecated(kind, kubernetes.minor, field))
      .map((field) => {
        return atKey(
          warning(
            ['kubernetes', key, 'extraConfig', field],
            say('field-deprecated', { kind, version: kubernetes.version, field }),
          ),
        );
      });
  });
};
