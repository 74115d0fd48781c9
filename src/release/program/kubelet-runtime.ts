import { nodePaths } from '../../base/node-paths.ts';
import { atLeast } from '../version.ts';

/** The program between kubelet and the containers. */
export type RuntimeShim = 'dockershim' | 'cri-dockerd' | 'containerd';

/** Settings of kubelet for its runtime. */
export interface KubeletRuntime {
  /** The CRI socket; undefined with dockershim, which is part of kubelet. */
  readonly endpoint?: string;
  readonly flags: Readonly<Record<string, string>>;
  /** Fields of KubeletConfiguration. */
  readonly configFields: Readonly<Record<string, string>>;
}

/** The sockets the packaged units of both listen on. */
export const criEndpoints: Readonly<Record<Exclude<RuntimeShim, 'dockershim'>, string>> = {
  containerd: 'unix:///run/containerd/containerd.sock',
  'cri-dockerd': 'unix:///run/cri-dockerd.sock',
};

/**
 * dockershim: the CNI flags belong to kubelet (deprecated 1.21, removed 1.24); without `cni` pods are on docker's
 * bridge. CRI: `--container-runtime=remote` is needed to 1.23 (1.24: the only and default value), the endpoint is a
 * flag to 1.26 (1.24-1.26: required, no default) and the field containerRuntimeEndpoint from 1.27 (kubelet sources of
 * these minors).
 */
export function kubeletRuntime(minor: string, shim: RuntimeShim, cni: boolean): KubeletRuntime {
  if (shim === 'dockershim') return { flags: cni ? dockershimCni() : {}, configFields: {} };
  const endpoint = criEndpoints[shim];
  if (atLeast(minor, '1.27')) return { endpoint, flags: {}, configFields: { containerRuntimeEndpoint: endpoint } };
  const remote: Record<string, string> = atLeast(minor, '1.24') ? {} : { 'container-runtime': 'remote' };
  return { endpoint, flags: { ...remote, 'container-runtime-endpoint': endpoint }, configFields: {} };
}

function dockershimCni(): Readonly<Record<string, string>> {
  return { 'network-plugin': 'cni', 'cni-bin-dir': nodePaths.cniBin, 'cni-conf-dir': nodePaths.cniConf };
}
