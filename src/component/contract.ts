import type { DataPath } from '../base/diagnostic.ts';
import type { PackagePurpose } from '../platform/family.ts';
import type { ArtifactNeed, ResolvedArtifact } from './artifact.ts';
import type {
  AuthorityName,
  AuthorityPart,
  CertificateRequest,
  PassportRequest,
  SecretField,
  SecretRef,
  SecretRequest,
} from './requests.ts';

/**
 * Everything that a component may declare. A component returns data only: `plan-node.ts` merges it, `pki` issues its
 * requests, `render` makes the bytes and `commands` write them.
 */

/** See "The three layers" in docs/design.md. */
export type Layer = 'image' | 'cluster' | 'node';

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
