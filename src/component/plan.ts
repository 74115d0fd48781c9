import type { Cluster, ClusterNode } from '../model/cluster.ts';
import type { PackagePurpose } from '../platform/family.ts';
import type { ArtifactNeed } from './artifact.ts';
import type { FileDecl, Layer } from './contract.ts';
import type { CertificateRequest, PassportRequest, SecretRequest } from './requests.ts';

/** A file of the plan, with the component that declared it and every default filled in. */
export interface PlannedFile extends FileDecl {
  readonly component: string;
  readonly mode: string;
  readonly secret: boolean;
}

/** Properties of a unit; the unit's file is also a planned file. */
export interface PlannedUnit {
  readonly name: string;
  readonly component: string;
  readonly layer: Layer;
  /** Whether knode.target wants it. */
  readonly start: boolean;
}

/** The requests of one component, beside its files. */
export interface ComponentRequests {
  readonly component: string;
  readonly artifacts: readonly ArtifactNeed[];
  /** By purpose, as components name them: `osPackages` translates them for an OS family. */
  readonly packages: readonly PackagePurpose[];
  readonly kernelModules: readonly string[];
}

/** Everything that a machine needs to become one node, as data: nothing is rendered, issued or read yet. */
export interface NodePlan {
  readonly cluster: Cluster;
  readonly node: ClusterNode;
  /** Sorted by path; no path twice. */
  readonly files: readonly PlannedFile[];
  readonly units: readonly PlannedUnit[];
  readonly certificates: readonly CertificateRequest[];
  readonly passports: readonly PassportRequest[];
  readonly secrets: readonly SecretRequest[];
  readonly artifacts: readonly ArtifactNeed[];
  /** Package names of the OS family, sorted. */
  readonly packages: readonly string[];
  /**
   * Requests for artifacts, packages and kernel modules by component, in the order of the first boot; components
   * without requests are left out.
   */
  readonly requests: readonly ComponentRequests[];
}
