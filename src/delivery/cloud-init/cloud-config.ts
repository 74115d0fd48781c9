import type { NodePlan } from '../../component/plan.ts';
import type { Cluster, ClusterNode } from '../../model/cluster.ts';

/** What cloud-init needs to know of a file. */
export interface WriteFile {
  readonly path: string;
  readonly mode: string;
  readonly content: string;
}

/** The image layer as one archive that the node fetches instead of carrying it in its user-data. */
export interface PayloadStep {
  /** The bash program that does it; its arguments are the digest, the size and the key. It reads the mirrors' URLs from /etc/knode. */
  readonly script: string;
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** Below the base URL of each mirror. */
  readonly key: string;
}

/** The golden image that a node boots from, where it does. */
export interface ImageStep {
  readonly name: string;
  /** Of the manifest that lies in the image: which image it is. */
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

/** A pool's machine is named by its platform's metadata, which cloud-init follows when nothing else is said. */
function hostName({ name, pool }: ClusterNode): CloudConfig {
  if (pool !== undefined) return { preserve_hostname: false, manage_etc_hosts: false };
  const qualified = name.includes('.') ? { fqdn: name, prefer_fqdn_over_hostname: true } : {};
  return { hostname: name, ...qualified, preserve_hostname: false, manage_etc_hosts: false };
}

/**
 * Without servers cloud-init's module would write public pools over the platform's own time source, so it gets no word of time
 * then (its cc_ntp.py: no `ntp` key, nothing done).
 */
function ntp({ spec }: Cluster): CloudConfig {
  const { enabled, servers } = spec.os.ntp;
  return enabled && servers.length > 0 ? { ntp: { enabled, servers } } : {};
}

/** Written by the last command of the first boot: until then, cloud-init's own work may have been cut off anywhere. */
const installed = '/var/lib/knode/installed';

/**
 * cloud-init marks a module as done before it runs it: after a power cut it would skip what it had begun. As long as the first
 * boot has not come to its end, the marks are taken away at every boot, and it does all of it again.
 *
 * The network is no module: it is configured, for a new instance only, shortly before the first bootcmd. If the power goes in
 * between, the machine never gets a network. That it has gone there is seen when no bootcmd has run yet and the instance is
 * older than this boot (systemd makes the socket as it starts): cloud-init then has to forget it and boot again. Five times
 * at most, in case a clock that jumps makes it seem so.
 *
 * The power may go here too. What makes an instance new to cloud-init is the id that it remembers, so that goes first: with the
 * id but without the instance, the next boot would have a young instance and no network. And nothing may write any more
 * once all is forgotten: a shutdown that ends this command lets cloud-init go on with its next module for a moment, so the
 * machine is reset at once.
 */
const startOver = [
  'sh',
  '-c',
  [
    `d=/var/lib/knode; test -e ${installed} && exit; mkdir -p $d; cd /var/lib/cloud; rm -f instance/sem/config_*`,
    'test -e $d/begun && exit; : >>$d/again',
    'if test instances -ot /run/systemd/notify -a $(wc -l <$d/again) -lt 5; then',
    'echo again >>$d/again; echo "knode: the power went before the network was configured: booting anew"',
    // It syncs before it resets.
    'rm -f data/instance-id; sync; rm -rf instance instances; systemctl reboot -ff; sleep 600; fi',
    'sync; : >$d/begun',
  ].join('\n'),
];

/** A machine of another image would lack what this user-data leaves out, so nothing is started on it. */
const knowImage = [
  'until echo "$0  /etc/knode/image.json" | sha256sum -c --status; do',
  'echo "knode: waiting: this machine is not of the image $1: boot that one, or render for this one"; sleep 30; done',
].join(' ');

/**
 * An image may run services under the names of knode's own units, or hold their ports: docker, etcd, nginx. Under the same name they would
 * pass for started. The sockets of the packages docker.io and cri-dockerd start their services again.
 */
function stopForeign({ units }: NodePlan): readonly string[] {
  const named = units.filter(({ name, component }) => !name.startsWith('knode') && component !== 'extras');
  const names = named.map(({ name }) => name).filter((name) => name.endsWith('.service'));
  const sockets = names.some((name) => name.includes('docker'))
    ? ['docker.socket', 'cri-docker.socket', 'cri-docker.service']
    : [];
  return ['sh', '-c', `systemctl stop ${[...sockets, ...names].join(' ')} 2>/dev/null; :`];
}

function payloadCommand({ script, sha256, size, key }: PayloadStep): readonly string[] {
  return ['bash', '-c', script, 'knode', sha256, String(size), key];
}

/**
 * The whole cloud-config of a node. cloud-init names the machine and writes files; everything else, packages too, is systemd's,
 * which `runcmd` starts without waiting: cloud-init would otherwise hold the boot until the cluster stands. A payload is waited
 * for: what would be started is in it.
 */
export function cloudConfig(
  plan: NodePlan,
  files: readonly WriteFile[],
  payload?: PayloadStep,
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
      ...(payload === undefined ? [] : [payloadCommand(payload)]),
      // Before the units are read again: a service that is masked then is stopped as its package says.
      stopForeign(plan),
      ['systemctl', 'daemon-reload'],
      // Its settings came after it had started. The services' streams survive, and what it holds in memory goes to the disk.
      ['systemctl', 'restart', 'systemd-journald'],
      ['journalctl', '--flush'],
      ['systemctl', 'enable', 'knode.target'],
      ['systemctl', 'start', '--no-block', 'knode.target'],
      ['install', '-D', '-m', '0644', '/dev/null', installed],
    ],
  };
}
