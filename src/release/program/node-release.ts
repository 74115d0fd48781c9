import type { CriApi } from '../fact-files.ts';
import { KubernetesMinor } from '../kubernetes-minor.ts';
import { kubeletMayLabel } from '../node-labels.ts';
import { type ProxyModeAnswer, proxyMode, proxyModes } from '../proxy-modes.ts';
import { kubernetesCipherSuites } from '../tls-suites.ts';
import { type KubeletRuntime, kubeletRuntime, type RuntimeShim } from './kubelet-runtime.ts';

const masterRole = 'node-role.kubernetes.io/master';
const controlPlaneRole = 'node-role.kubernetes.io/control-plane';

/** Differences for kubelet, kube-proxy and the Node object. */
export class NodeRelease extends KubernetesMinor {
  /** Whether kubelet can drive docker by itself (removed in the Kubernetes 1.24 changelog). */
  hasDockershim(): boolean {
    return this.before('1.24');
  }

  /**
   * The runtime that kubelet talks to: for docker, dockershim to 1.23 and cri-dockerd after it (Kubernetes 1.24
   * changelog).
   */
  runtimeShim(runtime: 'docker' | 'containerd'): RuntimeShim {
    if (runtime === 'containerd') return 'containerd';
    return this.hasDockershim() ? 'dockershim' : 'cri-dockerd';
  }

  /** Settings of kubelet for its runtime. `cni` matters to dockershim only: false leaves pods on docker's bridge. */
  kubeletRuntime(shim: RuntimeShim, options: { readonly cni?: boolean } = {}): KubeletRuntime {
    return kubeletRuntime(this.minor, shim, options.cni ?? true);
  }

  /** CRI versions that kubelet supports: v1 from 1.23, v1alpha2 to 1.25 (Kubernetes 1.23 and 1.26 changelogs). */
  criApis(): readonly CriApi[] {
    return [...(this.since('1.23') ? (['v1'] as const) : []), ...(this.before('1.26') ? (['v1alpha2'] as const) : [])];
  }

  /**
   * Whether kubelet needs the name of the sandbox image: dockershim runs it. With other runtimes the flag only protects
   * it from collection; it is deprecated from 1.24 on, and removed in 1.35. From 1.23 on a runtime that reports the
   * image as pinned has the same effect (kubernetes#103299).
   */
  wantsSandboxImage(pinnedByRuntime: boolean): boolean {
    return this.before('1.24') || (this.before('1.35') && !pinnedByRuntime);
  }

  /**
   * Whether the taints of a new node are a field of KubeletConfiguration, registerWithTaints, and the flag is
   * deprecated (1.23 sources).
   */
  hasTaintsField(): boolean {
    return this.since('1.23');
  }

  /** Whether kubelet refuses cgroup v1 unless failCgroupV1 is false (default true from 1.35, sources). */
  refusesCgroupV1(): boolean {
    return this.since('1.35');
  }

  /** Whether kubelet runs on cgroup v2 (1.19 release notes; before, "system validation failed", kubernetes#90710). */
  hasCgroupV2(): boolean {
    return this.since('1.19');
  }

  /** Whether kubelet has the field seccompDefault (Kubernetes 1.22 sources). */
  hasSeccompDefault(): boolean {
    return this.since('1.22');
  }

  /** Whether seccompDefault requires the gate SeccompDefault: alpha to 1.24 (Kubernetes 1.25 changelog). */
  seccompDefaultNeedsGate(): boolean {
    return this.hasSeccompDefault() && this.before('1.25');
  }

  /** The value of --tls-cipher-suites and tlsCipherSuites, so that TLS 1.2 has no weak suites. */
  cipherSuites(): readonly string[] {
    return kubernetesCipherSuites(this.minor);
  }

  /** Whether kubelet itself may set a label; it exits otherwise. */
  kubeletMayLabel(key: string): boolean {
    return kubeletMayLabel(this.minor, key);
  }

  /** Role labels of a control plane node: master to 1.23, control-plane from 1.20 (kubeadm, 1.20 and 1.24 changelogs). */
  controlPlaneLabels(): readonly string[] {
    return [...(this.before('1.24') ? [masterRole] : []), ...(this.since('1.20') ? [controlPlaneRole] : [])];
  }

  /** Taint keys of a control plane node: master to 1.24, control-plane from 1.24 (kubeadm, 1.24 and 1.25 changelogs). */
  controlPlaneTaints(): readonly string[] {
    return [...(this.before('1.25') ? [masterRole] : []), ...(this.since('1.24') ? [controlPlaneRole] : [])];
  }

  /**
   * Taint keys that add-ons tolerate: those of this minor and of its neighbours, because nodes of two minors run side
   * by side during an upgrade.
   */
  toleratedTaints(): readonly string[] {
    return [...(this.before('1.26') ? [masterRole] : []), ...(this.since('1.23') ? [controlPlaneRole] : [])];
  }

  /** One mode of kube-proxy: whether it exists, is deprecated (ipvs from 1.35), or gated (nftables to 1.30). */
  kubeProxyMode(mode: string): ProxyModeAnswer {
    return proxyMode(this.minor, mode);
  }

  /** The modes kube-proxy has; userspace to 1.25, nftables from 1.29 (kube-proxy sources). */
  kubeProxyModes(): readonly string[] {
    return proxyModes(this.minor);
  }

  /** knode's default: nftables where it is stable (1.33, Kubernetes changelog), otherwise iptables. */
  defaultProxyMode(): 'iptables' | 'nftables' {
    return this.since('1.33') ? 'nftables' : 'iptables';
  }
}
