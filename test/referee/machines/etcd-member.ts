/**
 * etcd members for the referees of etcd-join: the real etcd with the script's two flags, on addresses of this process
 * or in a separate network.
 */
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { expect } from 'vitest';
import { Root, Running, run, sh, sleep, start } from '../scripts/support.ts';

/** Where the members of one cluster are. */
export interface Site {
  address(index: number): string;
  /** Words before a program that put it on the machine. */
  prefix(index: number): readonly string[];
}

// Loopback addresses of this very process, so that the real port numbers do, also for two runs at a time.
const network127 = `127.${1 + ((process.pid >> 8) % 250)}.${process.pid % 256}`;

export const loopback: Site = { address: (index) => `${network127}.${index}`, prefix: () => [] };

export const peerUrl = (index: number, site: Site = loopback): string => `https://${site.address(index)}:2380`;

/** The value of --initial-cluster for the members 1 to `count`. */
export function initialCluster(count: number, site: Site = loopback): string {
  return Array.from({ length: count }, (_, i) => `m${i + 1}=${peerUrl(i + 1, site)}`).join(',');
}

/** A certificate authority and one certificate for every member, for server and client use. */
export function makePki(site: Site = loopback): string {
  const root = new Root();
  const at = (name: string) => root.at(name);
  // 127.0.0.1 too: etcd compares a peer's certificate with the address of the connection.
  const addresses = ['127.0.0.1', ...[1, 2, 3, 4, 5, 22].map(site.address)].map((ip) => `IP:${ip}`).join(',');
  root.write('ext', `subjectAltName=${addresses}\nextendedKeyUsage=serverAuth,clientAuth\n`);
  const key = (file: string) => ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', file];
  sh('openssl', 'req', '-x509', ...key(at('ca.key')), '-out', at('ca.crt'), '-subj', '/CN=etcd-ca', '-days', '2');
  sh('openssl', 'req', ...key(at('server.key')), '-out', at('csr'), '-subj', '/CN=etcd');
  sh(
    'openssl',
    'x509',
    '-req',
    '-in',
    at('csr'),
    '-CA',
    at('ca.crt'),
    '-CAkey',
    at('ca.key'),
    '-CAcreateserial',
    '-out',
    at('server.crt'),
    '-days',
    '2',
    '-extfile',
    at('ext'),
  );
  for (const name of ['peer', 'flannel']) {
    cpSync(at('server.crt'), at(`${name}.crt`));
    cpSync(at('server.key'), at(`${name}.key`));
  }
  return root.path;
}

export interface MemberOptions {
  readonly cluster?: string;
  /** Further flags of etcd. */
  readonly extra?: readonly string[];
  readonly walDir?: string;
  readonly site?: Site;
}

export class Member {
  readonly root = new Root();
  readonly index: number;
  readonly name: string;
  readonly cluster: string;
  readonly extra: readonly string[];
  /** A folder of its own for the write-ahead log, as `etcd.walDir` gives it. */
  readonly walDir: string | undefined;
  etcd: Running | undefined;

  readonly site: Site;

  constructor(index: number, pki: string, options: MemberOptions = {}) {
    this.site = options.site ?? loopback;
    this.walDir = options.walDir;
    this.index = index;
    this.name = `m${index}`;
    this.extra = options.extra ?? [];
    this.cluster = options.cluster ?? initialCluster(3, this.site);
    this.root.env('node', { NODE_NAME: this.name, NODE_IP: this.site.address(index) });
    this.setEnvironment({});
    this.mayFound('2026-01-01T00:00:00Z', '2999-01-01T00:00:00Z');
    mkdirSync(this.root.at('etc/etcd'), { recursive: true });
    cpSync(pki, this.root.at('etc/etcd/pki'), { recursive: true });
  }

  /** A cluster file with more than the tests need. */
  setEnvironment(more: Readonly<Record<string, string>>): void {
    this.root.env('cluster', {
      KNODE_ETCD_INITIAL_CLUSTER: this.cluster,
      KNODE_ETCD_DATA_DIR: '/var/lib/etcd',
      KNODE_ETCD_CLIENT_PORT: '2379',
      // A real member is given longer to come back.
      KNODE_ETCD_GONE: '2',
      ...(this.walDir === undefined ? {} : { KNODE_ETCD_WAL_DIR: this.walDir }),
      ...more,
    });
  }

  /** The right to found the cluster, as in a render; absent without a span. */
  mayFound(since?: string, until?: string): void {
    const file = 'etc/knode/founding.env';
    if (since === undefined) rmSync(this.root.at(file));
    else this.root.write(file, `KNODE_FOUNDING_SINCE="${since}"\nKNODE_FOUNDING_UNTIL="${until}"\n`, 0o600);
  }

