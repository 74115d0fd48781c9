import { nearest } from '../../../base/nearest.ts';
import { parseGoBool } from '../../../release/values/go-syntax.ts';
import { extraFlag } from '../../final-flags.ts';
import { atKey, error, type Finding, type Rule } from '../rule.ts';
import { say } from './flag-messages.ts';

/** apiserver, pkg/server/options/api_enablement.go and resourceconfig/helpers.go. */
export const apiSwitchesAreRead: Rule = (cluster) => {
  const flag = extraFlag(cluster, 'kube-apiserver', 'runtime-config');
  if (!flag) return [];
  const items = flag.value
    .split(',')
    .flatMap((item) => (item === '' ? [] : [item.split('=').map((part) => part.trim())]));
  const wrong = items.filter(([, value = '']) => value !== '' && parseGoBool(value) === undefined);
  const none = items.length === 1 && items[0]?.[0] === 'api/all' && items[0][1] === 'false';
  return [
    ...wrong.map(([key, value]) => error(flag.path, say('flag-value/runtime-config', { value, key }))),
    ...(none ? [error(flag.path, say('flag-value/no-api'))] : []),
  ];
};

/** Groups that kube-apiserver registers in some minor (pkg/apis/*, kube-aggregator, apiextensions-apiserver). */
const apiGroups: readonly string[] = [
  'admission.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'apps',
  'auditregistration.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'extensions',
  'flowcontrol.apiserver.k8s.io',
  'imagepolicy.k8s.io',
  'internal.apiserver.k8s.io',
  'networking.k8s.io',
  'node.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'resource.k8s.io',
  'scheduling.k8s.io',
  'settings.k8s.io',
  'storage.k8s.io',
  'storagemigration.k8s.io',
];

/**
 * apiserver, pkg/server/options/api_enablement.go: `api/…` for all of a kind, `v1` for the core API, otherwise
 * group/version[/resource].
 */
export const apiGroupsExist: Rule = (cluster) => {
  const flag = extraFlag(cluster, 'kube-apiserver', 'runtime-config');
  const own = cluster.spec.kubernetes.apiServer.runtimeConfig;
  const path = ['kubernetes', 'apiServer', 'runtimeConfig'];
  const keys = flag
    ? flag.value
        .split(',')
        .flatMap((item) => (item === '' ? [] : [{ key: item.split('=')[0]?.trim() ?? '', path: flag.path }]))
    : Object.keys(own).map((key) => ({ key, path: [...path, key] }));
  return keys.flatMap(({ key, path: at }): Finding[] => {
    if (/^api\/(all|ga|beta|alpha|legacy)$/.test(key) || /^v\d+(\/[a-z]+)?$/.test(key)) return [];
    const [group = ''] = key.split('/');
    if (key.includes('/') && apiGroups.includes(group)) return [];
    const near = nearest(group, apiGroups);
    return [atKey(error(at, say('api-group-unknown', { key, near: near === group ? undefined : near })))];
  });
};
