/**
 * Three etcd members from the rendered units' own command lines, environment and certificates, each in its own root and
 * network: healthy, closed to strangers; one is replaced by the real etcd-join.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as host from '../machines/lab-host.ts';
import { type Daemon, NodeRoot } from '../machines/node-root.ts';
import { clusterOf, type RenderedCluster, readTree } from '../rendered.ts';
import { describeReferee, type Finished, onExit, sh, sleep } from '../tools.ts';

const clusterFile = (name: string, flannel: string): string => `
apiVersion: knode.dev/v1
kind: Cluster
name: ${name}
kubernetes: { version: 1.20.2 }
apiEndpoint: { address: 10.77.0.11 }
nodes:
  masters:
    - { name: m1, address: 10.77.0.11 }
    - { name: m2, address: 10.77.0.12 }
    - { name: m3, address: 10.77.0.13 }
network:
  flannel: ${flannel}
etcd: { version: 3.4.23 }
containerRuntime: { type: docker }
`;

const programs = { etcd: '/usr/bin/etcd', etcdctl: '/usr/bin/etcdctl' };
const etcdPki = '/etc/etcd/pki';
const kubernetesPki = '/etc/kubernetes/pki';

/** The authority, certificate and key that a client uses. */
type Identity = readonly [ca: string, certificate?: string | undefined, key?: string | undefined];
const pair = (ca: string, base: string): Identity => [ca, `${base}.crt`, `${base}.key`];
const apiserver = pair(`${etcdPki}/ca.crt`, `${kubernetesPki}/apiserver-etcd-client`);

class Member {
  readonly root: NodeRoot;
  readonly id: string;
  etcd: (Daemon & { before: string }) | undefined;

  constructor(root: NodeRoot, id: string) {
    this.root = root;
    this.id = id;
  }

  async boot(): Promise<string> {
    this.etcd = await this.root.startUnit('etcd.service');
    return this.etcd.before;
  }

  get endpoint(): string {
    return `https://${this.root.node.plan.node.address}:2379`;
  }

  ctl(identity: Identity, ...args: readonly string[]): Promise<Finished> {
    const [ca, certificate, key] = identity;
    const tls = ['--cacert', ca, ...(certificate ? ['--cert', certificate] : []), ...(key ? ['--key', key] : [])];
    const limits = ['--dial-timeout=2s', '--command-timeout=3s'];
    const env = { ETCDCTL_API: '3' };
    return this.root.run(['etcdctl', `--endpoints=${this.endpoint}`, ...limits, ...tls, ...args], { env });
  }

  async healthy(seconds = 60): Promise<void> {
    for (const end = Date.now() + seconds * 1000; ; await sleep(200)) {
      const health = await this.ctl(apiserver, 'endpoint', 'health');
      if (health.code === 0) return;
      if (this.etcd?.running !== true || Date.now() > end)
        throw new Error(`${this.id} is not healthy: ${health.stderr}\n${this.etcd?.out.slice(-4000)}`);
    }
  }
}

class Lab {
  readonly members: Member[] = [];
  readonly #forget = onExit(() => this.#giveBack());
  readonly #networks: string[] = [];

  async start(cluster: RenderedCluster): Promise<void> {
    for (const node of cluster.nodes) {
      const id = host.nextId();
      this.#networks.push(id);
      const netns = await host.createNetwork(id);
      await sh('ip', ['-n', id, 'address', 'add', `${node.plan.node.address}/24`, 'dev', 'eth0'], { check: true });
      await sh('ip', ['-n', id, 'link', 'set', 'eth0', 'up'], { check: true });
      this.members.push(new Member(await NodeRoot.of(node, { netns, programs }), node.name));
    }
  }

  /** All three decide together, then start, like three machines on their first boot. */
  async bootAll(): Promise<string[]> {
    const said = await Promise.all(this.members.map((member) => member.boot()));
    for (const member of this.members) await member.healthy();
    return said;
  }

  async stop(): Promise<void> {
    for (const member of this.members) await member.root.stop();
    this.#forget();
    this.#giveBack();
  }

  #giveBack(): void {
    for (const id of this.#networks.splice(0)) host.removeNetwork(id);
    host.removeLab();
  }
}

const needs = { root: true, tools: { etcd: 'etcd-server', etcdctl: 'etcd-client', ip: 'iproute2', curl: 'curl' } };