  /** The unit: ExecStartPre, then etcd with the two flags. Returns etcd-join's output and decision. */
  async boot(): Promise<string> {
    const join = await run('etcd-join', this.root, { prefix: this.site.prefix(this.index) });
    expect(join.out).toContain('knode: etcd-join:');
    expect(join).toExit(0);
    this.startEtcd();
    return join.out + this.root.read('run/knode/etcd.env');
  }

  /** etcd-join alone, to be looked at while it waits. */
  join(): Running {
    return this.joinAt(this.index);
  }

  /** The same user-data on another machine. */
  joinAt(machine: number): Running {
    return start('etcd-join', this.root, { prefix: this.site.prefix(machine) });
  }

  startEtcd(): void {
    const env = this.root.read('run/knode/etcd.env');
    const value = (key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(env)?.[1] ?? '';
    const pki = (file: string) => this.root.at(`etc/etcd/pki/${file}`);
    const peer = peerUrl(this.index, this.site);
    const client = `https://${this.site.address(this.index)}:2379`;
    const tls = ['cert', 'key', 'trusted-ca'].flatMap((kind) => {
      const file = pki(kind === 'trusted-ca' ? 'ca.crt' : kind === 'key' ? 'server.key' : 'server.crt');
      return [`--${kind}-file=${file}`, `--peer-${kind}-file=${file}`];
    });
    const [program = '', ...words] = [...this.site.prefix(this.index), 'etcd'];
    this.etcd = new Running(
      program,
      [
        ...words,
        `--name=${this.name}`,
        `--data-dir=${this.root.at('var/lib/etcd')}`,
        `--listen-peer-urls=${peer}`,
        `--initial-advertise-peer-urls=${peer}`,
        `--listen-client-urls=${client}`,
        `--advertise-client-urls=${client}`,
        `--initial-cluster-state=${value('KNODE_ETCD_STATE')}`,
        `--initial-cluster=${value('KNODE_ETCD_CLUSTER')}`,
        // Nothing here survives a power cut, and a busy disk is not the question.
        '--unsafe-no-fsync',
        '--client-cert-auth',
        '--peer-client-cert-auth',
        ...tls,
        ...(this.walDir === undefined ? [] : [`--wal-dir=${this.root.at(this.walDir.slice(1))}`]),
        ...this.extra,
      ],
      { PATH: process.env.PATH },
    );
  }

  async crash(): Promise<void> {
    await this.etcd?.kill();
    this.etcd = undefined;
  }

  wipe(): void {
    rmSync(this.root.at('var/lib/etcd'), { recursive: true, force: true });
  }

  ctl(...args: string[]): string {
    const pki = (file: string) => this.root.at(`etc/etcd/pki/${file}`);
    const tls = ['--cacert', pki('ca.crt'), '--cert', pki('server.crt'), '--key', pki('server.key')];
    const [program = '', ...words] = [...this.site.prefix(this.index), 'env', 'ETCDCTL_API=3', 'etcdctl'];
    return sh(
      program,
      ...words,
      `--endpoints=https://${this.site.address(this.index)}:2379`,
      '--command-timeout=15s',
      ...tls,
      ...args,
    );
  }

  async healthy(seconds = 60): Promise<void> {
    for (const end = Date.now() + seconds * 1000; ; await sleep(50)) {
      // As the unit does: etcd ends when it meets a cluster that is only just there.
      if (this.etcd !== undefined && this.etcd.process.exitCode !== null) await this.boot();
      try {
        this.ctl('endpoint', 'health');
        return;
      } catch {
        if (Date.now() > end) throw new Error(`${this.name} is not healthy:\n${await this.#whatItDoes()}`);
      }
    }
  }

  /**
   * The end of etcd's output. Go answers SIGQUIT with the stacks of all goroutines, so a hanging member shows where.
   */
  async #whatItDoes(): Promise<string> {
    const { etcd } = this;
    if (etcd === undefined) return 'etcd was not started';
    const said = etcd.out.slice(-3000);
    const before = etcd.out.length;
    if (etcd.process.exitCode === null) etcd.process.kill('SIGQUIT');
    await etcd.finished;
    return `${said}\nand when it was asked where it is:\n${etcd.out.slice(before, before + 20_000)}`;
  }

  members(): string[][] {
    return this.ctl('member', 'list')
      .trim()
      .split('\n')
      .map((line) => line.split(', '));
  }

  id(): string {
    return this.members().find((member) => member[3] === peerUrl(this.index, this.site))?.[0] ?? 'none';
  }
}
