import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { initialCluster, loopback, Member, makePki, peerUrl } from '../machines/etcd-member.ts';
import { cleanUp, missingTools, run, sh, sleep, start, until } from '../scripts/support.ts';

const missing = missingTools('etcd', 'etcdctl', 'openssl', 'curl');
afterEach(cleanUp);

const names = ['m1', 'm2', 'm3'];

type Three = [Member, Member, Member];

async function running(): Promise<Three> {
  const pki = makePki();
  const members = [1, 2, 3].map((index) => new Member(index, pki)) as Three;
  const said = await Promise.all(members.map((member) => member.boot()));
  // The third may find the cluster of the first two running already.
  expect(said.filter((out) => out.includes('KNODE_ETCD_STATE=new')).length).toBeGreaterThanOrEqual(2);
  for (const member of members) await member.healthy();
  members[0].ctl('put', 'before', 'precious');
  return members;
}

/** Three healthy members with three names, and earlier data are there. */
async function whole(members: Three): Promise<void> {
  for (const member of members) await member.healthy();
  expect(
    members[0]
      .members()
      .map((member) => `${member[1]} ${member[2]}`)
      .sort(),
  ).toEqual(names.map((name) => `started ${name}`));
  for (const member of members) expect(member.ctl('get', 'before', '--print-value-only').trim()).toBe('precious');
}

