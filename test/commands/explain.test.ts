import { readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { changedLines } from '../../src/base/changed-lines.ts';
import { explain } from '../../src/commands/explain.ts';
import { purposes } from '../../src/component/profile.ts';
import type { ToldOneFile } from '../../src/explain/file.ts';
import type { ToldNode } from '../../src/explain/node.ts';
import { freshCluster, memoryIo, mistakes, secretPattern } from './fixture.ts';

const first = { role: 'master', index: '0' };

async function told(options: object, file = freshCluster()): Promise<{ out: string; err: string; file: string }> {
  const io = memoryIo();
  await explain({ file, ...options }, io);
  return { out: io.out(), err: io.err(), file };
}

async function nodes(options: object, file?: string): Promise<ToldNode[]> {
  return JSON.parse((await told({ ...options, json: true }, file)).out);
}

async function oneFile(path: string, file?: string, options: object = first): Promise<ToldOneFile> {
  const [found] = JSON.parse((await told({ ...options, path, json: true }, file)).out);
  return found;
}

/** `cluster.yaml:LINE` of the line that holds a text. */
function lineOf(file: string, text: string): string {
  const lines = readFileSync(file, 'utf8').split('\n');
  return `${file}:${lines.findIndex((line) => line.includes(text)) + 1}`;
}

/** The key that holds the nodes of the control plane. */
function listOf(file: string): string | undefined {
  return /^ {2}(masters|controlPlane):/m.exec(readFileSync(file, 'utf8'))?.[1];
}

describe('a node', () => {
  test('shows files, units, packages, artifacts, budget and the boot order', async () => {
    const { out } = await told(first);
    expect(out).toMatch(/^m1: master 0 of prod, Kubernetes 1\.\d+\.\d+, amd64\n/);
    expect(out).toMatch(/^cluster +etcd +0644 +\d+ +\d+ +\/etc\/systemd\/system\/etcd\.service +default$/m);
    expect(out).toMatch(/^node +\S+ +0600\* +\d+ +\d+ +\/etc\/\S+\.key +\S+cluster\.yaml:\d+$/m);
    expect(out).toMatch(/^cluster +etcd +at boot +etcd\.service +default$/m);
    expect(out).toMatch(/^image +kubelet +kubelet +1\.\S+ +\S+cluster\.yaml:\d+$/m);
    expect(out).toMatch(/^image +\S.* +socat +default$/m);
    expect(out).toMatch(/^user-data: \d+ bytes, \d+ compressed$/m);
    expect(out).toMatch(/^aws +gzip +\d+ +16384 +\d+ %(, too large)?$/m);
    expect(out).toMatch(/^nocloud +cloud-config +\d+ +- +no limit$/m);
    expect(out).toMatch(
      /boot order:\nknode\.target\n├─ [\s\S]*│ +├─ etcd\.service\n[\s\S]*│ +└─ kube-apiserver\.service/,
    );
  });

  test('changes nothing: no state is made, no secret is shown', async () => {
    for (const options of [first, { all: true }, { all: true, json: true }]) {
      const { out, err, file } = await told(options);
      expect(readdirSync(dirname(file)).sort()).toEqual(['cluster.yaml', 'knode.lock.yaml', 'knode.schema.json']);
      expect(out + err).not.toMatch(secretPattern);
    }
  });

  test('as JSON it equals the sum of its parts', async () => {
    const all = await nodes({ all: true });
    expect(all.map((node) => node.node)).toEqual(['m1', 'm2', 'm3', 'w1', 'w2']);
    for (const { files, packages, artifacts, units } of all) {
      expect(files.every((file) => ['image', 'cluster', 'node'].includes(file.layer) && file.raw >= 0)).toBe(true);
      const paths = new Set(files.map((file) => file.path));
      expect(units.every((unit) => paths.has(`/etc/systemd/system/${unit.name}`))).toBe(true);
      for (const one of [...packages, ...artifacts]) expect(one.components, one.name).not.toEqual([]);
    }
  });

  test('names the line of the cluster file for each item, or the default', async () => {
    const file = freshCluster(
      (text) =>
        `${text}\nextraFiles:\n  - { path: /etc/motd, content: hi }\nos:\n  packages: [jq]\netcd:\n  electionTimeout: 5001\n`,
    );
    const [node] = await nodes(first, file);
    const byPath = (path: string) => node?.files.find((one) => one.path === path);
    expect(byPath('/etc/motd')).toMatchObject({ setting: 'extraFiles[0]', from: lineOf(file, '/etc/motd') });
    expect(byPath('/etc/knode/node.env')).toMatchObject({ from: lineOf(file, 'name: m1') });
    expect(byPath('/etc/sysctl.d/90-knode.conf')).toMatchObject({ setting: 'os.sysctls', from: 'default' });
    const etcd = { from: lineOf(file, 'etcd:'), setting: 'etcd' };
    expect(node?.units.find((one) => one.name === 'etcd.service')).toMatchObject(etcd);
    expect(node?.packages.find((one) => one.name === 'jq')).toMatchObject({ from: lineOf(file, '[jq]') });
    const artifact = (name: string) => node?.artifacts.find((one) => one.name === name);
    expect(artifact('kubelet')).toMatchObject({ from: lineOf(file, '  version:') });
    expect(artifact('etcd')).toMatchObject({ setting: 'etcd.version', from: 'default' });
  });

  test('has a different purpose for every component', () => {
    for (const purpose of purposes.values()) expect(purpose).toMatch(/^\S.*[^.]$/);
    const words = [...purposes].filter(([name]) => name !== 'docker').map(([, purpose]) => purpose);
    expect(new Set(words).size).toBe(words.length);
  });
});

describe('a file', () => {
  const withTimeout = () => freshCluster((text) => `${text}\netcd:\n  electionTimeout: 5001\n`);

  test('its reason, origin and content', async () => {
    const file = withTimeout();
    const { out } = await told({ ...first, path: '/etc/systemd/system/etcd.service' }, file);
    expect(out).toMatch(/^m1:\/etc\/systemd\/system\/etcd\.service\n {2}component {2}etcd: keeps the state of the cl/);
    expect(out).toContain(`  from       ${lineOf(file, 'etcd:')} (etcd)\n`);
    expect(out).toMatch(new RegExp(`${lineOf(file, '5001')} \\(etcd\\.electionTimeout\\): line \\d+\\n`));
    expect(out).toContain('  --election-timeout=5001 \\\n');
  });

  test('a secret is described by its request', async () => {
    const { out } = await told({ ...first, path: '/etc/kubernetes/pki/apiserver.key' });
    expect(out).toContain('subject CN=kube-apiserver\n');
    expect(out).toMatch(/names .*DNS kubernetes\.default.*IP 10\.96\.0\.1/);
    expect(out).toContain('(its content is secret)');
    expect(out).not.toMatch(secretPattern);
    const joining = await oneFile('/etc/kubernetes/pki/kubelet-bootstrap.key');
    expect(joining.request).toContain('subject CN=system:node:m1, O=system:nodes');
    expect(joining.request).toContain('good for 168 h: kubelet gets its own certificate with it');
    expect(joining.content).toBeUndefined();
    const passport = await oneFile('/etc/knode/passport');
    expect(passport.request?.[0]).toMatch(/^passport m1, signed by the state: the master m1 of prod at /);
  });

  test('--all describes it for every node that has it', async () => {
    const { out } = await told({ all: true, json: true, path: '/etc/systemd/system/etcd.service' });
    expect(JSON.parse(out).map((one: ToldOneFile) => one.node)).toEqual(['m1', 'm2', 'm3']);
  });

  test.each([
    ['/etc/systemd/system/etdc.service', '/etc/systemd/system/etcd.service'],
    ['kubelet.yaml', '/etc/kubernetes/kubelet.yaml'],
    ['/nothing/like/it', 'knode explain lists every path'],
  ])('a missing path: %s', async (path, hint) => {
    const [said] = await mistakes(() => told({ ...first, path }));
    expect(said).toMatch(/^unknown-path: there is no /);
    expect(said).toContain(hint);
  });
});

describe('a line', () => {
  const setup = () =>
    freshCluster(
      (text) =>
        `${text}\netcd:\n  electionTimeout: 5001\n  heartbeatInterval: 100\nextraFiles:\n  - { path: /etc/motd, content: hi }\n`,
    );
  const lineWith = async (path: string, text: string, file: string) => {
    const whole = await oneFile(path, file);
    const number = (whole.content ?? '').split('\n').findIndex((line) => line.includes(text)) + 1;
    return (await oneFile(`${path}:${number}`, file)).line;
  };
  const unit = '/etc/systemd/system/etcd.service';

  test('a flag that a setting decides, even if the setting has its default', async () => {
    const file = setup();
    for (const [flag, setting] of [
      ['--election-timeout', 'electionTimeout'],
      ['--heartbeat-interval', 'heartbeatInterval'],
    ] as const) {
      const line = await lineWith(unit, flag, file);
      expect(line?.text).toContain(flag);
      expect(line?.origins).toEqual([{ setting: `etcd.${setting}`, from: lineOf(file, setting) }]);
    }
  });

  test('a flag that nothing in the cluster file decides', async () => {
    const line = await lineWith(unit, '--auto-compaction-mode', setup());
    expect(line).toMatchObject({ origins: [{ from: 'default', setting: 'etcd' }] });
    expect(line?.because).toContain('no setting that the cluster file has changes this line');
  });

  test('a variable of another file, your own text, and PEM', async () => {
    const file = setup();
    const address = await lineWith('/etc/knode/node.env', 'NODE_IP', file);
    expect(address?.origins[0]).toMatchObject({ setting: `nodes.${listOf(file)}[0].address` });
    expect((await oneFile('/etc/motd:1', file)).line?.origins).toEqual([
      { setting: 'extraFiles[0]', from: lineOf(file, '/etc/motd') },
    ]);
    const key = await told({ ...first, path: '/etc/kubernetes/pki/apiserver.key:2' }, file);
    expect(key.out).toContain('  (secret)\n');
    expect(key.out).toContain('PEM: its lines mean nothing by themselves');
  });

  test.each(['masters', 'controlPlane'])('names nodes.%s like the cluster file', async (key) => {
    const file = freshCluster((text) => text.replace(/^ {2}(masters|controlPlane):/m, `  ${key}:`));
    expect(listOf(file)).toBe(key);
    const address = await lineWith('/etc/knode/node.env', 'NODE_IP', file);
    expect(address?.origins).toEqual([{ setting: `nodes.${key}[0].address`, from: lineOf(file, 'name: m1') }]);
    const { settings } = await oneFile('/etc/knode/node.env', file);
    expect(settings.map(({ setting }) => setting)).toContain(`nodes.${key}[0].address`);
  });

  test('a missing line', async () => {
    const path = '/etc/knode/node.env:99';
    expect(await mistakes(() => told({ ...first, path }))).toEqual([
      expect.stringMatching(/^no-such-line: \/etc\/knode\/node\.env has no line 99 \| it has lines 1 to \d$/),
    ]);
  });
});

test.each([
  ['a b c', 'a b c', []],
  ['a b c', 'a c', [2]],
  ['a b c', 'a x b c', []],
  ['a b c', 'a x c', [2]],
  ['a b c', '', [1, 2, 3]],
  ['a b a', 'a a b', [2]],
])('lines of %j that %j lacks', (text, other, lines) => {
  expect(changedLines(text.replaceAll(' ', '\n'), other.replaceAll(' ', '\n'))).toEqual(lines);
});
