import type { DataPath } from '../../base/diagnostic.ts';
import { nearest } from '../../base/nearest.ts';
import { checkPairs } from '../../release/compatibility.ts';
import { checkExtraArgs } from '../../release/flags.ts';
import type { Cluster } from '../cluster.ts';
import { deniedArgs } from './denied-args.ts';
import { atKey, error, type Finding, type Rule, warning } from './rule.ts';

/** Versions and modes that do not go together (release/compatibility.ts). */
export const versionsGoTogether: Rule = ({ spec, versions, proxyMode }) => {
  const paths: Readonly<Record<string, DataPath>> = {
    etcd: ['etcd', 'version'],
    flannel: ['network', 'flannel', 'version'],
    containerd: ['containerRuntime', 'containerd', 'version'],
    docker: ['containerRuntime', 'docker', 'version'],
    proxyMode: ['kubernetes', 'kubeProxy', 'mode'],
  };
  const pairs = checkPairs({
    kubernetes: versions.kubernetes,
    runtime: spec.containerRuntime.type,
    proxyMode,
    etcd: versions.etcd,
    containerd: versions.containerd,
    docker: versions.docker,
    ...(spec.network.provider === 'flannel'
      ? { flannel: versions.flannel, flannelStore: spec.network.flannel.store }
      : {}),
  });
  return pairs.map(({ severity, code, message, hint, which }) => ({
    severity,
    code,
    message,
    hint,
    path: paths[which] ?? ['kubernetes', 'version'],
  }));
};

interface ArgsOf {
  readonly program: keyof typeof deniedArgs;
  readonly path: DataPath;
  readonly names: readonly string[];
  readonly problems: readonly {
    readonly flag: string;
    readonly problem: string;
    readonly since?: string;
    readonly until?: string;
    readonly nearest?: string;
  }[];
  readonly version: string;
}

function argsOf(cluster: Cluster): readonly ArgsOf[] {
  const { spec, versions, kubernetes } = cluster;
  const programs = [
    ['kube-apiserver', 'apiServer'],
    ['kube-controller-manager', 'controllerManager'],
    ['kube-scheduler', 'scheduler'],
    ['kubelet', 'kubelet'],
    ['kube-proxy', 'kubeProxy'],
  ] as const;
  const ofKubernetes = programs.map(([program, key]): ArgsOf => {
    const names = Object.keys(spec.kubernetes[key].extraArgs);
    return {
      program,
      path: ['kubernetes', key, 'extraArgs'],
      names,
      version: versions.kubernetes,
      problems: checkExtraArgs(program, kubernetes.minor, names),
    };
  });
  const etcdNames = Object.keys(spec.etcd.extraArgs);
  const flannelNames = Object.keys(spec.network.flannel.extraArgs);
  return [
    ...ofKubernetes,
    {
      program: 'etcd',
      path: ['etcd', 'extraArgs'],
      names: etcdNames,
      version: versions.etcd,
      problems: cluster.etcd.checkExtraArgs(etcdNames),
    },
    {
      program: 'flanneld',
      path: ['network', 'flannel', 'extraArgs'],
      names: flannelNames,
      version: versions.flannel,
      problems: cluster.flannel.checkExtraArgs(flannelNames),
    },
  ];
}

/** A flag that the program does not know ends it at start; one that knode needs holds the cluster together. */
export const extraArgsAreKnown: Rule = (cluster) =>
  argsOf(cluster).flatMap(({ program, path, names, problems, version }) => {
    const strange = new Set(problems.map(({ flag }) => flag));
    const denials = names.flatMap((name) => {
      const why = deniedArgs[program]?.[name.replaceAll('_', '-')];
      // What the version does not have is no temptation.
      if (why === undefined || strange.has(name)) return [];
      return [
        error([...path, name], 'flag-denied', `--${name} of ${program} is knode's own: ${why.reason}`, why.instead),
      ];
    });
    return [...problems.map((found) => unknownArg(program, version, path, found)), ...denials].map(atKey);
  });

