import type { Pairing } from './pairing.ts';

/** Messages about versions that do not go together. Callers add the place in the cluster file. */

export function flannelNeedsEtcdV2(flannel: string, etcd: string): Pairing {
  return {
    severity: 'error',
    code: 'pair-flannel-etcd-api',
    which: 'flannel',
    message: `flannel ${flannel} keeps its subnets in etcd's v2 API, which etcd ${etcd} no longer has`,
    hint: 'choose flannel 0.18.0 or newer, or etcd 3.5 or older',
  };
}

export function etcdCorrupts(etcd: string): Pairing {
  return {
    severity: 'error',
    code: 'pair-etcd-corruption',
    which: 'etcd',
    message: `etcd ${etcd} can corrupt its data, as all of 3.5.0 to 3.5.2 can`,
    hint: 'choose etcd 3.5.3 or newer',
  };
}

export function etcdOlderThanPaired(etcd: string, kubernetes: string, paired: string): Pairing {
  return {
    severity: 'warning',
    code: 'pair-etcd-old',
    which: 'etcd',
    message: `etcd ${etcd} is older than what goes with Kubernetes ${kubernetes} and the two minors before it`,
    hint: `choose etcd ${paired}`,
  };
}

export function noCommonCri(
  containerd: string,
  kubernetes: string,
  spoken: string,
  paired: string,
  minor: string | undefined,
): Pairing {
  return {
    severity: 'error',
    code: 'pair-containerd-cri',
    which: 'containerd',
    message: `kubelet ${kubernetes} speaks CRI ${spoken}, which containerd ${containerd} does not`,
    hint: `choose containerd ${paired}${orKubernetes(minor)}`,
  };
}

/** The alternative for a pair: the nearest Kubernetes minor that goes with the other version. */
function orKubernetes(minor: string | undefined): string {
  return minor === undefined ? '' : `, or Kubernetes ${minor}`;
}

export function criDockerdWithoutV1(
  criDockerd: string,
  kubernetes: string,
  first: string,
  minor: string | undefined,
): Pairing {
  return {
    severity: 'error',
    code: 'pair-cri-dockerd-cri',
    which: 'criDockerd',
    message: `kubelet ${kubernetes} speaks CRI v1, which cri-dockerd ${criDockerd} does not: it came with ${first}`,
    hint: `choose cri-dockerd ${first} or newer${orKubernetes(minor)}`,
  };
}

export function criDockerdWithoutDocker(criDockerd: string, docker: string): Pairing {
  return {
    severity: 'error',
    code: 'pair-cri-dockerd-docker',
    which: 'criDockerd',
    message: `cri-dockerd ${criDockerd} ends on docker ${docker}: it needs docker 23 or newer`,
    hint: 'choose cri-dockerd 0.4.2 or newer, or one of 0.3, or docker 23 or newer',
  };
}

export function containerdPast(containerd: string, kubernetes: string, last: string, paired: string): Pairing {
  return {
    severity: 'error',
    code: 'pair-containerd-past',
    which: 'containerd',
    message: `Kubernetes ${last} is the last minor that works with containerd ${containerd}, not ${kubernetes}`,
    hint: `choose containerd ${paired}${orKubernetes(last)}`,
  };
}

export function containerdOlderThanPaired(containerd: string, kubernetes: string, first: string): Pairing {
  return {
    severity: 'warning',
    code: 'pair-containerd-old',
    which: 'containerd',
    message: `containerd ${containerd} is older than what its project pairs with Kubernetes ${kubernetes}`,
    hint: `choose containerd ${first} or newer`,
  };
}

export function lastContainerd1(containerd: string, kubernetes: string, paired: string): Pairing {
  return {
    severity: 'warning',
    code: 'pair-containerd-1',
    which: 'containerd',
    message: `Kubernetes ${kubernetes} is the last minor that works with containerd 1.7, the last 1.x`,
    hint: `choose containerd ${paired} instead of ${containerd}`,
  };
}

export function dockerWithoutCgroupV2(
  docker: string,
  kubernetes: string,
  paired: string,
  minor: string | undefined,
): Pairing {
  return {
    severity: 'error',
    code: 'pair-docker-cgroup',
    which: 'docker',
    message: `kubelet ${kubernetes} does not start on cgroup v1, and docker ${docker} does not work on cgroup v2`,
    hint: `choose docker ${paired} or newer${orKubernetes(minor)}`,
  };
}

export function proxyModeDeprecated(mode: string, kubernetes: string): Pairing {
  return {
    severity: 'warning',
    code: 'pair-proxy-mode-deprecated',
    which: 'proxyMode',
    message: `kube-proxy ${kubernetes} calls its mode ${mode} deprecated`,
    hint: 'choose nftables or iptables',
  };
}

export function proxyModeUnknown(mode: string, kubernetes: string, modes: readonly string[], since?: string): Pairing {
  return {
    severity: 'error',
    code: 'pair-proxy-mode',
    which: 'proxyMode',
    message: `kube-proxy ${kubernetes} does not have the mode ${mode}`,
    hint: `choose ${modes.join(' or ')}${since === undefined ? '' : `, or Kubernetes ${since} or newer`}`,
  };
}

export function proxyModeAlpha(mode: string, kubernetes: string, gate: string): Pairing {
  return {
    severity: 'warning',
    code: 'pair-proxy-mode-alpha',
    which: 'proxyMode',
    message: `the mode ${mode} is alpha in kube-proxy ${kubernetes}, behind the feature gate ${gate}`,
    hint: 'choose iptables, or a Kubernetes in which the mode is not alpha',
  };
}

export function proxyModeKernel(mode: string, kernel: string, needed: string): Pairing {
  return {
    severity: 'error',
    code: 'pair-proxy-mode-kernel',
    which: 'kernel',
    message: `kube-proxy's mode ${mode} needs Linux ${needed} or newer, not ${kernel}`,
    hint: 'choose iptables, or an image with a newer kernel',
  };
}

export function proxyModeOs(mode: string, os: string, kernel: string, needed: string): Pairing {
  return {
    severity: 'error',
    code: 'pair-proxy-mode-os',
    which: 'proxyMode',
    message: `kube-proxy's mode ${mode} needs Linux ${needed} or newer; ${os} has ${kernel}`,
    hint: 'set kubernetes.kubeProxy.mode to iptables, or os.release to a newer system',
  };
}

export function kubeletWithoutCgroup(kubernetes: string, os: string, cgroup: 'v1' | 'v2'): Pairing {
  const remedy =
    cgroup === 'v2'
      ? 'choose Kubernetes 1.19 or newer, or an image that boots with systemd.unified_cgroup_hierarchy=0'
      : 'choose Kubernetes 1.34 or older, an image that boots with systemd.unified_cgroup_hierarchy=1, or a newer system';
  return {
    severity: 'warning',
    code: 'pair-kubelet-cgroup',
    which: 'os',
    message: `${os} boots with cgroup ${cgroup}, on which kubelet ${kubernetes} does not start`,
    hint: remedy,
  };
}

export function dockerWithoutCgroup(docker: string, os: string): Pairing {
  return {
    severity: 'warning',
    code: 'pair-docker-cgroup-os',
    which: 'os',
    message: `${os} boots with cgroup v2, which docker ${docker} does not know`,
    hint: 'choose docker 20.10 or newer, or an image that boots with systemd.unified_cgroup_hierarchy=0',
  };
}
