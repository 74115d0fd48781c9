import { phrases } from '../../../base/catalogue.ts';

/** The reason against a name in a table of phrases; undefined if the name is not in it. */
export function reason<Name extends string>(table: Readonly<Record<Name, string>>, name: string): string | undefined {
  return Object.hasOwn(table, name) ? table[name as Name] : undefined;
}

/** Files that an image has of its own and needs unchanged. */
export const ofImage = phrases('model/rules/files-of-image', {
  '/etc/passwd': 'without the image’s users no service starts',
  '/etc/group': 'without the image’s groups no service starts',
  '/etc/shadow': 'without it nobody can log in, and services of other users fail',
  '/etc/gshadow': 'the image’s tools keep it in step with /etc/group',
  '/etc/fstab': 'the image mounts its own disks by it, and knode adds data disks',
  '/etc/machine-id': 'every machine makes its own: kubelets and journals are told apart by it',
  '/etc/hostname': 'cloud-init writes the node’s name there',
});

/** Keys that kernels no longer have, or that only one distribution had. */
export const goneSysctls = phrases('model/rules/gone-sysctls', {
  'net.ipv4.tcp_tw_recycle': 'it is gone since Linux 4.12, and broke clients behind NAT before',
  'fs.may_detach_mounts': 'only RHEL 7 kernels had it',
  'net.ipv4.tcp_max_orphans_size': 'no kernel has it',
  'vm.block_dump': 'it is gone since Linux 5.14',
  'kernel.sched_child_runs_first': 'it is gone since Linux 6.6',
});

export const goneModules = phrases('model/rules/gone-modules', {
  nf_conntrack_ipv4: 'it is part of nf_conntrack since Linux 4.19',
  nf_conntrack_ipv6: 'it is part of nf_conntrack since Linux 4.19',
});