describe.skipIf(missing.length > 0)('etcd-join', () => {
  it('starts a new cluster, restarts it with its data, all at once and one by one', async () => {
    const members = await running();
    await whole(members);
    for (const member of members) await member.crash();
    const said = await Promise.all(members.map((member) => member.boot()));
    for (const out of said) expect(out).toMatch(/starting with the data[\s\S]*STATE=existing/);
    await whole(members);
    await members[1].crash();
    expect(await members[1].boot()).toContain('starting with the data');
    await whole(members);
  });

  it('lets a master that boots late for the first time join as the member it is', async () => {
    const pki = makePki();
    const members = [1, 2, 3].map((index) => new Member(index, pki)) as Three;
    // The second one finds the first, which waits for a quorum: still a first boot.
    expect(await members[0].boot()).toContain('STATE=new');
    await sleep(1500);
    expect(await members[1].boot()).toContain('STATE=new');
    await members[0].healthy();
    members[0].ctl('put', 'before', 'precious');
    const id = members[0].members().find((member) => member[3] === peerUrl(3))?.[0];
    expect(await members[2].boot()).toMatch(/joining the running cluster[\s\S]*STATE=existing/);
    await whole(members);
    expect(members[2].id()).toBe(id);
  });

  it('replaces a member whose data is gone', async () => {
    const members = await running();
    const id = members[2].id();
    await members[2].crash();
    members[2].wipe();
    const out = await members[2].boot();
    expect(out).toMatch(/removed member [0-9a-f]+[\s\S]*added m3[\s\S]*joining[\s\S]*STATE=existing/);
    await whole(members);
    expect(members[2].id()).not.toBe(id);
  });

  it('continues an interrupted replacement: after the removal, and after the addition', async () => {
    const members = await running();
    const third = members[2];
    for (const steps of [1, 2]) {
      const id = third.id();
      await third.crash();
      third.wipe();
      // etcd refuses changes for some seconds after a member has left.
      const change = (...args: string[]) =>
        until(
          () => {
            try {
              members[0].ctl('member', ...args);
              return true;
            } catch {
              return false;
            }
          },
          30,
          () => `cannot prepare: ${args.join(' ')}`,
        );
      await change('remove', id);
      if (steps === 2) await change('add', 'm3', `--peer-urls=${peerUrl(3)}`);
      const out = await third.boot();
      expect(out).not.toContain('removed member');
      expect(out.includes('added m3')).toBe(steps === 1);
      await whole(members);
    }
  });

  it('converges when it is killed at random moments of a replacement', async () => {
    const seed = Number(process.env.KNODE_SEED ?? Date.now() % 100000);
    console.log(`etcd-join: seed ${seed} (KNODE_SEED)`);
    let state = seed;
    const members = await running();
    await members[2].crash();
    members[2].wipe();
    for (let cut = 0; cut < 6; cut += 1) {
      state = (state * 1103515245 + 12345) % 2147483648;
      const join = start('etcd-join', members[2].root);
      await sleep(state % 700);
      await join.kill();
    }
    await members[2].boot();
    await whole(members);
  });

  it('waits, changing nothing, while too few members are healthy, and heals when they are back', async () => {
    const members = await running();
    const [first, second, third] = members;
    const before = first.members().length;
    await second.crash();
    await third.crash();
    third.wipe();
    // The survivor still answers clients.
    const waits = start('etcd-join', third.root);
    await waits.says(/belongs to a running cluster that has no quorum now/);
    await waits.kill();
    expect(first.members()).toHaveLength(before);
    // After its own restart it does not, because it has no quorum: this must not be taken for an empty network.
    await first.crash();
    await first.boot();
    const mute = start('etcd-join', third.root);
    await mute.says(/belongs to a running cluster that has no quorum now/);
    expect(existsSync(third.root.at('run/knode/etcd.env')) && third.root.read('run/knode/etcd.env')).toContain(
      'STATE=new',
    );
    await sleep(3000);
    expect(mute.process.exitCode).toBeNull();
    await second.boot();
    expect(await mute.finished).toExit(0);
    expect(mute.out).toMatch(/removed member[\s\S]*added m3/);
    third.startEtcd();
    await whole(members);
  });

  it('never founds a cluster without the right: it waits for the others, and joins them', async () => {
    const members = await running();
    const third = members[2];
    for (const member of members) await member.crash();
    third.wipe();
    third.setEnvironment({ KNODE_ETCD_GRACE: '1' });
    third.mayFound();
    const waits = start('etcd-join', third.root);
    await waits.says(/no other member of its cluster runs, and this machine was rendered without the right to found/);
    await Promise.all([members[0].boot(), members[1].boot()]);
    await until(
      () => waits.process.exitCode === 0,
      60,
      () => `etcd-join does not end:\n${waits.out}`,
    );
    expect(waits.out).toMatch(/removed member [0-9a-f]+[\s\S]*added m3[\s\S]*joining/);
    expect(third.root.read('run/knode/etcd.env')).toContain('KNODE_ETCD_STATE=existing');
    third.startEtcd();
    await whole(members);
  });

  it('asks for a backup if the only member of a cluster has lost its data', async () => {
    const member = new Member(1, makePki(), { cluster: initialCluster(1) });
    member.mayFound();
    const waits = start('etcd-join', member.root);
    await waits.says(
      /there is no data in .*, and this machine was rendered without the right to found a cluster.*restore a backup/,
    );
    expect(existsSync(member.root.at('run/knode/etcd.env'))).toBe(false);
    await waits.kill();
  });

  it('does not shrink a cluster of two', async () => {
    const pki = makePki();
    const two = { cluster: initialCluster(2) };
    const [first, second] = [new Member(1, pki, two), new Member(2, pki, two)];
    await Promise.all([first.boot(), second.boot()]);
    await first.healthy();
    await second.crash();
    second.wipe();
    const waits = start('etcd-join', second.root);
    await waits.says(/belongs to a running cluster that has no quorum now/);
    expect(first.members()).toHaveLength(2);
  });

  it('moves aside what a crash in the first start left, and starts', async () => {
    const member = new Member(1, makePki(), { cluster: initialCluster(1) });
    member.root.write('var/lib/etcd/member/snap/db', 'half');
    mkdirSync(member.root.at('var/lib/etcd/member/wal.tmp'));
    expect(await member.boot()).toMatch(/not whole[\s\S]*cluster of one[\s\S]*STATE=new/);
    await member.healthy();
    const aside = readdirSync(member.root.at('var/lib/etcd')).find((name) => name.startsWith('member.incomplete-'));
    expect(member.root.read(join('var/lib/etcd', aside!, 'snap/db'))).toBe('half');
  });

  it('knows its data when the write-ahead log has a folder of its own, and replaces a member that lost either half', async () => {
    const pki = makePki();
    const members = [1, 2, 3].map((index) => new Member(index, pki, { walDir: '/var/lib/wal' })) as Three;
    await Promise.all(members.map((member) => member.boot()));
    for (const member of members) await member.healthy();
    members[0].ctl('put', 'before', 'precious');
    await members[2].crash();
    expect(await members[2].boot()).toMatch(/starting with the data[\s\S]*STATE=existing/);
    await whole(members);
    const [, second, third] = members;
    // The disk of the log is new: the data alone is of no use.
    await third.crash();
    rmSync(third.root.at('var/lib/wal'), { recursive: true });
    expect(await third.boot()).toMatch(/not whole[\s\S]*removed member[\s\S]*STATE=existing/);
    await whole(members);
    // The disk of the data is new: nor is the log alone.
    await second.crash();
    second.wipe();
    expect(await second.boot()).toMatch(/not whole[\s\S]*removed member[\s\S]*STATE=existing/);
    await whole(members);
  });

  it('names certificates as the reason, and does not found a second cluster', async () => {
    const members = await running();
    const stranger = new Member(3, makePki());
    await members[2].crash();
    const waits = start('etcd-join', stranger.root);
    await waits.says(/certificate authority, and are the clocks right|TLS fails/);
    await sleep(2000);
    expect(waits.process.exitCode).toBeNull();
    console.log(waits.out.trim());
  });

  it('refuses while the data disk is not mounted, and when the node is no member', async () => {
    const member = new Member(1, makePki());
    member.root.write('etc/knode/disks.list', '# disks\n/dev/vdb ext4 /var/lib/etcd\n');
    const ran = await run('etcd-join', member.root);
    expect(ran.out).toContain('the data disk of /var/lib/etcd is not mounted');
    expect(ran).toExit(1);
    rmSync(member.root.at('etc/knode/disks.list'));
    member.root.env('node', { NODE_NAME: 'm9', NODE_IP: loopback.address(9) });
    const other = await run('etcd-join', member.root);
    expect(other.out).toContain('m9 is not in');
    expect(other).toExit(1);
  });
});

