import type { DataPath } from '../base/diagnostic.ts';
import type { PackagePurpose } from '../platform/family.ts';

/**
 * Everything that a component may declare. A component returns data only: `plan-node.ts` merges it, `pki` issues its
 * requests, `render` makes the bytes and `commands` write them.
 */

/** See "The three layers" in docs/design.md. */
export type Layer = 'image' | 'cluster' | 'node';

/** `chain` is the certificate and those above it, as far up to the root as the user provided them. */
export type AuthorityPart = 'certificate' | 'chain' | 'private-key';

/** The authorities of a cluster. They are separate, so that an etcd client is not a Kubernetes user, and vice versa. */
export type AuthorityName = 'kubernetes' | 'etcd' | 'front-proxy';

/** A leaf certificate for a program on a node. `id` is unique in the cluster: `etcd-server@m1`, `kube-scheduler@m1`. */
export interface CertificateRequest {
  readonly id: string;
  readonly authority: AuthorityName;
  readonly commonName: string;
  /** Kubernetes groups for client certificates; the user's own subject organisation is never added. */
  readonly organizations: readonly string[];
  readonly usages: readonly ('server' | 'client')[];
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  /**
   * Lifetime of a credential for joining only; undefined for certificates with the lifetime of
   * `pki.certificateValidity`.
   */
  readonly lifetimeHours?: number;
}

/** The holder of a passport: one named machine, or every machine of a pool. */
export type PassportBearer =
  | { readonly kind: 'node'; readonly name: string; readonly address: string }
  | { readonly kind: 'pool'; readonly pool: string; readonly names: string; readonly network: string };

/** Signed statements of the state about a machine. `pki` adds a generation and an end. */
export interface PassportRequest {
  /** Unique in the cluster: the node's name, or `pool-web`. */
  readonly id: string;
  readonly cluster: string;
  readonly bearer: PassportBearer;
  readonly role: string;
  /** `key=value`, sorted. */
  readonly labels: readonly string[];
  /** `key=value:effect`, sorted. */
  readonly taints: readonly string[];
}

/** A secret that is not a certificate. Made once, then kept in the state. */
export type SecretRequest =
  | { readonly name: string; readonly type: 'bootstrap-token'; readonly ttlHours: number }
  | { readonly name: string; readonly type: 'random'; readonly bytes: number; readonly encoding: 'base64' | 'hex' }
  | FoundingRight;

/**
 * The right of members without data to found the etcd cluster. Given once, at the first render of the cluster, and
 * again only on the user's request. It is limited in time; it prevents founding a second cluster while the members with
 * data are merely unreachable.
 */
export interface FoundingRight {
  readonly name: string;
  readonly type: 'founding-right';
  readonly ttlHours: number;
  /**
   * Secrets that show that the state was rendered from before: if one exists and the right is missing, the cluster is
   * older than the right.
   */
  readonly traces: readonly string[];
}

/**
 * Fields: a bootstrap token has `id`, `secret`, `token` (`id.secret`) and `expires` (RFC 3339); a random secret has
 * `value`; a founding right has `since` and `until` (RFC 3339).
 */
export type SecretField = 'id' | 'secret' | 'token' | 'expires' | 'value' | 'since' | 'until';

/** Placeholder for a secret in structured content; `render` replaces it by the text. */
export class SecretRef {
  readonly name: string;
  readonly field: SecretField;
  readonly prefix: string;
  readonly suffix: string;

  constructor(name: string, field: SecretField, prefix = '', suffix = '') {
    this.name = name;
    this.field = field;
    this.prefix = prefix;
    this.suffix = suffix;
  }
}

/** A versioned upstream artifact that the node needs; the catalogue has its URL and the destinations of its members. */
export interface ArtifactNeed {
  readonly name: string;
  readonly version: string;
  readonly arch: 'amd64' | 'arm64';
  /** For a container image: the reference that the node uses, if it differs from the catalogue's. */
  readonly image?: string;
}

/** An artifact in the form that the node's fetch script needs. */
export interface ResolvedArtifact extends ArtifactNeed {
  readonly algorithm: 'sha256' | 'sha512';
  /** Lower-case hex; undefined only for `--unlocked` renders, where nodes check against `checksumUrl`. */
  readonly checksum?: string;
  readonly checksumUrl?: string;
  /** Size in bytes, if the lock has it: a node reads no more. */
  readonly size?: number;
  /** Key below a mirror's base URL: `etcd/3.6.8/linux-amd64/etcd-v3.6.8-linux-amd64.tar.gz`. */
  readonly key: string;
  /** The upstream URL, tried last; `-` if there is none for nodes. */
  readonly url: string;
  readonly format: 'binary' | 'tar.gz' | 'image';
  readonly members: readonly ArtifactMember[];
}

