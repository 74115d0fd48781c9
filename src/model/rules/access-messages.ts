import { speaker } from '../../base/catalogue.ts';
import { suggest } from '../../base/wording.ts';

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
  'authorization-shut': ({ mode, who }: { mode: string; who: string }) => ({
    message: `without the mode ${mode}, ${who} are forbidden everything`,
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
  'encryption-resource/wrong': ({ name, why, hint }: { name: string; why: string; hint: string }) => ({
    message: `the resource '${name}' ${why}`,
    hint: hint,
  }),
  'encryption-resource/unknown': ({ name, near }: { name: string; near: string | undefined }) => ({
    message: `the core API has no resource '${name}': nothing would be encrypted`,
    hint: suggest(near, `write resource.group, for example ${name}.example.com`),
  }),
  'pod-security-not-yet': ({ version }: { version: string }) => ({
    message: `kube-apiserver ${version} has no admission plugin PodSecurity yet: it came with 1.22`,
    hint: 'remove it, or choose Kubernetes 1.22 or later',
  }),
  'pod-security-unread': ({ why, hint }: { why: string; hint: string }) => ({
    message: `kubernetes.podSecurity has no effect: ${why}`,
    hint: hint,
  }),
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