describe.skipIf(missing.length > 0)('flannel-config', () => {
  const network = '{\n  "Network": "10.244.0.0/16",\n  "Backend": { "Type": "vxlan" }\n}\n';
  const key = '/kubernetes/network/config';

  it.each(['v3', 'v2'])('writes the network once with the %s API, and never changes it', async (api) => {
    const member = new Member(1, makePki(), {
      cluster: initialCluster(1),
      extra: api === 'v2' ? ['--enable-v2=true'] : [],
    });
    member.root.env('cluster', {
      KNODE_ETCD_INITIAL_CLUSTER: `m1=${peerUrl(1)}`,
      KNODE_ETCD_DATA_DIR: '/var/lib/etcd',
      KNODE_FLANNEL_API: api,
      KNODE_FLANNEL_KEY: key,
      KNODE_ETCD_ENDPOINTS: `https://${loopback.address(1)}:2379`,
    });
    member.root.write('etc/knode/flannel-network.json', network);
    const waiting = start('flannel-config', member.root);
    await waiting.says(/waiting for etcd/);
    await member.boot();
    const racing = [1, 2, 3].map(() => run('flannel-config', member.root));
    for (const ran of [waiting.finished, ...racing]) {
      expect((await ran).out).toContain("flannel's network is in etcd");
      expect(await ran).toExit(0);
    }
    const pki = (file: string) => member.root.at(`etc/etcd/pki/${file}`);
    const stored = () =>
      api === 'v3'
        ? member.ctl('get', key, '-w', 'json')
        : sh(
            'curl',
            '-s',
            '--cacert',
            pki('ca.crt'),
            '--cert',
            pki('server.crt'),
            '--key',
            pki('server.key'),
            `https://${loopback.address(1)}:2379/v2/keys${key}`,
          );
    const written = stored();
    const value =
      api === 'v3'
        ? Buffer.from(JSON.parse(written).kvs[0].value, 'base64').toString()
        : JSON.parse(written).node.value;
    expect(JSON.parse(value)).toEqual(JSON.parse(network));
    if (api === 'v3') expect(JSON.parse(written).kvs[0].version).toBe(1);
    member.root.write('etc/knode/flannel-network.json', '{"Network":"10.9.0.0/16"}');
    const different = await run('flannel-config', member.root);
    expect(different.out).toMatch(
      /warning: etcd has .*10\.244\.0\.0.*the cluster file says .*10\.9\.0\.0.*not changed/,
    );
    expect(different).toExit(0);
    // The v3 answer's header counts raft terms, so only the value is compared.
    expect(stored().includes(api === 'v3' ? JSON.parse(written).kvs[0].value : '10.244.0.0')).toBe(true);
  });
});
