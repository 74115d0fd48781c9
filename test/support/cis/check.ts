/** What a check of the CIS Kubernetes Benchmark looks at, and how it is written down. */

export const benchmarks = ['1.6', '1.7', '1.8', '1.9', '1.10', '1.11', '1.12'] as const;
export type Benchmark = (typeof benchmarks)[number];

/** A version of Kubernetes that each benchmark is for (version_mapping of kube-bench's cfg/config.yaml). */
export const kubernetesOf: Readonly<Record<Benchmark, string>> = {
  '1.6': '1.18.20',
  '1.7': '1.25.16',
  '1.8': '1.26.15',
  '1.9': '1.27.16',
  '1.10': '1.28.15',
  '1.11': '1.31.14',
  '1.12': '1.34.9',
};

export type Flags = ReadonlyMap<string, string>;
export type Program = 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler' | 'etcd' | 'kubelet';

/** A node, as it was planned or as it runs. */
export interface NodeView {
  flags(program: Program): Flags;
  readonly kubelet: Readonly<Record<string, unknown>>;
  readonly encryption: string;
  /** The file of kube-scheduler; empty where it has flags alone. */
  readonly scheduler: string;
  /** Modes of the files below a folder, or of one file; octal. */
  modes(path: RegExp): readonly number[];
}

export interface Check {
  /** The number in each benchmark that has it. */
  readonly ids: Readonly<Partial<Record<Benchmark, string>>>;
  readonly what: string;
  holds(node: NodeView): boolean;
}

/** Numbers in the order of `benchmarks`, `-` where one has no such check; one number alone is for all. */
export function numbered(text: string): Check['ids'] {
  const ids = text.split(' ');
  return Object.fromEntries(
    benchmarks.flatMap((benchmark, index) => {
      const id = ids.length === 1 ? ids[0] : ids[index];
      return id === undefined || id === '-' ? [] : [[benchmark, id]];
    }),
  );
}

export const strongSuites: readonly string[] = ['ECDSA', 'RSA'].flatMap((key) =>
  ['AES_128_GCM_SHA256', 'AES_256_GCM_SHA384', 'CHACHA20_POLY1305', 'CHACHA20_POLY1305_SHA256'].map(
    (cipher) => `TLS_ECDHE_${key}_WITH_${cipher}`,
  ),
);
