import type { NodePlan } from '../component/plan.ts';
import type { Cluster } from '../model/cluster.ts';

/** What cloud-init needs to know of a file. */
export interface WriteFile {
  readonly path: string;
  readonly mode: string;
  readonly content: string;
}

/** A cloud-config document (cloud-init's own schema is draft-04; permissions are strings there). */
export type CloudConfig = Readonly<Record<string, unknown>>;

function hostName(name: string): CloudConfig {
  const qualified = name.includes('.') ? { fqdn: name, prefer_fqdn_over_hostname: true } : {};
  return { hostname: name, ...qualified, preserve_hostname: false, manage_etc_hosts: false };
}

function ntp({ spec }: Cluster): CloudConfig {
  const { enabled, servers } = spec.os.ntp;
  return enabled ? { ntp: { enabled, ...(servers.length > 0 ? { servers } : {}) } } : {};
}

/**
 * The whole cloud-config of a node. cloud-init writes files and installs packages; everything else is systemd's, which
 * `runcmd` starts without waiting: cloud-init would otherwise hold the boot until the cluster stands.
 */
export function cloudConfig(plan: NodePlan, files: readonly WriteFile[]): CloudConfig {
  const { os } = plan.cluster.spec;
  return {
    ...hostName(plan.node.name),
    timezone: os.timezone,
    locale: os.locale,
    ...ntp(plan.cluster),
    ...(os.sshAuthorizedKeys.length > 0 ? { ssh_authorized_keys: os.sshAuthorizedKeys } : {}),
    package_update: true,
    package_upgrade: os.packageUpgrade,
    packages: plan.packages,
    write_files: files.map(({ path, mode, content }) => ({ path, permissions: mode, content })),
    runcmd: [
      ['systemctl', 'daemon-reload'],
      ['systemctl', 'enable', 'knode.target'],
      ['systemctl', 'start', '--no-block', 'knode.target'],
    ],
  };
}
