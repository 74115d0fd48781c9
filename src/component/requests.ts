/** What a component asks `pki` and `state` for: certificates, passports, secrets. */

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
