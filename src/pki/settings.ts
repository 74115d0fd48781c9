import type { Clock } from '../base/clock.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import type { AuthorityName, CertificateRequest, PassportRequest, SecretRequest } from '../component/contract.ts';

export type KeyAlgorithm = 'ecdsa-p256' | 'rsa-2048' | 'rsa-4096';

/** Strong random bytes; `crypto.randomBytes` outside of tests. */
export type RandomBytes = (count: number) => Uint8Array;

/** The user's own subject fields. `organization` stays on authorities: on a leaf it would be a Kubernetes group. */
interface SubjectSettings {
  readonly country?: string;
  readonly state?: string;
  readonly locality?: string;
  readonly organization?: string;
  readonly organizationalUnit?: string;
}

/** An authority of the user's own, as the command read it from the files that the cluster file names. */
export interface AdoptedAuthority {
  /** Its certificate; if it is an intermediate one, followed by those above it as far as they are known. */
  readonly certificatePem: string;
  /** Absent when the key stays with its owner, who signs the leaves' requests. */
  readonly privateKeyPem?: string;
}

export interface PkiSettings {
  readonly clusterName: string;
  /** For every new key; an existing authority or service-account key keeps the algorithm it has. */
  readonly algorithm: KeyAlgorithm;
  readonly caValidityHours: number;
  readonly certificateValidityHours: number;
  /** A leaf with less time than this left is issued again. */
  readonly renewBeforeHours: number;
  readonly subject: SubjectSettings;
  readonly adopted: Readonly<Partial<Record<AuthorityName, AdoptedAuthority>>>;
}

/** What pki needs of the state: texts by the paths of `layout.ts`. */
export interface StoredFiles {
  get(path: string): string | undefined;
}

/** Everything that planning and applying look at. */
export interface PkiInput {
  /** Authorities wanted even if no certificate asks for them; `kubernetes` is always among them. */
  readonly authorities: readonly AuthorityName[];
  readonly certificates: readonly CertificateRequest[];
  readonly passports?: readonly PassportRequest[];
  readonly secrets: readonly SecretRequest[];
  readonly settings: PkiSettings;
  readonly stored: StoredFiles;
  readonly clock: Clock;
  /** Certificates to issue anew although nothing is wrong with them: id to reason. */
  readonly renew?: ReadonlyMap<string, string>;
  /** Rights to give again although they were given before: `render --found`. */
  readonly grant?: ReadonlySet<string>;
  /** For making signing requests: leaves that wait for their certificates are no error then. */
  readonly unsignedAllowed?: boolean;
}

type PkiKind = 'authority' | 'service-account' | 'certificate' | 'passport-key' | 'passport' | 'secret';

export interface PkiAction {
  /**
   * `adopt` records the certificate of the user's own authority in the state; its key stays where it is. Leaves of an authority
   * without a key: `request` makes a key and a signing request, `await` has one that is not answered yet.
   */
  readonly action: 'create' | 'adopt' | 'reuse' | 'reissue' | 'request' | 'await';
  readonly kind: PkiKind;
  readonly id: string;
  readonly reason: string;
}

/** Plain data without key material: safe to print. */
export interface PkiPlan {
  readonly actions: readonly PkiAction[];
  readonly diagnostics: readonly Diagnostic[];
  /** The instant the plan was made for; applying it uses the same. */
  readonly now: Date;
}
