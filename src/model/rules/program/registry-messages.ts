import { speaker } from '../../../base/catalogue.ts';

/** Messages of rules about registries. */
export const say = speaker('model/rules/registries', {
  'registry-url-fragment': ({ url }: { url: string }) => ({
    message: `containerd leaves out what stands behind # in the URL of a registry: ${url}`,
    hint: 'remove it',
  }),
  'invalid-url': ({ url }: { url: string }) => ({
    message: `'${url}' is not a URL`,
    hint: 'write it with its host, for example https://mirror.example.com',
  }),
  'registry-url-extras': ({ url }: { url: string }) => ({
    message: `containerd takes no login or query from the URL of a registry: ${url}`,
    hint: 'write the URL alone; a login goes to containerRuntime.containerd.registries: [{ host, credentials }]',
  }),
  'registry-twice': ({ host, earlier }: { host: string; earlier: number }) => ({
    message: `${host} is described twice: registries[${earlier}] does it too`,
    hint: 'keep one entry a host',
  }),
  'registry-login-twice': ({ host }: { host: string }) => ({
    message: `${host} is told two logins`,
    hint: "keep 'credentials', or the header",
  }),
  'registry-user-colon': {
    message: 'a user name cannot hold a colon',
    hint: 'a colon ends the user name in a login (RFC 7617, 2)',
  },
  'registry-tls-on-http': ({ host, tls }: { host: string; tls: string }) => ({
    message: `${host} is only asked by http, where ${tls} means nothing`,
    hint: `remove ${tls}, or write https://`,
  }),
  'registry-not-verified': ({ host }: { host: string }) => ({
    message: `skipVerify takes any certificate: the ca of ${host} proves nothing`,
    hint: 'remove skipVerify',
  }),
  'registry-setting-version': ({ version, key, since }: { version: string; key: string; since: string }) => ({
    message: `containerd ${version} has no ${key} of registries: it came with ${since}`,
    hint: `remove it, or choose containerd ${since} or newer`,
  }),
  'registry-default-alone': ({ version }: { version: string }) => ({
    message: `containerd ${version} takes settings for all registries only beside a mirror for all`,
    hint: 'name each registry, add registryMirrors._default, or choose containerd 2.0 or newer',
  }),
  'registry-path': ({ version, url }: { version: string; url: string }) => ({
    message: `containerd ${version} asks ${url}/v2, which a proxy cache below /v2/ does not have`,
    hint: 'choose containerd 1.6 or newer, which has override_path',
  }),
  'containerd-registry-twice/mirrors': {
    message: 'containerd refuses registry.mirrors beside config_path, which knode sets',
    hint: 'write them in containerRuntime.containerd.registryMirrors',
  },
  'containerd-registry-twice/tls': {
    message: 'containerd refuses registry.configs.tls beside config_path, which knode sets',
    hint: 'write it in containerRuntime.containerd.registries: ca, client, skipVerify',
  },
  'containerd-config-path': {
    message: `config_path does not name /etc/containerd/certs.d: registryMirrors and registries would have no effect`,
    hint: 'remove config_path, or name both folders with a colon between them',
  },
  'docker-mirror-extras': ({ url }: { url: string }) => ({
    message: `dockerd takes no login, path, query or fragment in a mirror's URL: ${url}`,
    hint: 'write scheme and host alone; a mirror with a path needs containerd',
  }),
});