describeReferee('etcd, from rendered units', needs, () => {
  let lab: Lab;
  let cluster: RenderedCluster;
  let said: string[];
  const member = (index: number): Member => lab.members[index] as Member;

  beforeAll(async () => {
    cluster = await clusterOf('etcd-v3', clusterFile('etcd-v3', '{ store: etcd, version: 0.22.1 }'));
    lab = new Lab();
    await lab.start(cluster);
    said = await lab.bootAll();
  });
  afterAll(() => lab?.stop());

  it('is a healthy cluster of three, which decided by itself to be new', async () => {
    // Two found it, being a majority; the third founds it with them, or finds it running already and joins as its member.
    const founders = said.filter((text) => text.includes('starting a new one'));
    const joined = said.filter((text) => text.includes('joining the running cluster'));
    expect(founders.length).toBeGreaterThanOrEqual(2);
    expect(founders.length + joined.length).toBe(3);
    const { stdout } = await member(0).ctl(apiserver, 'member', 'list');
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(', ').slice(1, 5).join(' '));
    const want = (n: number) => `started m${n} https://10.77.0.1${n}:2380 https://10.77.0.1${n}:2379`;
    expect(lines.sort()).toEqual([1, 2, 3].map(want));
    for (const one of lab.members) expect(one.etcd?.out ?? '').not.toMatch(/unrecognized|deprecated/i);
    await member(0).ctl(apiserver, 'put', '/registry/precious', 'kept');
    expect((await member(2).ctl(apiserver, 'get', '--print-value-only', '/registry/precious')).stdout).toBe('kept\n');
  });

  it('answers on loopback, too, for the API server and the scripts', async () => {
    const [ca, certificate = '', key = ''] = apiserver;
    const args = ['--cacert', ca, '--cert', certificate, '--key', key, 'https://127.0.0.1:2379/health'];
    expect((await member(0).root.run(['curl', '-sS', ...args])).stdout).toContain('"health":"true"');
  });

  it('refuses clients without a certificate, with one of another authority, or that trust another one', async () => {
    const [ca, certificate, key] = apiserver;
    // The last one has a good certificate, but trusts another authority than the servers'.
    const strangers: Readonly<Record<string, Identity>> = {
      'no certificate': [ca],
      'the Kubernetes authority': pair(ca, `${kubernetesPki}/apiserver-kubelet-client`),
      'the front-proxy authority': pair(ca, `${kubernetesPki}/front-proxy-client`),
      'trust in the Kubernetes authority': [`${kubernetesPki}/ca.crt`, certificate, key],
    };
    for (const [who, identity] of Object.entries(strangers)) {
      const asked = await member(0).ctl(identity, 'get', '--print-value-only', '/registry/precious');
      expect(asked, who).toExit(1, { stdout: '' });
    }
    const { address } = member(0).root.node.plan.node;
    // With TLS 1.3 a client hears of its refusal only after its own handshake is done, if at all.
    const options = ['-sS', '--max-time', '5', '--tls-max', '1.2', '--cacert', ca];
    const curl = (port: number, ...more: string[]) =>
      member(0).root.run(['curl', ...options, ...more, `https://${address}:${port}/version`]);
    for (const port of [2379, 2380]) {
      const anonymous = await curl(port);
      expect(anonymous.code, `port ${port}`).not.toBe(0);
      expect(anonymous.stderr).toMatch(/certificate required|bad certificate|alert/i);
      const wrong = await curl(
        port,
        '--cert',
        `${kubernetesPki}/front-proxy-client.crt`,
        '--key',
        `${kubernetesPki}/front-proxy-client.key`,
      );
      expect(wrong.code, `port ${port}`).not.toBe(0);
      expect(wrong.stderr).toMatch(/alert|unknown ca|bad certificate/i);
    }
    const peer = ['--cert', `${etcdPki}/server.crt`, '--key', `${etcdPki}/server.key`];
    expect(await curl(2380, '--http1.1', ...peer)).toExit(0, { stdout: expect.stringContaining('3.4') });
  });

  it('gets the network of flannel from the real script, once', async () => {
    const script = '/usr/local/lib/knode/flannel-config';
    for (const one of lab.members) {
      const done = await one.root.run([script], { timeoutMs: 60_000 });
      expect(done).toExit(0);
      expect(done.stdout).toContain("flannel's network is in etcd");
    }
    const key = /KNODE_FLANNEL_KEY="(.*)"/.exec(readTree(member(0).root.node, '/etc/knode/cluster.env'))?.[1] ?? '';
    const flannel = pair(`${etcdPki}/ca.crt`, `${etcdPki}/flannel`);
    const stored = await member(1).ctl(flannel, 'get', '--print-value-only', key);
    expect(JSON.parse(stored.stdout)).toEqual(
      JSON.parse(readTree(member(0).root.node, '/etc/knode/flannel-network.json')),
    );
  });

  it('takes back a replaced machine without manual steps', async () => {
    const gone = member(2);
    const before = await member(0).ctl(apiserver, 'member', 'list');
    await gone.etcd?.stop();
    rmSync(gone.root.at('/var/lib/etcd'), { recursive: true });
    await gone.root.run(['rm', '-rf', '/run/knode']);
    const text = await gone.boot();
    expect(text).toMatch(/removed member [0-9a-f]+, whose data is gone/);
    expect(text).toMatch(/added m3 [\s\S]*joining the running cluster/);
    for (const one of lab.members) await one.healthy();
    const after = await member(0).ctl(apiserver, 'member', 'list');
    const ids = (list: Finished) =>
      new Map(
        list.stdout
          .trim()
          .split('\n')
          .map((line) => [line.split(', ')[2], line.split(', ')[0]]),
      );
    expect([...ids(after).keys()].sort()).toEqual(['m1', 'm2', 'm3']);
    expect(ids(after).get('m1')).toBe(ids(before).get('m1'));
    expect(ids(after).get('m3')).not.toBe(ids(before).get('m3'));
    expect((await gone.ctl(apiserver, 'get', '--print-value-only', '/registry/precious')).stdout).toBe('kept\n');
  });

  it('founds no second cluster beside one that has lost its quorum', async () => {
    const [left, off, gone] = [member(0), member(1), member(2)];
    for (const one of lab.members) await one.etcd?.stop();
    await gone.root.run(['rm', '-rf', '/run/knode', '/var/lib/etcd']);
    expect(await left.boot()).toContain('starting with the data in');
    const joining = gone.root.start(['/usr/local/lib/knode/etcd-join'], { KNODE_RETRY: '1' });
    await joining.says(/belongs to a running cluster that has no quorum now/);
    await sleep(2000);
    expect(joining.running).toBe(true);
    expect(await off.boot()).toContain('starting with the data in');
    await joining.says(/removed member [\s\S]*added m3 [\s\S]*joining the running cluster/, 60);
    await gone.boot();
    for (const one of lab.members) await one.healthy();
  });

  it('restarts with its data, all at once', async () => {
    for (const one of lab.members) await one.etcd?.stop();
    for (const text of await lab.bootAll()) expect(text).toContain('starting with the data in');
    expect((await member(1).ctl(apiserver, 'get', '--print-value-only', '/registry/precious')).stdout).toBe('kept\n');
  });
});

