import type { CriApi } from '../fact-files.ts';
import { KubernetesMinor } from '../kubernetes-minor.ts';
import { kubeletMayLabel } from '../node-labels.ts';
import { type ProxyModeAnswer, proxyMode, proxyModes } from '../proxy-modes.ts';
import { kubernetesCipherSuites } from '../tls-suites.ts';
import { type KubeletRuntime, kubeletRuntime, type RuntimeShim } from './kubelet-runtime.ts';

const masterRole = 'node-role.kubernetes.io/master';
const controlPlaneRole = 'node-role.kubernetes.io/control-plane';

/** What differs for kubelet, kube-proxy and the Node object. */
export class NodeRelease extends KubernetesMinor {
  /** kubelet can drive docker by itself (removed in the Kubernetes 1.24 changelog). */
  hasDockershim(): boolean {
    return this.before('1.24');
  }

  /** What kubelet talks to: dockershim to 1.23 and cri-dockerd after it for docker (Kubernetes 1.24 changelog). */
  runtimeShim(runtime: 'docker' | 'containerd'): RuntimeShim {
    if (runtime === 'containerd') return 'containerd';
    return this.hasDockershim() ? 'dockershim' : 'cri-dockerd';
  }

  /** How kubelet is told of its runtime. `cni` matters to dockershim only: false leaves pods on docker's bridge. */
  kubeletRuntime(shim: RuntimeShim, options: { readonly cni?: boolean } = {}): KubeletRuntime {
    return kubeletRuntime(this.minor, shim, options.cni ?? true);
  }

  /** CRI versions kubelet speaks: v1 from 1.23, v1alpha2 to 1.25 (Kubernetes 1.23 and 1.26 changelogs). */
  criApis(): readonly CriApi[] {
    return [...(this.since('1.23') ? (['v1'] as const) : []), ...(this.before('1.26') ? (['v1alpha2'] as const) : [])];
  }

  /**
   * kubelet must be told of the sandbox image: dockershim runs it; elsewhere the flag only keeps it from collection, is deprecated from
   * 1.24 on, and gone in 1.35. A runtime that calls the image pinned does the same from 1.23 on (kubernetes#103299).
   */
  wantsSandboxImage(pinnedByRuntime: boolean): boolean {
    return this.before('1.24') || (this.before('1.35') && !pinnedByRuntime);
  }

  /** The taints of a new node are a field of KubeletConfiguration, registerWithTaints, and the flag is deprecated (1.23 sources). */
  hasTaintsField(): boolean {
    return this.since('1.23');
  }

  /** kubelet does not start on cgroup v1 unless failCgroupV1 is false (default true from 1.35, sources). */
  refusesCgroupV1(): boolean {
    return this.since('1.35');
  }

  /** kubelet runs on cgroup v2 (1.19 release notes; before, "system validation failed", kubernetes#90710). */
  hasCgroupV2(): boolean {
    return this.since('1.19');
  }

  /** kubelet's field seccompDefault is there (Kubernetes 1.22 sources). */
  hasSeccompDefault(): boolean {
    return this.since('1.22');
  }

  /** seccompDefault works only behind the gate SeccompDefault: alpha to 1.24 (Kubernetes 1.25 changelog). */
  seccompDefaultNeedsGate(): boolean {
    return this.hasSeccompDefault() && this.before('1.25');
  }

  /** What --tls-cipher-suites and tlsCipherSuites are given, so that TLS 1.2 has nothing weak. */
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
   * Taint keys that add-ons tolerate: those of this minor, and of its neighbours, as nodes of two minors stand side by
   * side while a cluster is renewed.
   */
  toleratedTaints(): readonly string[] {
    return [...(this.before('1.26') ? [masterRole] : []), ...(this.since('1.23') ? [controlPlaneRole] : [])];
  }

  /** One mode of kube-proxy: whether it is there, deprecated (ipvs from 1.35), gated (nftables to 1.30). */
  kubeProxyMode(mode: string): ProxyModeAnswer {
    return proxyMode(this.minor, mode);
  }

  /** The modes kube-proxy has; userspace to 1.25, nftables from 1.29 (kube-proxy sources). */
  kubeProxyModes(): readonly string[] {
    return proxyModes(this.minor);
  }

  /** What knode sets unless told otherwise: nftables where it is stable (1.33, Kubernetes changelog), else iptables. */
  defaultProxyMode(): 'iptables' | 'nftables' {
    return this.since('1.33') ? 'nftables' : 'iptables';
  }
}