function unknownArg(program: string, version: string, path: DataPath, found: ArgsOf['problems'][number]): Finding {
  const { flag, problem, since, until } = found;
  const place = [...path, flag];
  if (problem === 'removed') {
    return error(
      place,
      'flag-removed',
      `${program} ${version} has no --${flag} any more: the last that had it was ${until}`,
      'remove it; docs/from-the-seeds.md tells what came after',
    );
  }
  if (problem === 'not-yet')
    return error(
      place,
      'flag-not-yet',
      `${program} ${version} has no --${flag} yet: it came with ${since}`,
      'remove it, or use a newer version',
    );
  const hint = found.nearest === undefined ? 'see the reference of the program' : `did you mean '${found.nearest}'?`;
  return error(place, 'flag-unknown', `${program} ${version} has no flag --${flag}`, hint);
}

/** An unknown field would only be logged and ignored by kubelet and kube-proxy: here it is an error. */
export const extraConfigIsKnown: Rule = ({ spec, kubernetes }) => {
  const kinds = [
    ['KubeletConfiguration', 'kubelet'],
    ['KubeProxyConfiguration', 'kubeProxy'],
  ] as const;
  return kinds.flatMap(([kind, key]) =>
    kubernetes.checkConfigFields(kind, spec.kubernetes[key].extraConfig).map((found) => {
      const path = ['kubernetes', key, 'extraConfig', ...found.path];
      const field = found.path.join('.');
      if (found.problem === 'type') {
        const hint = typeHint(spec.kubernetes[key].extraConfig, found.path) ?? `see the reference of ${kind}`;
        return error(path, 'field-type', `${kind} ${field} must be ${found.expected}`, hint);
      }
      if (found.problem === 'unknown') {
        const hint = found.nearest === undefined ? `see the reference of ${kind}` : `did you mean '${found.nearest}'?`;
        return atKey(error(path, 'field-unknown', `${kind} has no field ${field}`, hint));
      }
      const when = found.problem === 'removed' ? `until ${found.until}` : `from ${found.since} on`;
      const message = `${kind} of Kubernetes ${kubernetes.version} has no field ${field}: Kubernetes has it ${when}`;
      return atKey(error(path, 'field-version', message, 'remove it'));
    }),
  );
};

/** The usual slips: quotes too many, or one value where a list belongs. */
function typeHint(config: Readonly<Record<string, unknown>>, path: readonly string[]): string | undefined {
  const value = path.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], config);
  if (typeof value === 'string' && /^(true|false|-?\d+(\.\d+)?)$/.test(value)) return `without quotes: ${value}`;
  return undefined;
}

/** dockerd ends on an unknown key, and on one that stands both in daemon.json and on its command line. */
export const daemonKeysAreKnown: Rule = ({ spec, docker, usesCni }) => {
  if (spec.containerRuntime.type !== 'docker') return [];
  const keys = Object.keys(spec.containerRuntime.docker.extraConfig);
  const path = ['containerRuntime', 'docker', 'extraConfig'];
  const problems = docker.checkDaemonKeys(keys).map(({ key, problem, since, until, nearest: near }) => {
    const hint = near === undefined ? 'dockerd ends on a key that it does not know' : `did you mean '${near}'?`;
    if (problem === 'unrecorded')
      return warning([...path, key], 'daemon-key-unrecorded', `knode has no record of daemon.json's ${key}`, hint);
    const when = problem === 'removed' ? `it went after ${until}` : `it came with ${since}`;
    return error(
      [...path, key],
      'daemon-key-version',
      `docker ${docker.version} has no ${key} in daemon.json: ${when}`,
      'remove it',
    );
  });
  const flannelKeys = usesCni ? [] : keys.filter((key) => ['bip', 'mtu', 'ip-masq'].includes(key));
  const taken = flannelKeys.map((key) =>
    error(
      [...path, key],
      'daemon-key-taken',
      `${key} comes from flannel at boot; dockerd ends when it is given twice`,
      'remove it',
    ),
  );
  return [...problems, ...taken].map(atKey);
};

/** What knode decides about config.toml, and where it is set instead. */
const containerdOwn: Readonly<Record<string, string>> = {
  version: 'it follows from the containerd version',
  root: 'set containerRuntime.containerd.dataDir',
  state: 'leave it out: kubelet looks for the socket below it',
};