describeReferee('etcd, for an old flannel', needs, () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = new Lab();
    await lab.start(await clusterOf('etcd-v2', clusterFile('etcd-v2', '{ store: etcd, version: 0.11.0 }')));
    await lab.bootAll();
  });
  afterAll(() => lab?.stop());

  it('serves the v2 API, and gets the network of flannel there', async () => {
    const [first] = lab.members;
    if (first === undefined) throw new Error('no member');
    expect(readTree(first.root.node, '/etc/systemd/system/etcd.service')).toContain('--enable-v2=true');
    const done = await first.root.run(['/usr/local/lib/knode/flannel-config'], { timeoutMs: 60_000 });
    expect(done).toExit(0);
    const key = /KNODE_FLANNEL_KEY="(.*)"/.exec(readTree(first.root.node, '/etc/knode/cluster.env'))?.[1] ?? '';
    const tls = ['--ca-file', 'ca.crt', '--cert-file', 'flannel.crt', '--key-file', 'flannel.key'];
    const at = tls.map((word) => (word.startsWith('--') ? word : join(etcdPki, word)));
    const env = { ETCDCTL_API: '2' };
    const stored = await first.root.run(['etcdctl', '--endpoints', first.endpoint, ...at, 'get', key], { env });
    expect(JSON.parse(stored.stdout)).toEqual(JSON.parse(readTree(first.root.node, '/etc/knode/flannel-network.json')));
  });
});
