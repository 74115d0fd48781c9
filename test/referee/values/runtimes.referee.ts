/** etcd, dockerd, containerd and systemd accept and refuse the same values as knode. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { containerdConfiguration } from '../../../src/component/runtime/containerd.ts';
import { daemonConfig } from '../../../src/component/runtime/docker.ts';
import type { Cluster, ClusterNode } from '../../../src/model/cluster.ts';
import { checkUnitText } from '../../../src/model/own-files/unit.ts';
import { tomlText } from '../../../src/render/structured.ts';
import { describeReferee, sh, tempDir } from '../tools.ts';
import { containerdTakes, dockerdTakes, etcdTakes } from './judges.ts';
import { confront, type Row } from './table.ts';

type Plain = Readonly<Record<string, unknown>>;
const limit = { timeout: 600_000 };

function table(over: (settings: Plain) => Plain, takes: readonly Plain[], refuses: readonly Plain[]): Row[] {
  const row = (of: boolean) => (settings: Plain) => ({
    name: JSON.stringify(settings),
    over: over(settings),
    takes: of,
  });
  return [...takes.map(row(true)), ...refuses.map(row(false))];
}

const firstMaster = (cluster: Cluster): ClusterNode => {
  const [node] = cluster.masters;
  if (node === undefined) throw new Error('there is no master');
  return node;
};

describeReferee(
  'etcd takes what knode takes',
  { root: true, tools: { etcd: 'etcd-server', unshare: 'util-linux' } },
  () => {
    it('elections, compaction, lists and folders', limit, async () => {
      const takes = [
        {},
        { heartbeatInterval: 100, electionTimeout: 500 },
        { electionTimeout: 50000 },
        { autoCompactionRetention: '12' },
        { extraArgs: { 'auto-compaction-mode': 'revision' }, autoCompactionRetention: '1000' },
        { extraArgs: { 'auth-token': 'simple', 'max-concurrent-streams': 100 } },
        { extraArgs: { 'cipher-suites': 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', cors: 'https://ui.example.com:443' } },
        { extraArgs: { cors: '*' } },
        { extraArgs: { 'listen-metrics-urls': 'http://127.0.0.1:2381,http://127.0.0.2:2381' } },
        { walDir: '/var/lib/etcd/wal' },
      ];
      const refuses = [
        { heartbeatInterval: 100, electionTimeout: 499 },
        { electionTimeout: 50001 },
        { extraArgs: { 'heartbeat-interval': 501 } },
        { extraArgs: { 'heartbeat-interval': 0 } },
        { autoCompactionRetention: 'daily' },
        { extraArgs: { 'auto-compaction-retention': '1 day' } },
        { extraArgs: { 'auth-token': 'jwt' } },
        { extraArgs: { 'max-concurrent-streams': -1 } },
        { extraArgs: { 'cipher-suites': 'TLS_RSA_WITH_AES' } },
        { extraArgs: { cors: 'https://ui.example.com' } },
        { extraArgs: { 'listen-metrics-urls': '127.0.0.1:2381' } },
        { extraArgs: { 'listen-metrics-urls': 'http://127.0.0.1' } },
        { extraArgs: { discovery: 'https://discovery.example.com/abc' } },
        { extraArgs: { 'discovery-srv': 'example.com' } },
        { walDir: '/var/lib/etcd/member' },
      ];
      const rows = table((etcd) => ({ kubernetes: { version: '1.20.2' }, etcd }), takes, refuses);
      await confront(rows, ({ spec }) => {
        const flags: Plain = {
          'heartbeat-interval': spec.etcd.heartbeatInterval,
          'election-timeout': spec.etcd.electionTimeout,
          'auto-compaction-mode': 'periodic',
          'auto-compaction-retention': spec.etcd.autoCompactionRetention,
          'initial-cluster': 'default=http://localhost:2380',
          ...(spec.etcd.walDir === undefined ? {} : { 'wal-dir': spec.etcd.walDir }),
          ...spec.etcd.extraArgs,
        };
        return etcdTakes(Object.entries(flags).map(([name, value]) => `--${name}=${value}`));
      });
    });
  },
);

describeReferee(
  'dockerd takes what knode takes',
  { root: true, tools: { dockerd: 'docker.io', unshare: 'util-linux' } },
  () => {
    it('daemon.json', limit, async () => {
      const takes = [
        {},
        { 'log-driver': 'journald' },
        { 'log-driver': 'local' },
        { 'log-driver': 'syslog', 'log-opts': { tag: 'docker' } },
        { dns: ['10.0.0.2', 'fd00::2'] },
        { labels: ['zone=a', 'empty='] },
        { 'registry-mirrors': ['https://mirror.example.com', 'http://10.0.0.5:5000/'] },
        { 'max-concurrent-downloads': 0, 'max-download-attempts': 1 },
        { 'default-runtime': 'kata', runtimes: { kata: { path: '/usr/bin/kata' } } },
        { icc: false, iptables: true },
        { 'insecure-registries': ['registry.local:5000', 'http://10.0.0.5', '10.0.0.0/8'] },
        { 'default-address-pools': [{ base: '172.80.0.0/16', size: 24 }] },
        { 'default-shm-size': '64m', 'default-ipc-mode': 'private', 'dns-search': ['corp.example.com'] },
        { labels: ['zone=a', 'zone=a'], 'oom-score-adjust': -500 },
        { 'log-driver': 'local', 'log-opts': { 'max-size': '10m', 'max-file': '3', compress: 'false' } },
        { 'default-ulimits': { nofile: { Name: 'nofile', Soft: 100, Hard: 10 } } },
      ];
      const refuses = [
        { debug: 'true' },
        { 'log-opts': { 'max-file': 3 } },
        { 'log-driver': 'journald', 'log-opts': { 'max-file': 3 } },
        { mtu: '1450' },
        { dns: 'resolver.example.com' },
        { dns: ['resolver.example.com'] },
        { labels: ['zone'] },
        { 'log-level': 'verbose' },
        { 'registry-mirrors': ['https://mirror.example.com/docker'] },
        { 'registry-mirrors': ['mirror.example.com'] },
        { 'max-concurrent-downloads': -1 },
        { 'max-concurrent-uploads': -1 },
        { 'max-download-attempts': 0 },
        { 'default-runtime': 'kata' },
        { icc: false, iptables: false },
        { bip: '172.17.0.1' },
        { bip: '172.17.0.1/16' },
        { 'exec-opts': 'native.cgroupdriver=systemd' },
        { 'insecure-registries': ['10.0.0.0/99'] },
        { 'insecure-registries': ['registry.local/path'] },
        { 'insecure-registries': ['registry.local:99999'] },
        { 'default-address-pools': [{ base: '10.0.0.0/8', size: 4 }] },
        { 'default-address-pools': [{ base: '10.0.0.0', size: 24 }] },
        { 'default-address-pools': [{ base: '10.0.0.0/8', size: 40 }] },
        { 'default-shm-size': 'big' },
        { 'default-ipc-mode': 'none' },
        { 'default-cgroupns-mode': 'none' },
        { 'dns-search': ['a b'] },
        { 'exec-opts': ['native.cgroupdriver=foo'] },
        { ip: 'localhost' },
        { 'host-gateway-ip': 'localhost' },
        { 'default-gateway': 'localhost' },
        { labels: ['zone=a', 'zone=b'] },
        { 'metrics-addr': '127.0.0.1' },
        { 'oom-score-adjust': -2000 },
        { 'storage-opts': ['overlay.size=10G'] },
        { 'storage-opts': ['size'] },
        { features: ['buildkit'] },
        { 'log-opts': { mode: 'non-blocking', size: '1m' } },
        { 'log-driver': 'local', 'log-opts': { tag: 'pods' } },
      ];
      const over = (extraConfig: Plain) => ({
        kubernetes: { version: '1.23.17' },
        containerRuntime: { type: 'docker', cgroupDriver: 'cgroupfs', docker: { extraConfig } },
      });
      await confront(table(over, takes, refuses), (cluster) => {
        const {
          'data-root': _,
          'storage-driver': __,
          ...config
        } = daemonConfig({ cluster, node: firstMaster(cluster) });
        return dockerdTakes(config);
      });
    });
  },
);

describeReferee(
  'containerd takes what knode takes',
  { root: true, tools: { containerd: 'containerd', unshare: 'util-linux' } },
  () => {
    it('config.toml of version 2', limit, async () => {
      const cri = (settings: Plain) => ({ plugins: { 'io.containerd.grpc.v1.cri': settings } });
      const takes = [
        {},
        cri({ stream_idle_timeout: '2h' }),
        cri({
          containerd: { default_runtime_name: 'own', runtimes: { own: { runtime_type: 'io.containerd.runc.v2' } } },
        }),
        { debug: { level: 'info', format: 'text' }, oom_score: -999, grpc: { max_recv_message_size: 16777216 } },
        { timeouts: { 'io.containerd.timeout.shim.load': '5s' }, metrics: { address: '127.0.0.1:1338' } },
        cri({ containerd: { snapshotter: 'native' }, max_concurrent_downloads: 3, enable_selinux: false }),
      ];
      const refuses = [
        cri({ stream_idle_timeout: 'long' }),
        cri({ containerd: { default_runtime_name: 'nvidia' } }),
        cri({ containerd: { snapshotter: 'stargz' } }),
        cri({ max_concurrent_downloads: '3' }),
        cri({ enable_selinux: 'yes' }),
        cri({ stream_server_port: 10010 }),
        cri({ cni: { max_conf_num: '1' } }),
        { oom_score: 'low' },
        { debug: { level: 'loud' } },
        { debug: { format: 'xml' } },
        { grpc: { max_recv_message_size: '16777216' } },
        { metrics: { address: 'localhost' } },
        { timeouts: { 'io.containerd.timeout.shim.load': 'soon' } },
        { stream_processors: { own: { accepts: 'application/tar', path: '/usr/bin/own' } } },
      ];
      const over = (extraConfig: Plain) => ({
        kubernetes: { version: '1.28.15' },
        containerRuntime: { containerd: { version: '1.6.20', extraConfig } },
      });
      await confront(table(over, takes, refuses), (cluster) => {
        const config = containerdConfiguration({ cluster, node: firstMaster(cluster) });
        return containerdTakes(tomlText(config));
      });
    });
  },
);

describeReferee(
  'systemd takes the units that knode takes',
  { root: true, tools: { 'systemd-analyze': 'systemd' } },
  () => {
    const exec = '[Service]\nExecStart=/bin/true\n';
    it.each([
      ['a.service', exec, true],
      ['b.service', '[Unit]\nDescription=x\n[Service]\nType=oneshot\nExecStart=/bin/sh -c \\\n  true\n', true],
      ['c.service', '[Service]\nExecStop=/bin/true\nRemainAfterExit=yes\n', true],
      ['d.service', `stray\n${exec}`, true],
      ['e.service', `${exec}nonsense\n`, true],
      ['f.target', '[Unit]\nDescription=x\n', true],
      ['g.socket', '[Socket]\nListenStream=/run/g.sock\nService=a.service\n', true],
      ['h.service', '[Service]\nExecStrat=/bin/true\n', false],
      ['i.service', 'hello\n', false],
      ['j.service', '[Unit]\nDescription=x\n', false],
      ['k.service', '[Service]\nExecStart=bin/true\n', false],
      ['l.timer', '[Timer]\nAccuracySec=1s\nUnit=a.service\n', false],
      ['m.socket', '[Socket]\nAccept=yes\n', false],
      ['n.path', '[Path]\nUnit=a.service\n', false],
      ['o.mount', '[Mount]\nType=tmpfs\n', false],
    ])('%s', async (name, text, takes) => {
      const folder = tempDir('values');
      writeFileSync(join(folder, 'a.service'), exec);
      writeFileSync(join(folder, name), text);
      const judged = await sh('systemd-analyze', ['verify', '--man=no', join(folder, name)], {
        env: { SYSTEMD_UNIT_PATH: `${folder}:`, SYSTEMD_LOG_COLOR: '0' },
      });
      // What systemd merely ignores it reports, too.
      const refused = /Refusing|lacks|Failed to load|bad unit|cannot be empty|has no /i.test(judged.stderr);
      expect({ refused, said: judged.stderr }).toEqual({ refused: !takes, said: judged.stderr });
      const errors = checkUnitText(name, text).filter((one) => one.severity !== 'warning');
      expect(errors.length === 0, JSON.stringify(errors)).toBe(takes);
    });
  },
);
