import { eachIntact } from '../../loading/intact.ts';
import { error, type Rule, warning } from '../rule.ts';
import { say } from './messages.ts';

/**
 * A key as sysctl parses it (sysctl.d(5)): the first separator is the one that counts, `net/ipv4/ip_forward` is
 * `net.ipv4.ip_forward`.
 */
function dotted(key: string): string {
  const slash = key.indexOf('/');
  const dot = key.indexOf('.');
  if (slash < 0 || (dot >= 0 && dot < slash)) return key;
  return key.replaceAll(/[./]/g, (sign) => (sign === '/' ? '.' : '/'));
}

/** pkg/kubelet/cm/container_manager_linux.go of Kubernetes, setupKernelTunables; the same six in every minor. */
const kubeletKeys: Readonly<Record<string, number>> = {
  'vm.overcommit_memory': 1,
  'vm.panic_on_oom': 0,
  'kernel.panic': 10,
  'kernel.panic_on_oops': 1,
  'kernel.keys.root_maxkeys': 1000000,
  'kernel.keys.root_maxbytes': 25000000,
};

/**
 * With protectKernelDefaults kubelet exits if one of its keys has another value; without it, kubelet sets the key
 * itself.
 */
export const kubeletKeysStay: Rule = ({ spec }) =>
  eachIntact(Object.keys(spec.os.sysctls), (key) => {
    const wanted = kubeletKeys[dotted(key)];
    const value = spec.os.sysctls[key];
    if (wanted === undefined || Number(value) === wanted) return [];
    const path = ['os', 'sysctls', key];
    const { extraConfig, extraArgs } = spec.kubernetes.kubelet;
    const flag = extraArgs['protect-kernel-defaults'] ?? extraArgs.protect_kernel_defaults;
    if (String(flag ?? extraConfig.protectKernelDefaults ?? true) === 'false') {
      return [warning(path, say('sysctl-kubelet/lost', { key: dotted(key), wanted }))];
    }
    return [error(path, say('sysctl-kubelet/refused', { key: dotted(key), wanted }))];
  });

/**
 * The second is another name of the first (Linux, Documentation/networking/ip-sysctl.rst); the third is the initial
 * value of new interfaces.
 */
const forwarding = ['net.ipv4.ip_forward', 'net.ipv4.conf.all.forwarding', 'net.ipv4.conf.default.forwarding'];

/** Forwarding that pods need to reach other nodes and Services. The user's own CNI may not need the bridge's. */
export const forwardingStaysOn: Rule = ({ spec, usesFlannel }) =>
  eachIntact(Object.keys(spec.os.sysctls), (key) => {
    const bridge = usesFlannel ? ['net.bridge.bridge-nf-call-iptables'] : [];
    const value = spec.os.sysctls[key];
    if (![...forwarding, ...bridge].includes(dotted(key)) || String(value).trim() === '1') return [];
    return [error(['os', 'sysctls', key], say('sysctl-forward', { key: dotted(key) }))];
  });

/** If a key has two spellings, the last line of the file wins, which depends on the sort order. */
export const sysctlsDiffer: Rule = ({ spec }) => {
  const seen = new Map<string, string>();
  return Object.keys(spec.os.sysctls).flatMap((key) => {
    const earlier = seen.get(dotted(key));
    seen.set(dotted(key), key);
    if (earlier === undefined) return [];
    return [error(['os', 'sysctls', key], say('sysctl-twice', { key, earlier }))];
  });
};

/** The largest LimitNOFILE of knode's units. */
const mostFiles = 1_048_576;

/**
 * systemd cannot give a unit more files than the kernel allows: the container runtime would fail with "Failed at step
 * LIMITS".
 */
export const filesSuffice: Rule = ({ spec }) =>
  eachIntact(Object.keys(spec.os.sysctls), (key) => {
    const value = Number(spec.os.sysctls[key]);
    if (dotted(key) !== 'fs.nr_open' || Number.isNaN(value) || value >= mostFiles) return [];
    return [error(['os', 'sysctls', key], say('sysctl-files', { value, mostFiles }))];
  });

function range(text: string): readonly [first: number, last: number] | undefined {
  const match = /^\s*(\d+)[\s-]+(\d+)\s*$/.exec(text);
  return match === null ? undefined : [Number(match[1]), Number(match[2])];
}

/** Ports in the kernel's range for outgoing connections may be in use when a NodePort or kubelet needs them. */
export const portsAreNotBorrowed: Rule = ({ spec }) => {
  const keys = Object.keys(spec.os.sysctls);
  const reserved = keys.some((key) => dotted(key) === 'net.ipv4.ip_local_reserved_ports');
  return eachIntact(keys, (key) => {
    if (reserved || dotted(key) !== 'net.ipv4.ip_local_port_range') return [];
    const [own, nodePorts] = [range(String(spec.os.sysctls[key])), range(spec.network.nodePortRange)];
    const path = ['os', 'sysctls', key];
    if (own === undefined || own[0] > own[1]) return [error(path, say('sysctl-range', { key }))];
    const meets = (first: number, last: number): boolean => own[0] <= last && first <= own[1];
    if (nodePorts !== undefined && meets(...nodePorts))
      return [warning(path, say('sysctl-ports/node-ports', { range: spec.network.nodePortRange }))];
    return meets(10248, 10259) ? [warning(path, say('sysctl-ports/own'))] : [];
  });
};
