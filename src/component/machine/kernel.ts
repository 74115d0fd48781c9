import { nodePaths } from '../../base/node-paths.ts';
import type { ClusterFile } from '../../model/schema/cluster-file.ts';
import { glibcForContainerd } from '../../release/program/os-release.ts';
import type { Merged } from '../build/merged.ts';
import type { NodeContext } from '../context.ts';
import { runsPods } from '../context.ts';
import type { Contribution } from '../contract.ts';

/**
 * Kernel settings of the source documents for nodes that run pods (000 and 001), except those that no longer exist
 * (net.ipv4.tcp_tw_recycle since Linux 4.12, fs.may_detach_mounts outside RHEL 7) and the one that disables IPv6, which
 * does more harm than good.
 */
const podSysctls: Readonly<Record<string, string | number>> = {
  'net.ipv4.ip_forward': 1,
  'net.bridge.bridge-nf-call-iptables': 1,
  'net.bridge.bridge-nf-call-ip6tables': 1,
  'net.bridge.bridge-nf-call-arptables': 1,
  // Replies of a Service may leave by an interface that strict filtering does not expect.
  'net.ipv4.conf.all.rp_filter': 0,
  'net.ipv4.conf.default.rp_filter': 0,
  'net.ipv4.conf.all.arp_announce': 2,
  'net.ipv4.neigh.default.gc_stale_time': 120,
  'net.ipv4.tcp_keepalive_time': 600,
  'net.ipv4.tcp_keepalive_intvl': 30,
  'net.ipv4.tcp_keepalive_probes': 10,
  'net.ipv4.tcp_max_tw_buckets': 5000,
  'net.ipv4.tcp_syncookies': 1,
  'net.ipv4.tcp_max_syn_backlog': 1024,
  'net.ipv4.tcp_synack_retries': 2,
  'net.netfilter.nf_conntrack_max': 2310720,
  'fs.inotify.max_user_instances': 8192,
  'fs.inotify.max_user_watches': 1048576,
  'fs.file-max': 52706963,
  'fs.nr_open': 52706963,
  'vm.swappiness': 0,
};

function sysctls(spec: ClusterFile, withPods: boolean, asked: Merged['sysctls']): Record<string, string | number> {
  const all = { ...(withPods ? podSysctls : {}), ...asked, ...spec.os.sysctls };
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Sections of `system`: the checks that apply to this machine. */
function systemSections({ cluster, node }: NodeContext, withPods: boolean, merged: Merged): readonly string[] {
  const dynamic = merged.artifacts.some(({ name }) => name === 'containerd');
  return [
    node.role,
    ...(merged.environment.KNODE_CGROUP === undefined ? [] : ['cgroup']),
    ...(withPods && cluster.proxyMode === 'nftables' ? ['nftables'] : []),
    ...(dynamic && glibcForContainerd(cluster.versions.containerd) !== undefined ? ['glibc'] : []),
  ];
}

/** Modules and kernel settings of the components, overridden by the user's own. */
export function kernelContribution(context: NodeContext, merged: Merged): Contribution {
  const { spec } = context.cluster;
  const withPods = runsPods(context);
  const modules = [
    ...new Set([...merged.kernelModules, ...(withPods ? ['br_netfilter'] : []), ...spec.os.kernelModules]),
  ].sort();
  const settings = Object.entries(sysctls(spec, withPods, merged.sysctls));
  return {
    files: [
      {
        path: '/etc/modules-load.d/knode.conf',
        layer: 'image',
        from: ['os', 'kernelModules'],
        content: { kind: 'text', text: modules.map((name) => `${name}\n`).join('') },
      },
      {
        path: '/etc/sysctl.d/90-knode.conf',
        layer: 'image',
        from: ['os', 'sysctls'],
        content: { kind: 'text', text: settings.map(([key, value]) => `${key} = ${value}\n`).join('') },
      },
      { path: `${nodePaths.lib}/lib`, layer: 'image', content: { kind: 'static' } },
      {
        path: `${nodePaths.lib}/system`,
        layer: 'image',
        mode: '0755',
        content: { kind: 'static', sections: systemSections(context, withPods, merged) },
      },
    ],
    units: [{ name: 'knode-system.service', layer: 'image', start: true, content: { kind: 'static' } }],
  };
}
