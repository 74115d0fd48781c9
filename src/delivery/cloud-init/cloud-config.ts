import type { NodePlan } from '../../component/plan.ts';
import type { Cluster, ClusterNode } from '../../model/cluster.ts';

/** cloud-init's data about a file. */
export interface WriteFile {
  readonly path: string;
  readonly mode: string;
  readonly content: string;
}

/** Fetches the image layer as one archive, instead of carrying it in the user-data. */
export interface LayerArchiveStep {
  /** A bash script; its arguments are the digest, the size and the key. It reads the mirrors' URLs from /etc/knode. */
  readonly script: string;
  readonly sha256: string;
  /** Size in bytes. */
  readonly size: number;
  /** Key below the base URL of each mirror. */
  readonly key: string;
}

/** The golden image that a node boots from, if any. */
export interface ImageStep {
  readonly name: string;
  /** Digest of the manifest inside the image: identifies the image. */
  readonly sha256: string;
}

/** A cloud-config document (cloud-init's own schema is draft-04; permissions are strings there). */
export interface CloudConfig extends Readonly<Record<string, unknown>> {
  readonly write_files?: readonly WrittenFile[];
}

/** An item of `write_files`, with cloud-init's keys. */
export interface WrittenFile {
  readonly path: string;
  readonly permissions: string;
  readonly content: string;
}

/** The platform's metadata names a pool's machine; cloud-init uses that name by default. */
function hostName({ name, pool }: ClusterNode): CloudConfig {
  if (pool !== undefined) return { preserve_hostname: false, manage_etc_hosts: false };
  const qualified = name.includes('.') ? { fqdn: name, prefer_fqdn_over_hostname: true } : {};
  return { hostname: name, ...qualified, preserve_hostname: false, manage_etc_hosts: false };
}

/**
 * Without servers cloud-init's module would replace the platform's own time source by public pools. It is therefore not
 * configured at all (its cc_ntp.py: no `ntp` key, nothing done).
 */
function ntp({ spec }: Cluster): CloudConfig {
  const { enabled, servers } = spec.os.ntp;
  return enabled && servers.length > 0 ? { ntp: { enabled, servers } } : {};
}

/**
 * Written by the last command of the first boot: until then, cloud-init's own work may have been interrupted anywhere.
 */
const installed = '/var/lib/knode/installed';

/**
 * cloud-init marks a module as done before it runs it: after a power cut it would skip a module that it had begun.
 * Until the first boot is complete, the marks are removed at every boot, and all modules run again.
 *
 * The network is not a module: it is configured, for a new instance only, shortly before the first bootcmd. If the
 * power is cut in between, the machine never gets a network. This has happened if no bootcmd has run yet and the
 * instance is older than this boot (systemd makes the socket as it starts). cloud-init must then forget the instance
 * and boot again, five times at most, in case a clock that jumps is the reason.
 *
 * The power may be cut here too. cloud-init recognises a new instance by the id that it remembers, so the id is removed
 * first: with the id but without the instance, the next boot would have a young instance and no network. After that
 * nothing may write any more: during a shutdown that ends this command cloud-init would start its next module for a
 * moment, so the machine is reset at once.
 */
const startOver = [
  'sh',
  '-c',
  [
    `d=/var/lib/knode; test -e ${installed} && exit; mkdir -p $d; cd /var/lib/cloud; rm -f instance/sem/config_*`,
    'test -e $d/begun && exit; : >>$d/again',
    'if test instances -ot /run/systemd/notify -a $(wc -l <$d/again) -lt 5; then',
    'echo again >>$d/again; echo "knode: the power went before the network was configured: booting anew"',
    // It syncs before the reset.
    'rm -f data/instance-id; sync; rm -rf instance instances; systemctl reboot -ff; sleep 600; fi',
    'sync; : >$d/begun',
  ].join('\n'),
];

/** A machine of another image would lack files that this user-data leaves out, so nothing is started on it. */
const knowImage = [
  'until echo "$0  /etc/knode/image.json" | sha256sum -c --status; do',
  'echo "knode: waiting: this machine is not of the image $1: boot that one, or render for this one"; sleep 30; done',
].join(' ');

/**
 * An image may run services with the names of knode's own units, or on their ports: docker, etcd, nginx. With the same
 * name they would count as already started. The sockets of the packages docker.io and cri-dockerd restart their
 * services.
 */
function stopForeign({ units }: NodePlan): readonly string[] {
  const named = units.filter(({ name, component }) => !name.startsWith('knode') && component !== 'extras');
  const names = named.map(({ name }) => name).filter((name) => name.endsWith('.service'));
  const sockets = names.some((name) => name.includes('docker'))
    ? ['docker.socket', 'cri-docker.socket', 'cri-docker.service']
    : [];
  return ['sh', '-c', `systemctl stop ${[...sockets, ...names].join(' ')} 2>/dev/null; :`];
}

function layerArchiveCommand({ script, sha256, size, key }: LayerArchiveStep): readonly string[] {
  return ['bash', '-c', script, 'knode', sha256, String(size), key];
}

/**
 * The whole cloud-config of a node. cloud-init names the machine and writes files; systemd does everything else,
 * packages included. `runcmd` starts it without waiting: otherwise cloud-init would hold the boot until the cluster
 * runs. A node layer archive is waited for, because it contains the units.
 */
export function cloudConfig(
  plan: NodePlan,
  files: readonly WriteFile[],
  layerArchive?: LayerArchiveStep,
  image?: ImageStep,
): CloudConfig {
  const { os } = plan.cluster.spec;
  return {
    ...hostName(plan.node),
    timezone: os.timezone,
    locale: os.locale,
    ...ntp(plan.cluster),
    ...(os.sshAuthorizedKeys.length > 0 ? { ssh_authorized_keys: os.sshAuthorizedKeys } : {}),
    bootcmd: [startOver],
    write_files: files.map(({ path, mode, content }) => ({ path, permissions: mode, content })),
    runcmd: [
      ...(image === undefined ? [] : [['sh', '-c', knowImage, image.sha256, image.name]]),
      ...(layerArchive === undefined ? [] : [layerArchiveCommand(layerArchive)]),
      // Before the daemon is reloaded: a service that is masked by then is stopped as its package defines.
      stopForeign(plan),
      ['systemctl', 'daemon-reload'],
      // Its settings were written after it had started. The services' streams survive, and its buffers are written to
      // the disk.
      ['systemctl', 'restart', 'systemd-journald'],
      ['journalctl', '--flush'],
      ['systemctl', 'enable', 'knode.target'],
      ['systemctl', 'start', '--no-block', 'knode.target'],
      ['install', '-D', '-m', '0644', '/dev/null', installed],
    ],
  };
}
