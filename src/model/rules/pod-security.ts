import type { DataPath } from '../../base/diagnostic.ts';
import { parseGoBool } from '../../release/values/go-syntax.ts';
import type { Cluster } from '../cluster.ts';
import { extraFlag } from '../final-flags.ts';
import { attempt } from '../loading/intact.ts';
import { say } from './access-messages.ts';
import { atKey, error, type Finding, type Rule, warning } from './rule.ts';

const program = 'kube-apiserver';
const path = ['kubernetes', 'podSecurity'];

/** kube-apiserver exits on the configuration of an unknown plugin (apiserver, pkg/admission/config.go). */
export const podSecurityIsThere: Rule = ({ spec, kubernetes }) => {
  if (spec.kubernetes.podSecurity === undefined || kubernetes.hasPodSecurity()) return [];
  return [atKey(error(path, say('pod-security-not-yet', { version: kubernetes.version })))];
};

/** The place where the file disables the plugin by name. */
function switchedOff(cluster: Cluster): DataPath | undefined {
  const flag = extraFlag(cluster, program, 'disable-admission-plugins');
  if (flag) return flag.value.split(',').includes('PodSecurity') ? flag.path : undefined;
  const index = cluster.spec.kubernetes.apiServer.admissionPlugins.disable.indexOf('PodSecurity');
  return index < 0 ? undefined : ['kubernetes', 'apiServer', 'admissionPlugins', 'disable', index];
}

/** The gate of the API server, by its setting or by a flag; undefined if neither is given. */
function gateGiven(cluster: Cluster): { readonly on: boolean; readonly path: DataPath } | undefined {
  const flag = extraFlag(cluster, program, 'feature-gates');
  const own = cluster.spec.kubernetes.apiServer.featureGates;
  if (flag) {
    const item = flag.value.split(',').find((one) => /^(kube:)?(PodSecurity|AllAlpha)=/.test(one.trim()));
    return item === undefined ? undefined : { on: parseGoBool(item.split('=')[1] ?? '') !== false, path: flag.path };
  }
  const on = own.PodSecurity;
  return on === undefined ? undefined : { on, path: ['kubernetes', 'apiServer', 'featureGates', 'PodSecurity'] };
}

/** A level that is not enforced gives false security. */
export const podSecurityIsRead: Rule = (cluster) => {
  const { spec, kubernetes } = cluster;
  if (spec.kubernetes.podSecurity === undefined || !kubernetes.hasPodSecurity()) return [];
  const file = extraFlag(cluster, program, 'admission-control-config-file');
  const off = attempt(() => switchedOff(cluster));
  const gate = attempt(() => gateGiven(cluster));
  const gates = kubernetes.podSecurityGate() === undefined ? undefined : extraFlag(cluster, program, 'feature-gates');
  return [
    ...(file ? [atKey(error(file.path, say('pod-security-unread/file')))] : []),
    ...(off ? [error(off, say('pod-security-unread/off'))] : []),
    ...(gate && !gate.on ? [error(gate.path, say('pod-security-unread/gate'))] : []),
    ...(gates && !gate ? [error(gates.path, say('pod-security-unread/gates'))] : []),
  ];
};

/** admission/api/validation of k8s.io/pod-security-admission: each name once, and not empty. */
export const podSecurityExemptsOnce: Rule = ({ spec }) => {
  const { podSecurity } = spec.kubernetes;
  if (podSecurity === undefined) return [];
  const lists = Object.entries(podSecurity.exempt) as [string, readonly string[]][];
  return lists.flatMap(([key, names]) =>
    names.flatMap((name, index): Finding[] => {
      const at = [...path, 'exempt', key, index];
      if (name === '') return [error(at, say('pod-security-name/empty'))];
      if (names.indexOf(name) === index) return [];
      return [error(at, say('pod-security-name/twice', { name }))];
    }),
  );
};

/** CoreDNS binds port 53 as its image's user, without a seccomp profile: it meets baseline, not restricted. */
export const podSecurityLetsDnsStart: Rule = ({ spec, kubernetes }) => {
  const { podSecurity } = spec.kubernetes;
  if (podSecurity?.enforce !== 'restricted' || !kubernetes.hasPodSecurity()) return [];
  if (!spec.addons.coreDNS.enabled || podSecurity.exempt.namespaces.includes('kube-system')) return [];
  return [warning([...path, 'enforce'], say('pod-security-dns'))];
};
