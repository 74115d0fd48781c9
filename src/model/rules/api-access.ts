import { nearest } from '../../base/nearest.ts';
import { nodeRestriction } from '../admission-plugins.ts';
import { apiAccess } from '../api-access.ts';
import type { Cluster } from '../cluster.ts';
import { extraFlag, type FinalFlag, finalFlags } from '../final-flags.ts';
import { attempt } from '../loading/intact.ts';
import { say } from './access-messages.ts';
import { atKey, error, type Finding, type Rule, warning } from './rule.ts';

const program = 'kube-apiserver';
const modesPath = ['kubernetes', 'apiServer', 'authorizationModes'];

function given(cluster: Cluster): (flag: string) => FinalFlag | undefined {
  const flags = finalFlags(cluster, program);
  return (flag) => flags.find((one) => one.flag === flag);
}

/** The plugins of a flag's list, each with the place where the user wrote it. */
function pluginList(
  cluster: Cluster,
  list: 'enable' | 'disable',
): readonly { name: string; path: FinalFlag['path'] }[] {
  const flag = extraFlag(cluster, program, `${list}-admission-plugins`);
  if (flag) return flag.value.split(',').flatMap((name) => (name === '' ? [] : [{ name, path: flag.path }]));
  const path = ['kubernetes', 'apiServer', 'admissionPlugins', list];
  return cluster.spec.kubernetes.apiServer.admissionPlugins[list].map((name, index) => ({
    name,
    path: [...path, index],
  }));
}

/** kube-apiserver exits on an unknown plugin, and on one that is both enabled and disabled (options/admission.go). */
export const admissionPluginsExist: Rule = (cluster) => {
  const { kubernetes } = cluster;
  const [enable = [], disable = []] = (['enable', 'disable'] as const).map((list) =>
    attempt(() => pluginList(cluster, list)),
  );
  const unknown = [...enable, ...disable].flatMap(({ name, path }): Finding[] => {
    const { known, since, until } = kubernetes.validAdmissionPlugin(name);
    if (known) return [];
    const near = nearest(name, kubernetes.admissionPlugins());
    return [error(path, say('plugin-unknown', { version: kubernetes.version, name, since, until, near }))];
  });
  const both = disable.filter(({ name }) => enable.some((other) => other.name === name));
  const overlaps = both.map(({ name, path }) => error(path, say('plugin-on-and-off', { name })));
  return [...unknown, ...overlaps];
};

/** Without NodeRestriction, a kubelet may label other nodes and write to their pods. */
export const nodesStayRestricted: Rule = (cluster) => {
  const flag = extraFlag(cluster, program, 'enable-admission-plugins');
  const off = pluginList(cluster, 'disable').find(({ name }) => name === nodeRestriction);
  const lost = flag && !flag.value.split(',').includes(nodeRestriction) ? flag : off;
  if (!lost) return [];
  return [warning(lost.path, say('node-restriction-off', { listed: lost === off, nodeRestriction }))];
};

/** Authorization that kubelets and knode's own programs need (kubernetes/authorization.go; knode's roles). */
export const authorizationLetsNodesIn: Rule = (cluster) => {
  const { authorizationModes: modes } = apiAccess(cluster);
  if (modes === undefined) return [];
  const allowed = (mode: string): boolean => (modes as readonly string[]).includes(mode);
  const twice = modes.flatMap((mode, index) =>
    modes.indexOf(mode) < index ? [error([...modesPath, index], say('authorization-mode', { mode }))] : [],
  );
  const open = allowed('AlwaysAllow') ? [warning(modesPath, say('authorization-open'))] : [];
  const decides = ['AlwaysAllow', 'ABAC', 'Webhook'].some(allowed);
  const missing = (['Node', 'RBAC'] as const).filter((mode) => !allowed(mode) && !decides);
  const shut = missing.map((mode) => error(modesPath, say('authorization-shut', { mode })));
  return [...twice, ...open, ...shut];
};

/** Modes and their files must match (pkg/kubeapiserver/options/authorization.go). */
export const authorizationFilesFit: Rule = (cluster) => {
  const flag = given(cluster);
  const { authorizationModes: modes } = apiAccess(cluster);
  const files = [
    ['ABAC', 'authorization-policy-file'],
    ['Webhook', 'authorization-webhook-config-file'],
  ] as const;
  if (modes === undefined) {
    const legacy = finalFlags(cluster, program).filter(({ flag: name }) =>
      /^authorization-(webhook-|policy-)/.test(name),
    );
    return legacy.map(({ flag: name, path }) => atKey(error(path, say('flag-conflict/authorization', { name }))));
  }
  return files.flatMap(([mode, name]): Finding[] => {
    const file = flag(name);
    const used = modes.includes(mode);
    if (used && !file) return [error(modesPath, say('authorization-file', { mode, name }))];
    if (!used && file) return [atKey(error(file.path, say('flag-conflict/mode', { name, mode })))];
    return [];
  });
};

/** Flags of OpenID Connect, or the file that replaces them (pkg/kubeapiserver/options/authentication.go). */
export const authenticationFits: Rule = (cluster) => {
  const flag = given(cluster);
  const config = flag('authentication-config');
  const oidc = finalFlags(cluster, program).filter(({ flag: name }) => name.startsWith('oidc-'));
  if (config) {
    const refused = oidc.map(({ flag: name, path }) =>
      atKey(error(path, say('flag-conflict/authentication', { name }))),
    );
    const open = apiAccess(cluster).anonymousUnknown && !cluster.spec.kubernetes.apiServer.anonymousAuth;
    return [...refused, ...(open ? [atKey(warning(config.path, say('anonymous-by-file')))] : [])];
  }
  const [issuer, client] = [flag('oidc-issuer-url'), flag('oidc-client-id')];
  const alone = issuer && !client ? issuer : client && !issuer ? client : undefined;
  if (!alone) return [];
  return [atKey(error(alone.path, say('flag-conflict/oidc', { flag: alone.flag, when: alone === issuer })))];
};

/** In the minor that introduced these files they need a gate. */
export const accessFilesHaveGate: Rule = (cluster) =>
  (['authentication-config', 'authorization-config'] as const).flatMap((name) => {
    const flag = extraFlag(cluster, program, name);
    const gate = cluster.kubernetes.accessConfigGate(name);
    if (!flag || gate === undefined || given(cluster)('feature-gates')?.value.includes(`${gate}=true`)) return [];
    return [atKey(error(flag.path, say('flag-needs-gate', { version: cluster.kubernetes.version, name, gate })))];
  });