export interface ArtifactMember {
  /** Path in the archive; empty for a bare binary. With a trailing `/` the whole folder. */
  readonly from: string;
  /** Absolute path on the node; a folder (trailing `/`) when `from` is one. */
  readonly to: string;
  readonly mode: string;
}

export type Content =
  /**
   * `templates/cloud-init/<path>` unchanged, except for sections of a script that are not named here:
   * base/shell-script.ts. `needs` decide the section `unlocked`: it is included if one of them has no checksum.
   */
  | { readonly kind: 'static'; readonly sections?: readonly string[]; readonly needs?: readonly ArtifactNeed[] }
  /** `templates/cloud-init/<path>.ejs`, rendered with `data` as `it`. */
  | { readonly kind: 'template'; readonly data: Readonly<Record<string, unknown>> }
  | { readonly kind: 'text'; readonly text: string }
  /** One of the user's files, which the command reads relative to the cluster file. */
  | { readonly kind: 'source'; readonly file: string }
  | { readonly kind: 'yaml'; readonly documents: readonly unknown[] }
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'toml'; readonly value: Readonly<Record<string, unknown>> }
  /** A systemd EnvironmentFile that a POSIX shell can also source. */
  | { readonly kind: 'env'; readonly values: Readonly<Record<string, string | SecretRef>> }
  /** One line of comma-separated values (the static token file of kube-apiserver). */
  | { readonly kind: 'csv'; readonly cells: readonly (string | SecretRef)[] }
  | { readonly kind: 'certificate'; readonly id: string }
  | { readonly kind: 'private-key'; readonly id: string }
  | { readonly kind: 'authority'; readonly authority: AuthorityName; readonly part: AuthorityPart }
  | { readonly kind: 'passport'; readonly id: string }
  /** Public half of the key that signs passports. */
  | { readonly kind: 'passport-key' }
  | { readonly kind: 'service-account'; readonly part: 'public-key' | 'private-key' }
  /** The list that the fetch script reads. */
  | { readonly kind: 'artifacts'; readonly needs: readonly ArtifactNeed[] };

export interface FileDecl {
  /** Absolute path on the node. */
  readonly path: string;
  readonly layer: Layer;
  readonly content: Content;
  /** Four octal digits; default 0644, or 0600 for secrets. */
  readonly mode?: string;
  readonly secret?: boolean;
  /** Name of a right (`FoundingRight`): the file is left out once the right has ended. */
  readonly during?: string;
  /** Its origin in the cluster file, for `explain` and for errors about the output. */
  readonly from?: DataPath;
}

/** A systemd unit that knode.target wants, or (`start: false`) that another unit pulls in. */
export interface UnitDecl {
  readonly name: string;
  readonly layer: Layer;
  readonly start: boolean;
  readonly content: Content;
  readonly from?: DataPath;
}

/** The requests of one component for one node. */
export interface Contribution {
  readonly files?: readonly FileDecl[];
  readonly units?: readonly UnitDecl[];
  readonly certificates?: readonly CertificateRequest[];
  readonly passports?: readonly PassportRequest[];
  readonly secrets?: readonly SecretRequest[];
  readonly artifacts?: readonly ArtifactNeed[];
  /** Packages by purpose; `src/platform/families` says what each OS family calls them. */
  readonly packages?: readonly PackagePurpose[];
  /** Variables of `/etc/knode/cluster.env`, which the node's scripts read. Same on every node of a role, never secret. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly kernelModules?: readonly string[];
  readonly sysctls?: Readonly<Record<string, string | number>>;
}

/**
 * Results of `pki`, `state` and `mirror` for a plan, read by `render`. Goldens use an implementation that masks key
 * material.
 */
export interface Materials {
  /** PEM of an issued leaf certificate. */
  certificate(id: string): string;
  /** PEM (PKCS #8) of its key. */
  privateKey(id: string): string;
  authority(name: AuthorityName, part: AuthorityPart): string;
  serviceAccount(part: 'public-key' | 'private-key'): string;
  /** Text of a passport, with its signature. */
  passport(id: string): string;
  /** PEM of the public half of the key that signs passports. */
  passportKey(): string;
  secret(name: string, field: SecretField): string;
  /** Whether a right is valid at the time of this render. */
  lasts(right: string): boolean;
  artifact(need: ArtifactNeed): ResolvedArtifact;
  /** Content of one of the user's files, by its path relative to the cluster file. */
  source(file: string): string;
}
