import type { Clock } from '../base/clock.ts';
import type { Diagnostic } from '../base/diagnostic.ts';
import type { AuthorityName, CertificateRequest, PassportRequest, SecretRequest } from '../component/requests.ts';
import type { KeyAlgorithm } from './x509/keys.ts';

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

/** One of the user's own authorities, as read from the files that the cluster file names. */
export interface AdoptedAuthority {
  /** Its certificate; an intermediate one is followed by those above it as far as they are known. */
  readonly certificatePem: string;
  /** Undefined if the key stays with its owner, who signs the leaves' requests. */
  readonly privateKeyPem?: string;
}

export interface PkiSettings {
  readonly clusterName: string;
  /** For every new key; an existing authority or service-account key keeps the algorithm it has. */
  readonly algorithm: KeyAlgorithm;
  readonly caValidityHours: number;
  readonly certificateValidityHours: number;
  /** A leaf is renewed if less time than this is left. */
  readonly renewBeforeHours: number;
  readonly subject: SubjectSettings;
  readonly adopted: Readonly<Partial<Record<AuthorityName, AdoptedAuthority>>>;
}

/** The part of the state that pki needs: texts by the paths of `layout.ts`. */
export interface StoredFiles {
  get(path: string): string | undefined;
}

/** All input of planning and applying. */
export interface PkiInput {
  /** Authorities that are needed even if no certificate refers to them; `kubernetes` is always included. */
  readonly authorities: readonly AuthorityName[];
  readonly certificates: readonly CertificateRequest[];
  readonly passports?: readonly PassportRequest[];
  readonly secrets: readonly SecretRequest[];
  readonly settings: PkiSettings;
  readonly stored: StoredFiles;
  readonly clock: Clock;
  /** Certificates to renew although nothing is wrong with them: id to reason. */
  readonly renew?: ReadonlyMap<string, string>;
  /** Rights to grant again: `render --found`. */
  readonly grant?: ReadonlySet<string>;
  /** For signing requests: leaves that wait for their certificates are then not an error. */
  readonly unsignedAllowed?: boolean;
}

type PkiKind = 'authority' | 'service-account' | 'certificate' | 'passport-key' | 'passport' | 'secret';

export interface PkiAction {
  /**
   * `adopt` records the certificate of the user's own authority in the state; its key stays where it is. Leaves of an
   * authority without a key: `request` makes a key and a signing request, `await` means that the request is not
   * answered yet.
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
  /** The time for which the plan was made; applying it uses the same. */
  readonly now: Date;
}
