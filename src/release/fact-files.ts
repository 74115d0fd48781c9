import type { FeatureGateFacts, FlagRange, KubernetesConfigs, KubernetesMinors } from './kubernetes-fact-files.ts';

/** The shapes of the other `facts/*.json`, as far as knode reads them. See facts/README.md. */

/** Values that a program accepts for one field of its configuration file. */
export interface FieldValueFact {
  /** Minors that refuse other values; absent: every minor that has the field. */
  readonly minors?: string;
  readonly min?: number | string;
  readonly max?: number | string;
  readonly above?: number;
  /** Each value with the minors that accept it, null for all. */
  readonly oneOf?: Readonly<Record<string, string | null>>;
  readonly eachOf?: readonly string[];
  readonly format?: string;
  readonly default?: unknown;
  /** An empty text, 0 and `0s` mean the default, too. */
  readonly zero?: true;
  /** The flag that overrides the field. */
  readonly flag?: string;
}

export interface ConfigValues {
  readonly KubeletConfiguration: Readonly<Record<string, FieldValueFact>>;
  readonly KubeProxyConfiguration: Readonly<Record<string, FieldValueFact>>;
}

export interface EtcdFacts {
  readonly versions: Readonly<Record<string, unknown>>;
  readonly flags: Readonly<Record<string, EtcdFlag>>;
}

export interface EtcdFlag {
  readonly type: string;
  /** Minors that accept it. */
  readonly in: readonly string[];
  /** Minors that log a warning about it. */
  readonly deprecated?: readonly string[];
  /** etcd's default without the flag, in the minors that deprecate it. */
  readonly default?: number;
}

export interface FlannelFacts {
  readonly etcd_api: Readonly<Record<'v2' | 'v3', string>>;
  readonly config_json_keys: Readonly<Record<string, string>>;
  readonly backends: Readonly<Record<string, string>>;
  readonly backend_keys: Readonly<Record<string, readonly string[]>>;
  readonly flags: Readonly<Record<string, { readonly type: string; readonly tags: string }>>;
}

export interface ContainerdFacts {
  readonly cri_api: Readonly<Record<string, readonly CriApi[]>>;
  readonly end_of_life: Readonly<Record<string, string>>;
  /** containerd minor → the last Kubernetes minor whose kubelet supports it. */
  readonly last_kubernetes: Readonly<Record<string, string>>;
  readonly kubernetes_pairs: readonly { readonly minors: string; readonly atLeast: readonly string[] }[];
  /** Table of config.toml → key → type. See the note beside it. */
  readonly value_types: Readonly<Record<string, Readonly<Record<string, TomlType>>>>;
}

export type TomlType = 'bool' | 'int' | 'string' | 'strings' | 'stringMap';

export type CriApi = 'v1alpha2' | 'v1';

export interface DockerFacts {
  /** Versions whose daemon.json was read, oldest first. */
  readonly versions: readonly string[];
  /** dockerd dropped `graph` in this version: from here on the facts of the newest apply. */
  readonly like_newest_since: string;
  readonly cgroup_v2_since: string;
  readonly 'daemon.json keys': Readonly<Record<string, readonly string[]>>;
}

/** Values that a program accepts for a flag, beyond its type. See the note of facts/flag-values.json. */
export interface ValueFact {
  readonly minors?: string;
  /** Replaces the type in the program's own list of flags. */
  readonly type?: string;
  readonly oneOf?: readonly string[];
  readonly eachOf?: readonly string[] | 'ciphers';
  /** A minus before an item of the list disables it. */
  readonly signed?: true;
  /** The names of a list of name=value. */
  readonly namesOf?: readonly string[];
  readonly min?: number | string;
  readonly max?: number | string;
  readonly orZero?: boolean;
  readonly with?: string;
  readonly source: string;
}

type ValueFacts = Readonly<Record<string, ValueFact | readonly ValueFact[]>>;

export interface FlagValueFacts {
  readonly sources: Readonly<Record<string, string>>;
  readonly ciphers: Readonly<Record<string, readonly string[]>>;
  /** Of all five programs of Kubernetes. */
  readonly kubernetes: ValueFacts;
  readonly 'kube-apiserver': ValueFacts;
  readonly 'kube-controller-manager': ValueFacts;
  readonly 'kube-scheduler': ValueFacts;
  readonly kubelet: ValueFacts;
  readonly etcd: ValueFacts;
}

/** Replacements of deprecated flags. See the note of facts/flag-successors.json. */
export type FlagSuccessors = Readonly<
  Record<
    'kubernetes' | 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler' | 'kubelet' | 'kube-proxy' | 'etcd',
    Readonly<Record<string, { readonly instead: string; readonly source: string }>>
  >
>;

/** One release of an operating system, as published. */
export interface OsReleaseFact {
  /** As `os.family` takes it. */
  readonly family: string;
  readonly title: string;
  /** The cgroup hierarchy that systemd mounts by default. */
  readonly cgroup: 'v1' | 'v2';
  readonly kernel: string;
  readonly glibc: string;
  readonly systemd: string;
  readonly cloudInit: string;
  readonly nginx: { readonly version: string; readonly from: string };
  /** The program that synchronises the clock. */
  readonly time: string;
  readonly openssl: string;
  /** How the facts are known; see the note in the file. */
  readonly read: 'booted' | 'index' | 'part' | 'known';
  readonly source: readonly string[];
}

export interface CoreDnsFacts {
  /** Plugin, or plugin and option, of the Corefile. */
  readonly options: Readonly<Record<string, { readonly since: string; readonly source: string }>>;
}

/** Name of a file in `facts/`, without its suffix, to the type of its content. */
export interface FactFiles {
  readonly coredns: CoreDnsFacts;
  readonly 'os-releases': { readonly releases: Readonly<Record<string, OsReleaseFact>> };
  readonly 'kubernetes-minors': KubernetesMinors;
  /** Program → flag → range; there is also a `note`. */
  readonly 'kubernetes-flags': Readonly<Record<string, Readonly<Record<string, FlagRange>>>>;
  readonly 'flag-values': FlagValueFacts;
  readonly 'flag-successors': FlagSuccessors;
  readonly 'feature-gates': FeatureGateFacts;
  readonly 'kubernetes-configs': KubernetesConfigs;
  readonly 'config-values': ConfigValues;
  readonly etcd: EtcdFacts;
  readonly flannel: FlannelFacts;
  readonly containerd: ContainerdFacts;
  readonly docker: DockerFacts;
}
