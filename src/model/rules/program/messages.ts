import { phrases, speaker } from '../../../base/catalogue.ts';
import { list, suggest } from '../../../base/wording.ts';

/** Messages of rules about programs and their settings. */
export const say = speaker('model/rules/program', {
  'field-type': ({
    kind,
    field,
    expected,
    quoted,
  }: {
    kind: string;
    field: string;
    expected: string | undefined;
    quoted: string | undefined;
  }) => ({
    message: `${kind} ${field} must be ${expected}`,
    hint: quoted === undefined ? `see the reference of ${kind}` : `without quotes: ${quoted}`,
  }),
  'field-unknown': ({ kind, field, nearest }: { kind: string; field: string; nearest: string | undefined }) => ({
    message: `${kind} has no field ${field}`,
    hint: suggest(nearest, `see the reference of ${kind}`),
  }),
  'field-version': ({
    kind,
    version,
    field,
    problem,
    until,
    since,
  }: {
    kind: string;
    version: string;
    field: string;
    problem: string;
    until: string | undefined;
    since: string | undefined;
  }) => ({
    message: `${kind} of Kubernetes ${version} has no field ${field}: Kubernetes has it ${problem === 'removed' ? `until ${until}` : `from ${since} on`}`,
    hint: 'remove it',
  }),
  'daemon-key-unrecorded': ({ key, near }: { key: string; near: string | undefined }) => ({
    message: `knode has no record of daemon.json's ${key}`,
    hint: suggest(near, 'dockerd ends on a key that it does not know'),
  }),
  'daemon-key-version': ({
    version,
    key,
    problem,
    until,
    since,
  }: {
    version: string;
    key: string;
    problem: string;
    until: string | undefined;
    since: string | undefined;
  }) => ({
    message: `docker ${version} has no ${key} in daemon.json: ${problem === 'removed' ? `it went after ${until}` : `it came with ${since}`}`,
    hint: 'remove it',
  }),
  'daemon-key-taken': ({ key }: { key: string }) => ({
    message: `${key} comes from flannel at boot; dockerd ends when it is given twice`,
    hint: 'remove it',
  }),
  'containerd-key-taken': ({ key, why }: { key: string; why: string }) => ({
    message: `${key} of config.toml is knode's own`,
    hint: why,
  }),
  'containerd-plugin': ({
    version,
    plugin,
    criPlugins,
  }: {
    version: string;
    plugin: string;
    criPlugins: readonly string[];
  }) => ({
    message: `containerd ${version} has no plugin ${plugin}: it would ignore these settings`,
    hint: `its CRI plugins are ${list(criPlugins)}`,
  }),
  'containerd-plugin-key': ({
    version,
    key,
    plugin,
    runtimePlugin,
  }: {
    version: string;
    key: string;
    plugin: string;
    runtimePlugin: string;
  }) => ({
    message: `containerd ${version} ignores ${key} of ${plugin}: that plugin is its streaming server only`,
    hint: `write it under plugins."${runtimePlugin}", or under "io.containerd.cri.v1.images"`,
  }),
  'containerd-key-removed': ({ version, key }: { version: string; key: string }) => ({
    message: `containerd ${version} has no ${key}: it went with 2.0`,
    hint: 'remove it',
  }),
  'toml-null': { message: 'config.toml cannot hold null in a list', hint: 'leave the entry out' },
});

/** What knode decides about config.toml, and where it is set instead. */
export const containerdOwn = phrases('model/rules/containerd-own', {
  version: 'it follows from the containerd version',
  root: 'set containerRuntime.containerd.dataDir',
  state: 'leave it out: kubelet looks for the socket below it',
});
