import type { Cluster, ClusterNode } from '../model/cluster.ts';
import type { ArtifactNeed, CertificateRequest, FileDecl, Layer, PassportRequest, SecretRequest } from './contract.ts';

/** A file of the plan, with the component that declared it and every default filled in. */
export interface PlannedFile extends FileDecl {
  readonly component: string;
  readonly mode: string;
  readonly secret: boolean;
}

/** A unit file is a planned file too; this is what is known about it as a unit. */
export interface PlannedUnit {
  readonly name: string;
  readonly component: string;
  readonly layer: Layer;
  /** Whether knode.target wants it. */
  readonly start: boolean;
}

/** What one component asked for, beside its files. */
export interface ComponentRequests {
  readonly component: string;
  readonly artifacts: readonly ArtifactNeed[];
  /** By purpose, as a component names them: `osPackages` says what an OS family calls them. */
  readonly packages: readonly string[];
  readonly kernelModules: readonly string[];
}

/** Everything one machine needs to become one node, as data: no bytes yet, nothing issued, nothing read. */
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
  /** Names as the OS family calls them, sorted. */
  readonly packages: readonly string[];
  /** Who asked for artifacts, packages and kernel modules, in the order of the first boot; those who asked for none are left out. */
  readonly requests: readonly ComponentRequests[];
}