/** containerd ignores what it does not know in config.toml: a setting of another version's plugin would be lost silently. */
export const containerdKeysAreKnown: Rule = ({ spec, containerd }) => {
  if (spec.containerRuntime.type !== 'containerd') return [];
  const { extraConfig } = spec.containerRuntime.containerd;
  const path = ['containerRuntime', 'containerd', 'extraConfig'];
  const taken = Object.keys(extraConfig).flatMap((key) => {
    const why = containerdOwn[key];
    return why === undefined
      ? []
      : [error([...path, key], 'containerd-key-taken', `${key} of config.toml is knode's own`, why)];
  });
  const plugins = Object.entries((extraConfig.plugins ?? {}) as Record<string, unknown>);
  const foreign = plugins.flatMap(([plugin, settings]) => {
    const place = [...path, 'plugins', plugin];
    if (plugin.includes('cri') && !containerd.criPlugins().includes(plugin)) {
      const message = `containerd ${containerd.version} has no plugin ${plugin}: it would ignore these settings`;
      return [error(place, 'containerd-plugin', message, `its CRI plugins are ${containerd.criPlugins().join(', ')}`)];
    }
    const gone = Object.keys((settings ?? {}) as object).filter((key) => containerd.removedKeys().includes(key));
    return gone.map((key) =>
      error(
        [...place, key],
        'containerd-key-removed',
        `containerd ${containerd.version} has no ${key}: it went with 2.0`,
        'remove it',
      ),
    );
  });
  return [...taken, ...foreign];
};

export const admissionPluginsExist: Rule = ({ spec, kubernetes }) =>
  (['enable', 'disable'] as const).flatMap((list) =>
    spec.kubernetes.apiServer.admissionPlugins[list].flatMap((name, index) => {
      const { known, since, until } = kubernetes.validAdmissionPlugin(name);
      if (known) return [];
      const path = ['kubernetes', 'apiServer', 'admissionPlugins', list, index];
      const near = nearest(name, kubernetes.admissionPlugins());
      const when = since === undefined ? '' : ` (known ${since} to ${until})`;
      const hint = near === undefined ? 'remove it: kube-apiserver would not start' : `did you mean '${near}'?`;
      return [
        error(
          path,
          'plugin-unknown',
          `kube-apiserver ${kubernetes.version} has no admission plugin ${name}${when}`,
          hint,
        ),
      ];
    }),
  );

export const flannelBackendExists: Rule = ({ spec, flannel }) => {
  if (spec.network.provider !== 'flannel') return [];
  const { Type: type, ...keys } = spec.network.flannel.backend;
  const path = ['network', 'flannel', 'backend'];
  const { known, since, until } = flannel.backend(type);
  if (!known) {
    const when = since === undefined ? '' : ` (known ${since} to ${until})`;
    const near = nearest(type, flannel.backends());
    const hint = near === undefined ? `choose one of ${flannel.backends().join(', ')}` : `did you mean '${near}'?`;
    return [
      error([...path, 'Type'], 'backend-unknown', `flannel ${flannel.version} has no back end ${type}${when}`, hint),
    ];
  }
  const knownKeys = flannel.backendKeys(type)?.map((key) => key.split(' ')[0] ?? key);
  if (knownKeys === undefined) return [];
  return Object.keys(keys).flatMap((key) => {
    if (knownKeys.includes(key)) return [];
    const near = nearest(key, knownKeys);
    const hint = near === undefined ? `known: ${knownKeys.join(', ')}` : `did you mean '${near}'?`;
    return [atKey(error([...path, key], 'backend-key-unknown', `flannel's back end ${type} has no key ${key}`, hint))];
  });
};

/** Every soft threshold has a grace period, or kubelet does not start. */
export const softEvictionsHaveGrace: Rule = ({ spec }) => {
  const { evictionSoft, evictionSoftGracePeriod } = spec.kubernetes.kubelet;
  return Object.keys(evictionSoft).flatMap((signal) => {
    if (signal in evictionSoftGracePeriod) return [];
    const path = ['kubernetes', 'kubelet', 'evictionSoft', signal];
    const message = `the soft threshold ${signal} has no grace period: kubelet would not start`;
    return [atKey(error(path, 'eviction-grace', message, `add evictionSoftGracePeriod: {${signal}: 1m}`))];
  });
};
