/**
 * The main job, judged by the real programs: a blank Debian boots the NoCloud seed of `render -o`, and the result
 * equals `render --files`. There is no network except the mirror.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BootedNode, bootNode } from '../machines/boot.ts';
import { type Suite, suites } from '../machines/suites.ts';
import { example, onDebian, type RenderedCluster, type RenderedNode, treePaths, variant } from '../rendered.ts';
import { corruptMirror, lateMirror, placeMirrors } from '../servers/layer-archive-mirror.ts';
import { describeReferee, onExit, sh, sleep, tempDir } from '../tools.ts';

/** Folders that only knode writes to. */
const own = ['/etc/knode', '/etc/kubernetes', '/etc/etcd', '/etc/containerd', '/etc/cni', '/usr/local/lib/knode'];

/** A sparse file behind a loop device, as the node's /dev/vdb. */
async function dataDisk(): Promise<{ device: string; remove: () => Promise<void> }> {
  const image = join(tempDir('disk'), 'vdb.img');
  await sh('truncate', ['-s', '400M', image], { check: true });
  const device = (await sh('losetup', ['-f', '--show', image], { check: true })).stdout.trim();
  const detach = () => sh('losetup', ['-d', device]);
  const forget = onExit(() => void detach());
  return {
    device,
    remove: async () => {
      forget();
      await detach();
    },
  };
}

/** Tries of 200 ms until a machine has printed a message: on a busy machine it is late. */
const patience = 600;

interface Case {
  readonly title: string;
  readonly cluster: () => Promise<RenderedCluster>;
  readonly node: string;
  readonly disk: boolean;
  /** Source of its artifacts; undefined if it needs none. */
  readonly mirror?: string;
  /** Units that are done, or run, without a network. */
  readonly up: readonly string[];
  /** Units that wait, and do not fail, as long as programs are missing. */
  readonly waiting: readonly string[];
  /** Judged by every suite, because suites may differ here; otherwise by Debian 12 alone. */
  readonly bySuites?: boolean;
  /** The source of its image layer, if it is not in the user-data. */
  readonly payload?: { readonly refused: string; readonly taken: string };
}

/** The image layer on two mirrors: the first is corrupt, the second comes up late. */
function byPayload(): Promise<RenderedCluster> {
  return variant('modern', 'modern-payload', (file) => {
    file.setIn(['artifacts', 'payload'], 'mirror');
    file.setIn(['artifacts', 'mirrors'], [corruptMirror, lateMirror]);
  });
}

const cases: readonly Case[] = [
  {
    title: 'master m1 of modern',
    cluster: () => example('modern'),
    node: 'm1',
    bySuites: true,
    disk: true,
    mirror: 'artifacts.example.com',
    up: ['knode-system.service', 'knode-disk.service', 'knode-load-balancer.service'],
    waiting: [
      'etcd.service',
      'containerd.service',
      'kube-apiserver.service',
      'kubelet.service',
      'knode-bootstrap.service',
    ],
  },
  {
    title: 'worker w1 of modern',
    cluster: () => example('modern'),
    node: 'w1',
    disk: false,
    mirror: 'artifacts.example.com',
    up: ['knode-system.service', 'knode-load-balancer.service'],
    waiting: ['flanneld.service', 'containerd.service', 'kubelet.service', 'kube-proxy.service'],
  },
  {
    title: 'worker w1 of modern, its image layer on a mirror',
    cluster: byPayload,
    node: 'w1',
    disk: false,
    mirror: lateMirror,
    up: ['knode-system.service', 'knode-load-balancer.service'],
    waiting: ['flanneld.service', 'containerd.service', 'kubelet.service', 'kube-proxy.service'],
    payload: { refused: corruptMirror, taken: lateMirror },
  },
  {
    title: 'balancer of ansible-ha-1.16, on Debian',
    cluster: () => onDebian('ansible-ha-1.16'),
    node: 'k8s-lb-140',
    bySuites: true,
    disk: false,
    up: ['knode-system.service', 'knode-load-balancer.service', 'knode-ready.service', 'knode.target'],
    waiting: [],
  },
];

/** systemd's messages about a unit that it does not fully understand; the distribution's own units may have more. */
const complaint =
  /systemd\[1\]: .*(Unknown key|Failed to parse|ignoring|ordering cycle)|\/etc\/systemd\/system\/.*(removed|ignored)/i;
/** Printed if this machine uses cgroup v1's controllers itself. */
const ofTheHost = /Failed to read \S+ for control group/;

function modeOf(file: string): { mode: string; uid: number; gid: number } {
  const { mode, uid, gid } = statSync(file);
  return { mode: (mode & 0o7777).toString(8).padStart(4, '0'), uid, gid };
}

