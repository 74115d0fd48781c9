/**
 * The shapes of `facts/kubernetes-*.json` and `facts/feature-gates.json`, as far as knode reads them. See
 * facts/README.md.
 */

export interface KubernetesMinors {
  readonly minors: Readonly<Record<string, ComponentVersions>>;
}

/** The default versions of other components for one Kubernetes minor. */
export interface ComponentVersions {
  /** Newest patch release of the minor. */
  readonly kubernetes: string;
  readonly pause: string;
  readonly coredns: string;
  readonly etcd: string;
  readonly cniPlugins: string;
  readonly crictl: string;
  readonly containerd: string;
  readonly runc: string;
  readonly flannel: string;
  readonly docker: string;
  readonly criDockerd: string;
}

export interface RangeFact {
  /** Absent: every minor in the facts. */
  readonly minors?: string;
  readonly deprecated?: string;
}

export interface FlagRange extends RangeFact {
  /** pflag's name of the type; by ranges of minors if it changed. */
  readonly type: string | Readonly<Record<string, string>>;
}

export interface FieldFact extends RangeFact {
  readonly type: string;
}

export interface ProxyModeFact extends RangeFact {
  readonly alpha?: string;
  readonly feature_gate?: string;
  readonly kernel?: string;
}

export interface KubernetesConfigs {
  readonly api_versions: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly admission_plugins: {
    readonly valid: Readonly<Record<string, string>>;
    readonly on_by_default: Readonly<Record<string, string>>;
  };
  readonly kubelet_node_labels: {
    readonly allowed_keys: readonly string[];
    readonly allowed_namespaces: readonly string[];
  };
  readonly kube_proxy_modes: Readonly<Record<string, ProxyModeFact>>;
  readonly KubeletConfiguration: Readonly<Record<string, FieldFact>>;
  readonly KubeProxyConfiguration: Readonly<Record<string, FieldFact>>;
}

/** One feature gate, by ranges of minors. See the note of facts/feature-gates.json. */
export interface FeatureGateFact {
  readonly minors: string;
  readonly on?: string;
  readonly locked?: string;
  readonly alone?: Readonly<Record<string, string>>;
}

export interface FeatureGateFacts {
  readonly gates: Readonly<Record<string, FeatureGateFact>>;
  /** Range of minors → gate → the gates that it requires. */
  readonly needs: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}
