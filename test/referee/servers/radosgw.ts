/** The smallest real S3 server: Ceph's monitor, one OSD and radosgw, all of it below one folder and on 127.0.0.1. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Finished, sh, tempDir } from '../tools.ts';
import { Daemons } from './daemons.ts';
import { freePort } from './free-port.ts';

/** Program → Debian package. `ceph`, `radosgw-admin` and the tools come along with these. */
export const radosgwTools = { 'ceph-mon': 'ceph-mon', 'ceph-osd': 'ceph-osd', radosgw: 'radosgw' };

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface Radosgw {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  /** The same server by `https://127.0.0.1:PORT`. */
  readonly secureEndpoint: string;
  /** The file of its certificate, which signed itself. */
  readonly certificate: string;
  readonly folder: string;
  /** May do everything. */
  readonly keys: Keys;
  /** Another user, who sees nothing that nobody gave to it. */
  addUser(name: string): Promise<Keys>;
  admin(args: readonly string[]): Promise<string>;
  /** The monitor's status of the cluster, for example that its disk is full. */
  health(): Promise<string>;
  stop(): Promise<void>;
}

/** Ceph must not touch the machine's own cluster, if it has one: every path lies below the folder. */
function config(folder: string, fsid: string, mon: number, web: number, tls: string): string {
  return `[global]
fsid = ${fsid}
mon host = v2:127.0.0.1:${mon}
mon initial members = a
public network = 127.0.0.0/8
cluster network = 127.0.0.0/8
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
auth allow insecure global id reclaim = false
keyring = ${folder}/$name.keyring
admin socket = ${folder}/run/$name.asok
run dir = ${folder}/run
pid file = ${folder}/run/$name.pid
log file = ${folder}/log/$name.log
crash dir = ${folder}/crash
mon data = ${folder}/mon
mon cluster log file = ${folder}/log/cluster.log
mon data avail crit = 1
mon data avail warn = 1
mon allow pool size one = true
mon allow pool delete = true
ms bind ipv6 = false
osd data = ${folder}/osd
osd objectstore = bluestore
osd memory target = 939524096
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
bluestore block create = true
bluestore block size = 21474836480
rgw data = ${folder}/rgw
rgw frontends = beast endpoint=127.0.0.1:${web}${tls}
rgw dns name = localhost
debug rgw = 1
`;
}

/** Starts the three daemons; ready in about six seconds. All ends with this process, by a signal too. */
export async function startRadosgw(): Promise<Radosgw> {
  const folder = tempDir('radosgw');
  for (const name of ['run', 'log', 'crash', 'mon', 'osd', 'rgw']) mkdirSync(join(folder, name), { recursive: true });
  const [mon, web, secure] = [await freePort(), await freePort(), await freePort()];
  const conf = join(folder, 'ceph.conf');
  const [certificate, key] = [join(folder, 'tls.pem'), join(folder, 'tls.key')];
  const ends = ` ssl_endpoint=127.0.0.1:${secure} ssl_certificate=${certificate} ssl_private_key=${key}`;
  const fsid = randomUUID();
  writeFileSync(conf, config(folder, fsid, mon, web, ends));
  const daemons = new Daemons(folder);
  const run = async (cmd: string, ...args: string[]): Promise<string> =>
    (await sh(cmd, ['-c', conf, ...args], { check: true, cwd: folder })).stdout;
  const daemon = (cmd: string, name: string, ...args: string[]): void =>
    daemons.start(name, cmd, ['-f', '-c', conf, ...args]);
  try {
    await makeCertificate(certificate, key);
    await startMonitor(folder, fsid, mon, run, daemon);
    await startOsd(folder, run, daemon);
    const caps = ['mon', 'allow rw', 'osd', 'allow rwx'];
    await run('ceph', 'auth', 'get-or-create', 'client.rgw', ...caps, '-o', `${folder}/client.rgw.keyring`);
    daemon('radosgw', 'rgw', '-n', 'client.rgw');
    const endpoint = `http://127.0.0.1:${web}`;
    // Of 200 only: before that a list of buckets would fail.
    await daemons.answering(endpoint, (status) => status === 200);
    const admin = (args: readonly string[]) => run('radosgw-admin', ...args);
    const addUser = async (name: string): Promise<Keys> => {
      const keys = { accessKeyId: random(20), secretAccessKey: random(40) };
      const { accessKeyId, secretAccessKey } = keys;
      const secrets = ['--access-key', accessKeyId, '--secret', secretAccessKey];
      await admin(['user', 'create', '--uid', name, '--display-name', name, ...secrets]);
      return keys;
    };
    const secureEndpoint = `https://127.0.0.1:${secure}`;
    return {
      endpoint,
      secureEndpoint,
      certificate,
      folder,
      keys: await addUser('owner'),
      addUser,
      admin,
      health: () => run('ceph', '--connect-timeout', '10', 'health', 'detail'),
      stop: () => daemons.stop(),
    };
  } catch (error) {
    await daemons.stop();
    throw error;
  }
}

function makeCertificate(certificate: string, key: string): Promise<Finished> {
  const subject = ['-subj', '/CN=radosgw', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2'];
  const form = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  return sh('openssl', ['req', ...form, ...subject, '-keyout', key, '-out', certificate], { check: true });
}

type Run = (cmd: string, ...args: string[]) => Promise<string>;
type Daemon = (cmd: string, name: string, ...args: string[]) => void;

async function startMonitor(folder: string, fsid: string, port: number, run: Run, daemon: Daemon): Promise<void> {
  const tool = (...args: string[]) => sh('ceph-authtool', args, { check: true });
  const all = ['mon', 'osd', 'mgr', 'mds'].flatMap((kind) => ['--cap', kind, 'allow *']);
  const [monKeys, adminKeys] = [`${folder}/mon.a.keyring`, `${folder}/client.admin.keyring`];
  await tool('--create-keyring', monKeys, '--gen-key', '-n', 'mon.', '--cap', 'mon', 'allow *');
  await tool('--create-keyring', adminKeys, '--gen-key', '-n', 'client.admin', ...all);
  await tool(monKeys, '--import-keyring', adminKeys);
  const map = `${folder}/monmap`;
  const address = `[v2:127.0.0.1:${port}]`;
  await sh('monmaptool', ['--create', '--addv', 'a', address, '--fsid', fsid, map], { check: true });
  await run('ceph-mon', '--mkfs', '-i', 'a', '--monmap', map, '--keyring', monKeys);
  daemon('ceph-mon', 'mon', '-i', 'a');
}

async function startOsd(folder: string, run: Run, daemon: Daemon): Promise<void> {
  const uuid = randomUUID();
  await run('ceph', '--connect-timeout', '20', 'osd', 'new', uuid);
  const caps = ['mon', 'allow profile osd', 'osd', 'allow *'];
  await run('ceph', 'auth', 'get-or-create', 'osd.0', ...caps, '-o', `${folder}/osd.0.keyring`);
  await run('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', uuid);
  daemon('ceph-osd', 'osd', '-i', '0');
}

function random(length: number): string {
  return randomBytes(length).toString('hex').slice(0, length).toUpperCase();
}
