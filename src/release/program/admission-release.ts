import { admissionPlugin, admissionPlugins, defaultAdmissionPlugins } from '../admission.ts';
import { newestApiVersion } from '../api-versions.ts';
import type { Availability } from '../interval.ts';
import { NodeRelease } from './node-release.ts';

/** Differences in the admission of kube-apiserver. */
export class AdmissionRelease extends NodeRelease {
  /** Plugins that are enabled by default, sorted (kube-apiserver sources). */
  defaultAdmissionPlugins(): readonly string[] {
    return defaultAdmissionPlugins(this.minor);
  }

  /** Whether kube-apiserver knows a plugin; it exits on an unknown one (kube-apiserver sources). */
  validAdmissionPlugin(name: string): Availability {
    return admissionPlugin(this.minor, name);
  }

  /** Every plugin it knows, for "did you mean …?". */
  admissionPlugins(): readonly string[] {
    return admissionPlugins(this.minor);
  }

  /** Whether the plugin PodSecurity exists (Kubernetes 1.22 changelog). */
  hasPodSecurity(): boolean {
    return this.since('1.22');
  }

  /** The gate that PodSecurity needs while it is alpha: 1.22 (on by default from 1.23, Kubernetes changelog). */
  podSecurityGate(): string | undefined {
    return this.hasPodSecurity() && this.before('1.23') ? 'PodSecurity' : undefined;
  }

  /** `pod-security.admission.config.k8s.io/…`, the most mature of the minor; undefined before 1.22 (sources). */
  podSecurityConfigApiVersion(): string | undefined {
    return newestApiVersion('PodSecurityConfiguration', this.minor);
  }

  /** `apiserver.config.k8s.io/v1` from 1.17 (sources). */
  admissionConfigApiVersion(): string | undefined {
    return newestApiVersion('AdmissionConfiguration', this.minor);
  }
}