function filesBelow(root: string, folder: string): string[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length));
}

const needs = {
  root: true,
  tools: { 'systemd-nspawn': 'systemd-container', losetup: 'mount', 'mkfs.ext4': 'e2fsprogs' },
};

function judge(suite: Suite, one: Case): void {
  const { title, cluster: render, node: name, disk: hasDisk, mirror, up, waiting, payload } = one;
  describeReferee(`the first boot of ${title}, judged by ${suite}`, needs, () => {
    let machine: BootedNode;
    let cluster: RenderedCluster;
    let node: RenderedNode;
    let disk: Awaited<ReturnType<typeof dataDisk>> | undefined;
    const text = async (...cmd: string[]): Promise<string> => (await machine.run(cmd)).stdout.trim();
    const states = async (units: readonly string[]): Promise<Record<string, string>> => {
      const lines = (await text('systemctl', 'is-active', ...units)).split('\n');
      return Object.fromEntries(units.map((unit, index) => [unit, lines[index] ?? '']));
    };

    beforeAll(async () => {
      cluster = await render();
      node = cluster.node(name);
      disk = hasDisk ? await dataDisk() : undefined;
      const nspawn = [
        // By its real name too: without udev, mount finds a UUID only on devices that /proc/partitions names.
        ...(disk === undefined ? [] : [`--bind=${disk.device}:/dev/vdb`, `--bind=${disk.device}`]),
        // The container's swapoff would switch off this machine's own swap.
        '--bind-ro=/bin/true:/usr/sbin/swapoff',
        // A console that can be written to.
        '--console=read-only',
      ];
      const prepare = (root: string) => (payload === undefined ? undefined : placeMirrors(root, node));
      machine = await bootNode({ seedDir: node.seed, name, suite, nspawn, prepare });
      process.stderr.write(`${title}, ${suite}: cloud-init ended ${machine.bootMs} ms after power-on\n`);
    });
    afterAll(async () => {
      await machine?.stop();
      await disk?.remove();
    });

    it('ends cloud-init without an error or a warning', async () => {
      expect(machine.status.result.v1).toMatchObject({ errors: [], datasource: expect.stringContaining('NoCloud') });
      for (const stage of Object.values(machine.status.status.v1)) {
        // Newer versions of cloud-init count deprecated keys and similar here.
        const { recoverable_errors: recoverable } = (stage ?? {}) as { recoverable_errors?: object };
        expect(recoverable ?? {}).toEqual({});
      }
      const log = readFileSync(join(machine.rootDir, 'var/log/cloud-init.log'), 'utf8').split('\n');
      expect(log.filter((line) => /\[(WARNING|ERROR|CRITICAL)\]/.test(line))).toEqual([]);
      expect(await text('cloud-init', 'status', '--long')).toMatch(/^status: done$/m);
      if (suite !== 'bullseye') expect(await machine.run(['cloud-init', 'schema', '--system'])).toExit(0);
    });

    it('leaves exactly the tree that --files shows', () => {
      const paths = treePaths(node);
      for (const path of paths) {
        const [want, have] = [join(node.tree, path), join(machine.rootDir, path)];
        expect(modeOf(have), path).toEqual({ mode: modeOf(want).mode, uid: 0, gid: 0 });
        expect(readFileSync(have).equals(readFileSync(want)), path).toBe(true);
      }
      for (const folder of own) {
        const planned = paths.filter((path) => path.startsWith(`${folder}/`));
        // The load balancer's check writes the configuration that nginx reads.
        const there = filesBelow(machine.rootDir, folder).filter((path) => path !== '/etc/knode/nginx.live.conf');
        expect(there.sort(), folder).toEqual(planned);
      }
    });

    it.skipIf(payload === undefined)('refused the corrupt payload by name, and waited for the right one', () => {
      const said = machine.console();
      expect(said).toMatch(
        new RegExp(`knode: waiting for the payload: ${payload?.refused}/payload-worker/\\S+ is corrupt: its sha256 is`),
      );
      expect(said).toMatch(new RegExp(`knode: waiting for the payload: ${payload?.taken}/\\S+: curl: `));
      expect(existsSync(join(machine.rootDir, 'var/lib/knode/payload.tar'))).toBe(false);
      expect(readFileSync(join(node.seed, 'user-data'), 'utf8')).not.toContain('/usr/local/lib/knode/fetch');
    });

    it('has its host name, time zone, locale, clock and network', async () => {
      const { os, network } = cluster.cluster.spec;
      expect(await text('hostname')).toBe(name);
      expect(await text('cat', '/etc/hostname')).toBe(name);
      expect(await text('readlink', '-f', '/etc/localtime')).toBe(`/usr/share/zoneinfo/${os.timezone}`);
      expect(await text('cat', '/etc/default/locale')).toMatch(new RegExp(`^LANG="?${os.locale}"?$`, 'm'));
      expect(await text('locale', '-a')).toMatch(new RegExp(os.locale.replace('.UTF-8', '\\.utf-?8'), 'i'));
      if (os.ntp.enabled) expect(await text('systemctl', 'is-active', 'chrony')).toBe('active');
      expect(await text('getent', 'hosts', name)).toContain(node.plan.node.address);
      if (network.host.cidr === undefined) return;
      expect(await text('ip', '-br', 'address', 'show', 'eth0')).toContain(node.plan.node.address);
      expect(await text('ip', 'route')).toContain(`default via ${network.host.gateway}`);
    });

    it('has started knode.target, and continues without cloud-init', async () => {
      expect(await text('systemctl', 'is-enabled', 'knode.target')).toBe('enabled');
      expect(await text('systemctl', 'is-active', 'knode.target')).toBe('active');
      const jobs = await text('systemctl', 'list-jobs', '--no-legend', '--plain');
      for (const unit of waiting) expect(jobs).toMatch(new RegExp(`\\b${unit} +start +waiting`));
      const complaints = machine
        .journal()
        .split('\n')
        .filter((line) => complaint.test(line) && !ofTheHost.test(line));
      expect(complaints).toEqual([]);
    });

    it('has completed the steps that need no network', async () => {
      for (let tries = 0; tries < patience; tries += 1) {
        if (Object.values(await states(up)).every((state) => state === 'active')) break;
        await sleep(200);
      }
      expect(await states(up)).toEqual(Object.fromEntries(up.map((unit) => [unit, 'active'])));
      expect(machine.journal()).toContain('knode: system: the system is prepared');
      expect(await text('systemctl', 'is-enabled', 'nginx.service')).toBe('masked');
      // The image has Debian's nginx, which starts before cloud-init has masked it.
      expect(await text('ss', '-Hltn', 'sport = :80')).toBe('');
      expect(existsSync(join(machine.rootDir, 'var/log/journal')), 'Storage=persistent is in force').toBe(true);
      expect(machine.journal(), 'messages from before journald was restarted').toContain('Starting cloud-init');
      // A new name space has what this machine has.
      const untouched = readFileSync('/proc/sys/net/ipv4/ip_forward', 'utf8').trim();
      expect(await text('sysctl', '-n', 'net.ipv4.ip_forward')).toBe(node.role === 'balancer' ? untouched : '1');
      if (disk === undefined) return;
      expect(await text('findmnt', '-nro', 'FSTYPE', '/data')).toBe('ext4');
      expect(await text('findmnt', '-nro', 'SOURCE', '/data')).toMatch(new RegExp(`^(/dev/vdb|${disk.device})$`));
      expect(await machine.run(['findmnt', '--verify'])).toExit(0);
    });

    it.skipIf(mirror === undefined)('says on its console which mirror it waits for, and waits', async () => {
      const wanted = new RegExp(`waiting for the artifact .*${mirror}`);
      for (let tries = 0; tries < patience && !wanted.test(machine.console()); tries += 1) await sleep(200);
      expect(machine.console()).toMatch(wanted);
      expect(machine.journal()).toMatch(wanted);
      expect(await states(['knode-artifacts.service'])).toEqual({ 'knode-artifacts.service': 'activating' });
      expect(await states(waiting)).toEqual(Object.fromEntries(waiting.map((unit) => [unit, 'inactive'])));
      // The last stage says from the start what the node waits for.
      const told = /knode: waiting: knode-artifacts\.service is activating/;
      for (let tries = 0; tries < patience && !told.test(machine.console()); tries += 1) await sleep(200);
      expect(machine.console()).toMatch(told);
      const receipt = JSON.parse(await text('cat', '/run/knode/receipt.json'));
      expect(receipt).toMatchObject({ node: name, role: node.role, ready: false });
    });

    it.skipIf(mirror !== undefined)('is ready, says so on its console, and leaves a receipt', async () => {
      expect(machine.console()).toMatch(new RegExp(`knode: node ${name} \\(balancer of .*\\) ready after \\d+ s`));
      const receipt = JSON.parse(await text('cat', '/run/knode/receipt.json'));
      expect(receipt).toMatchObject({ node: name, role: 'balancer', ready: true, waitingFor: [] });
      expect(await text('ss', '-Hltn', 'sport = :6443')).toContain('0.0.0.0:6443');
    });

    it('has no failed unit', async () => {
      expect(await text('systemctl', '--failed', '--no-legend', '--plain')).toBe('');
    });
  });
}

for (const suite of suites) {
  for (const one of cases) if (one.bySuites || suite === 'bookworm') judge(suite, one);
}
