import { speaker, type Words } from '../../base/catalogue.ts';
import { suggest } from '../../base/wording.ts';

type Advised = Words & { readonly hint: string };

function resource(why: string, hint: string): (parameters: { readonly name: string }) => Advised {
  return ({ name }) => ({ message: `the resource '${name}' ${why}`, hint });
}

function unread(why: string, hint: string): Advised {
  return { message: `kubernetes.podSecurity has no effect: ${why}`, hint };
}

const users = { Node: 'kubelets', RBAC: 'new nodes, controllers and administrators' } as const;

/** Messages of rules about access to the API and admission. */
export const say = speaker('model/rules/access', {
  'plugin-unknown': ({
    version,
    name,
    since,
    until,
    near,
  }: {
    version: string;
    name: string;
    since: string | undefined;
    until: string | undefined;
    near: string | undefined;
  }) => ({
    message: `kube-apiserver ${version} has no admission plugin ${name}${since === undefined ? '' : ` (known ${since} to ${until})`}`,
    hint: suggest(near, 'remove it: kube-apiserver would not start'),
  }),
  'plugin-on-and-off': ({ name }: { name: string }) => ({
    message: `the admission plugin ${name} is switched on and off`,
    hint: 'remove it from one list',
  }),
  'node-restriction-off': ({ listed, nodeRestriction }: { listed: boolean; nodeRestriction: string }) => ({
    message: 'NodeRestriction is off: root on one worker can change every other node',
    hint: listed ? 'remove it from the list' : `add ${nodeRestriction} to the list`,
  }),
  'authorization-mode': ({ mode }: { mode: string }) => ({
    message: `the mode ${mode} is named twice`,
    hint: 'remove one of them',
  }),
  'authorization-open': {
    message: 'AlwaysAllow lets everyone with any credential do everything',
    hint: 'use [Node, RBAC]',
  },
  'authorization-shut': ({ mode }: { mode: keyof typeof users }) => ({
    message: `without the mode ${mode}, ${users[mode]} are forbidden everything`,
    hint: `add ${mode} to the list`,
  }),
  'flag-conflict/authorization': ({ name }: { name: string }) => ({
    message: `kube-apiserver refuses --${name} beside --authorization-config`,
    hint: 'say it in the file',
  }),
  'authorization-file': ({ mode, name }: { mode: string; name: string }) => ({
    message: `the mode ${mode} needs --${name}`,
    hint: `set it under kubernetes.apiServer.extraArgs`,
  }),
  'flag-conflict/mode': ({ name, mode }: { name: string; mode: string }) => ({
    message: `kube-apiserver refuses --${name} without the mode ${mode}`,
    hint: `add ${mode} to kubernetes.apiServer.authorizationModes`,
  }),
  'flag-conflict/authentication': ({ name }: { name: string }) => ({
    message: `kube-apiserver refuses --${name} beside --authentication-config`,
    hint: 'say it in the file',
  }),
  'anonymous-by-file': {
    message: 'this file decides about requests without credentials, and lets them in unless it says otherwise',
    hint: "give the file 'anonymous: {enabled: false}', or its text under extraFiles, where knode can read it",
  },
  'flag-conflict/oidc': ({ flag, when }: { flag: string; when: boolean }) => ({
    message: `kube-apiserver refuses --${flag} without --${when ? 'oidc-client-id' : 'oidc-issuer-url'}`,
    hint: `add ${when ? 'oidc-client-id' : 'oidc-issuer-url'}`,
  }),
  'flag-needs-gate': ({ version, name, gate }: { version: string; name: string; gate: string }) => ({
    message: `kube-apiserver ${version} takes --${name} only with the feature gate ${gate}`,
    hint: `set kubernetes.apiServer.featureGates: {${gate}: true}`,
  }),
  'encryption-resource/capitals': ({ name }: { name: string }) => ({
    message: `the resource '${name}' has capital letters`,
    hint: `write ${name.toLowerCase()}, in the plural`,
  }),
  'encryption-resource/no-group': resource(
    'names no group',
    "write '*.' for the core API, or '*.*' for every resource",
  ),
  'encryption-resource/no-api': resource('has no REST API', 'remove it'),
  'encryption-resource/events': resource('is kept as events of the core API', 'write events'),
  'encryption-resource/gone': resource('is of a group that is gone', 'name the group that has it now'),
  'encryption-resource/across': resource('names a resource across groups', 'name its group'),
  'encryption-resource/wildcard': resource(
    'stands for nothing before Kubernetes 1.27: nothing would be encrypted',
    'name each resource',
  ),
  'encryption-resource/unknown': ({ name, near }: { name: string; near: string | undefined }) => ({
    message: `the core API has no resource '${name}': nothing would be encrypted`,
    hint: suggest(near, `write resource.group, for example ${name}.example.com`),
  }),
  'pod-security-not-yet': ({ version }: { version: string }) => ({
    message: `kube-apiserver ${version} has no admission plugin PodSecurity yet: it came with 1.22`,
    hint: 'remove it, or choose Kubernetes 1.22 or later',
  }),
  'pod-security-unread/file': unread('this file takes its place', 'say it in the file, or remove the flag'),
  'pod-security-unread/off': unread('the plugin is switched off', 'remove PodSecurity from the list'),
  'pod-security-unread/gate': unread('its feature gate is shut', 'remove it'),
  'pod-security-unread/gates': unread('the feature gate is not in this list', 'add PodSecurity=true to it'),
  'pod-security-name/empty': { message: 'the name is empty', hint: 'remove it' },
  'pod-security-name/twice': ({ name }: { name: string }) => ({
    message: `kube-apiserver refuses a name that stands here twice: '${name}'`,
    hint: 'remove one of them',
  }),
  'pod-security-dns': {
    message: 'CoreDNS would not start: it is in kube-system and not within the level restricted',
    hint: 'exempt kube-system, or enforce baseline; labels of a namespace can be stricter',
  },
});
