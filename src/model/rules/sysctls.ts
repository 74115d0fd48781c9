import { eachIntact } from '../intact.ts';
import { error, type Rule, warning } from './rule.ts';

/**
 * A key as sysctl understands it (sysctl.d(5)): the first separator is the one that separates, `net/ipv4/ip_forward` is
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

/** With protectKernelDefaults kubelet ends when one of its keys has another value; without, it sets the key itself. */
export const kubeletKeysStay: Rule = ({ spec }) =>
  eachIntact(Object.keys(spec.os.sysctls), (key) => {
    const wanted = kubeletKeys[dotted(key)];
    const value = spec.os.sysctls[key];
    if (wanted === undefined || Number(value) === wanted) return [];
    const path = ['os', 'sysctls', key];
    const { extraConfig, extraArgs } = spec.kubernetes.kubelet;
    const flag = extraArgs['protect-kernel-defaults'] ?? extraArgs.protect_kernel_defaults;
    if (String(flag ?? extraConfig.protectKernelDefaults ?? true) === 'false') {
      const message = `kubelet sets ${dotted(key)} to ${wanted} at every start, whatever it is before`;
      return [warning(path, 'sysctl-kubelet', message, 'remove it')];
    }
    const message = `kubelet does not start unless ${dotted(key)} is ${wanted}`;
    const hint = 'remove it: knode sets what kubelet wants';
    return [error(path, 'sysctl-kubelet', message, hint)];
  });

/** What pods of one node need to reach those of another, and Services. A CNI of the user's own may do without the bridge's. */
export const forwardingStaysOn: Rule = ({ spec }) =>
  eachIntact(Object.keys(spec.os.sysctls), (key) => {
    const bridge = spec.network.provider === 'flannel' ? ['net.bridge.bridge-nf-call-iptables'] : [];
    const value = spec.os.sysctls[key];
    if (!['net.ipv4.ip_forward', ...bridge].includes(dotted(key)) || String(value).trim() === '1') return [];
    const message = `without ${dotted(key)} = 1 pods reach neither pods of other nodes nor Services`;
    return [error(['os', 'sysctls', key], 'sysctl-forward', message, 'remove it: knode sets it to 1')];
  });

/** Of one key in two spellings the last line in the file wins, which depends on how they sort. */
export const sysctlsDiffer: Rule = ({ spec }) => {
  const seen = new Map<string, string>();
  return Object.keys(spec.os.sysctls).flatMap((key) => {
    const earlier = seen.get(dotted(key));
    seen.set(dotted(key), key);
    if (earlier === undefined) return [];
    return [
      error(['os', 'sysctls', key], 'sysctl-twice', `${key} and ${earlier} are the same key`, 'keep one of them'),
    ];
  });
};
