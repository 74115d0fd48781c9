/**
 * Every row of the table in docs/first-boot.md, "etcd: what a member sees, and what it does": the real etcd and etcdctl, machines in
 * network name spaces, cables that are cut.
 */
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { initialCluster, Member, type MemberOptions, makePki } from './machines/etcd-member.ts';
import { EtcdNetwork } from './machines/etcd-network.ts';
import { cleanUp, missingTools, type Running, sleep, until } from './scripts-support.ts';

const missing = missingTools('etcd', 'etcdctl', 'openssl', 'curl', 'ip');
afterEach(cleanUp);

interface Place {
  readonly network: EtcdNetwork;
  readonly pki: string;
  readonly size: number;
  member(index: number, options?: MemberOptions): Member;
}

function place(size: number): Place {
  const network = new EtcdNetwork(size);
  const pki = makePki(network);
  const cluster = initialCluster(size, network);
  return {
    network,
    pki,
    size,
    member: (index, options) => new Member(index, pki, { site: network, cluster, ...options }),
  };
}

/** A healthy cluster with one key in it. */
async function running(size: number): Promise<Place & { members: Member[] }> {
  const at = place(size);
  const members = Array.from({ length: size }, (_, i) => at.member(i + 1));
  await Promise.all(members.map((member) => member.boot()));
  for (const member of members) await member.healthy();
  members[0]?.ctl('put', 'before', 'precious');
  return { ...at, members };
}

const nth = (members: readonly Member[], index: number): Member => {
  const member = members[index - 1];
  if (member === undefined) throw new Error(`no member ${index}`);
  return member;
};

/** It goes on waiting for some rounds, and has decided nothing. */
async function keepsWaiting(join: Running, member: Member, seconds = 6): Promise<void> {
  await sleep(seconds * 1000);
  expect(join.process.exitCode, join.out).toBeNull();
  expect(existsSync(member.root.at('run/knode/etcd.env'))).toBe(false);
}

async function decides(join: Running, member: Member, seconds = 60): Promise<string> {
  await until(
    () => join.process.exitCode !== null,
    seconds,
    () => `etcd-join does not end:\n${join.out}`,
  );
  expect(join.process.exitCode, join.out).toBe(0);
  return join.out + member.root.read('run/knode/etcd.env');
}

/** Started members of the cluster by name, as the first sees them, and the key that was there before. */
async function holds(at: { members: Member[] }, seen: Member, want: readonly string[]): Promise<void> {
  for (const member of at.members) await member.healthy();
  const lines = seen.members().map((member) => `${member[1]} ${member[2]}`);
  expect(lines.sort()).toEqual(want.map((name) => `started ${name}`));
  for (const member of at.members) expect(member.ctl('get', 'before', '--print-value-only').trim()).toBe('precious');
}

/** Removes a member, as often as it takes: a proposal is lost when the member that was killed had led the others. */
function removed(by: Member, id: string): Promise<void> {
  return until(
    () => {
      try {
        by.ctl('member', 'remove', id);
      } catch {
        // Told below.
      }
      return !by.members().some((member) => member[0] === id);
    },
    60,
    () => `member ${id} is not removed`,
  );
}

const names = (size: number) => Array.from({ length: size }, (_, i) => `m${i + 1}`);

describe.skipIf(missing.length > 0)('without data, no member runs', () => {
  it('one machine: founds its cluster', async () => {
    const member = place(1).member(1);
    expect(await member.boot()).toMatch(/starting a cluster of one[\s\S]*STATE=new/);
    await member.healthy();
  });

  it.each([
    ['one', 1],
    ['three', 3],
  ] as const)(
    'of %s, without the right to found, or outside its time: waits, and says how to get it',
    async (_, size) => {
      const at = place(size);
      const member = at.member(1);
      const spans = [
        [[], /rendered without the right to found a cluster\..*knode render --found/],
        [
          ['2026-01-01T00:00:00Z', '2026-01-08T00:00:00Z'],
          /ended at 2026-01-08T00:00:00Z .*today is .*knode render --found/,
        ],
        [['2998-01-01T00:00:00Z', '2998-01-08T00:00:00Z'], /begins at 2998-01-01T00:00:00Z: the clock .* is behind/],
      ] as const;
      for (const [span, words] of spans) {
        member.mayFound(...span);
        const join = member.join();
        await join.says(words);
        await keepsWaiting(join, member, 2);
        await join.kill();
        member.mayFound('2026-01-01T00:00:00Z', '2999-01-01T00:00:00Z');
      }
      expect(await decides(member.join(), member)).toContain('STATE=new');
    },
  );

  it.each([2, 3, 5])('of %i machines, cut off from the network: waits, and founds when enough answer', async (size) => {
    const at = place(size);
    const need = Math.floor(size / 2) + 1;
    const first = at.member(1);
    // The others are on, but no packet comes through.
    for (let other = 2; other <= size; other += 1) at.network.cut(1, other);
    const join = first.join();
    await join.says(new RegExp(`a new cluster needs ${need} of its ${size} machines: waiting for an answer from`));
    await keepsWaiting(join, first, 8);
    // One less than a quorum is not enough. A machine that refuses is one that answers.
    for (let other = 2; other < need; other += 1) at.network.mend(1, other);
    if (need > 2) await keepsWaiting(join, first, 6);
    at.network.mend(1, need);
    expect(await decides(join, first)).toMatch(/no member of the cluster is running yet[\s\S]*STATE=new/);
  });

  it.each([2, 3, 5])('of %i machines that boot at once: they found together', async (size) => {
    const at = place(size);
    const members = names(size).map((_, i) => at.member(i + 1));
    const began = Date.now();
    const said = await Promise.all(members.map((member) => member.boot()));
    const decided = Date.now() - began;
    for (const member of members) await member.healthy();
    console.log(
      `etcd-join: ${size} blank machines at once: decided after ${decided} ms, healthy after ${Date.now() - began} ms`,
    );
    expect(said.filter((out) => out.includes('STATE=new')).length).toBeGreaterThanOrEqual(Math.floor(size / 2) + 1);
    const ids = new Set(members.map((member) => member.ctl('member', 'list')));
    expect(ids.size).toBe(1);
  });

  it('of three machines of which one is off: two found, the third joins when it comes', async () => {
    const at = place(3);
    at.network.cut(1, 3);
    at.network.cut(2, 3);
    const members = [1, 2, 3].map((index) => at.member(index));
    await Promise.all(members.slice(0, 2).map((member) => member.boot()));
    await nth(members, 1).healthy();
    nth(members, 1).ctl('put', 'before', 'precious');
    at.network.mend(1, 3);
    at.network.mend(2, 3);
    expect(await nth(members, 3).boot()).toMatch(/joining the running cluster[\s\S]*STATE=existing/);
    await holds({ members }, nth(members, 1), names(3));
  });
});

describe.skipIf(missing.length > 0)('without data, members run', () => {
  it.each([2, 3, 5])('of %i: a machine that has not the address waits, and harms nothing', async (size) => {
    const at = await running(size);
    // The same user-data at another address: a clone, or a replacement that is made before the old one is destroyed.
    at.network.plug(22);
    const copy = at.member(2);
    const join = copy.joinAt(22);
    await join.says(/does not have the address 10\.77\.7\.2 of m2: waiting/);
    await keepsWaiting(join, copy, 6);
    await holds(at, nth(at.members, 1), names(size));
  });

  it.each([3, 5])(
    'of %i: a machine that has taken the address of one that lives waits; it takes the place when that one is gone',
    async (size) => {
      const at = await running(size);
      at.network.plug(22);
      at.network.hold(22, at.network.address(2));
      const copy = at.member(2);
      const id = nth(at.members, 2).id();
      const join = copy.joinAt(22);
      await join.says(/member [0-9a-f]+ at \S+ lives \(https:\S+ is connected with it\)/);
      await keepsWaiting(join, copy, 8);
      await holds(at, nth(at.members, 1), names(size));
      expect(nth(at.members, 2).id()).toBe(id);
      await nth(at.members, 2).crash();
      const out = await decides(join, copy);
      expect(out).toMatch(
        /does not answer: this machine replaces it when that has lasted 2 s[\s\S]*removed member[\s\S]*added m2[\s\S]*STATE=existing/,
      );
      expect(
        nth(at.members, 1)
          .members()
          .map((member) => member[0]),
      ).not.toContain(id);
    },
  );

  it('a short silence of the member does not cost it its place', async () => {
    const at = await running(3);
    at.network.plug(22);
    at.network.hold(22, at.network.address(2));
    const copy = at.member(2);
    copy.setEnvironment({ KNODE_ETCD_GONE: '25' });
    const join = copy.joinAt(22);
    await join.says(/is connected with it/);
    await nth(at.members, 2).crash();
    await join.says(/replaces it when that has lasted 25 s/);
    await nth(at.members, 2).boot();
    await nth(at.members, 2).healthy();
    await sleep(25_000);
    expect(join.process.exitCode, join.out).toBeNull();
    expect(join.out).not.toContain('removed');
    await holds(at, nth(at.members, 1), names(3));
  });

  it('a former self at another address is left alone while it lives, and replaced when it is gone', async () => {
    const at = await running(3);
    at.network.plug(4);
    const cluster = initialCluster(3, at.network).replace(at.network.address(3), at.network.address(4));
    const moved = at.member(4, { cluster });
    moved.root.env('node', { NODE_NAME: 'm3', NODE_IP: at.network.address(4) });
    const join = moved.join();
    await join.says(/lives \(it answers at https:\/\/10\.77\.7\.3:2380\)/);
    await keepsWaiting(join, moved, 4);
    expect(nth(at.members, 1).members()).toHaveLength(3);
    await nth(at.members, 3).crash();
    expect(await decides(join, moved)).toMatch(/removed member[\s\S]*added m3[\s\S]*STATE=existing/);
  });

  it('that were never five: a further machine is added', async () => {
    const at = await running(3);
    at.network.plug(4);
    const fourth = at.member(4, { cluster: initialCluster(4, at.network) });
    expect(await fourth.boot()).toMatch(/added m4[\s\S]*joining the running cluster[\s\S]*STATE=existing/);
    await holds({ members: [...at.members, fourth] }, nth(at.members, 1), names(4));
  });

  it.each([2, 3, 5])('of %i, without a quorum: waits, and replaces nothing', async (size) => {
    const at = await running(size);
    const need = Math.floor(size / 2) + 1;
    const last = nth(at.members, size);
    // So many stay that the others lack one for a quorum.
    for (let index = need; index <= size; index += 1) await nth(at.members, index).crash();
    last.wipe();
    rmSync(last.root.at('run'), { recursive: true });
    const join = last.join();
    await join.says(/belongs to a running cluster that has no quorum now/);
    await keepsWaiting(join, last, 8);
    if (size === 2) return;
    for (let index = need; index < size; index += 1) await nth(at.members, index).boot();
    expect(await decides(join, last)).toMatch(/removed member[\s\S]*added m/);
    last.startEtcd();
    await holds(at, nth(at.members, 1), names(size));
  });

  it('of three that are cut off from it: waits; joins when the cable is there again', async () => {
    const at = await running(3);
    const last = nth(at.members, 3);
    await last.crash();
    last.wipe();
    rmSync(last.root.at('run'), { recursive: true });
    at.network.cut(1, 3);
    at.network.cut(2, 3);
    const join = last.join();
    await join.says(/a new cluster needs 2 of its 3 machines: waiting for an answer/);
    await keepsWaiting(join, last, 10);
    at.network.mend(1, 3);
    at.network.mend(2, 3);
    expect(await decides(join, last)).toMatch(/removed member[\s\S]*added m3/);
    last.startEtcd();
    await holds(at, nth(at.members, 1), names(3));
  });

  it('of two clusters: waits until one of them is away', async () => {
    const at = place(3);
    const one = at.member(1, { cluster: initialCluster(1, at.network) });
    const other = at.member(2, { cluster: `m2=https://${at.network.address(2)}:2380` });
    await Promise.all([one.boot(), other.boot()]);
    await one.healthy();
    await other.healthy();
    const third = at.member(3);
    const join = third.join();
    await join.says(/the other members belong to different clusters/);
    await keepsWaiting(join, third, 4);
    expect(one.members()).toHaveLength(1);
    await other.crash();
    expect(await decides(join, third)).toMatch(/added m3[\s\S]*STATE=existing/);
  });

  it('of another certificate authority: waits and names it', async () => {
    const at = await running(3);
    await nth(at.members, 3).crash();
    const stranger = new Member(3, makePki(at.network), { site: at.network });
    const join = stranger.join();
    await join.says(/refuses this node's certificate/);
    await keepsWaiting(join, stranger, 4);
  });
});

describe.skipIf(missing.length > 0)('with data', () => {
  it.each([2, 3, 5])('of %i: starts at once while the others are silent, refuse, or lack a quorum', async (size) => {
    const at = await running(size);
    for (const member of at.members) await member.crash();
    const [first, last] = [nth(at.members, 1), nth(at.members, size)];
    // Refused.
    let began = Date.now();
    expect(await first.boot()).toMatch(/starting with the data[\s\S]*STATE=existing/);
    expect(Date.now() - began).toBeLessThan(3000);
    // Answered without a quorum.
    began = Date.now();
    expect(await last.boot()).toMatch(/starting with the data[\s\S]*STATE=existing/);
    expect(Date.now() - began).toBeLessThan(3000);
    await last.crash();
    // Silent.
    for (let other = 1; other < size; other += 1) at.network.cut(size, other);
    began = Date.now();
    expect(await last.boot()).toMatch(/starting with the data[\s\S]*STATE=existing/);
    expect(Date.now() - began).toBeLessThan(6000);
  });

  it('starts beside members that refuse its certificate', async () => {
    const at = await running(3);
    await nth(at.members, 3).crash();
    const stranger = new Member(3, makePki(at.network), { site: at.network });
    rmSync(stranger.root.at('var'), { recursive: true, force: true });
    renameSync(nth(at.members, 3).root.at('var'), stranger.root.at('var'));
    expect(await decides(stranger.join(), stranger)).toMatch(/starting with the data/);
  });

  it.each([3, 5])(
    'of a member that was removed from a cluster of %i: moves them aside, and joins as a new one',
    async (size) => {
      const at = await running(size);
      const last = nth(at.members, size);
      const id = last.id();
      await last.crash();
      await removed(nth(at.members, 1), id);
      const out = await last.boot();
      expect(out).toMatch(
        new RegExp(`member ${id}, whose data are here, was removed[\\s\\S]*added m${size}[\\s\\S]*STATE=existing`),
      );
      await holds(at, nth(at.members, 1), names(size));
      const kept = readdirSync(last.root.at('var/lib/etcd')).filter((name) => name.startsWith('member.removed-'));
      expect(kept).toHaveLength(1);
      expect(existsSync(last.root.at(`var/lib/etcd/${kept[0]}/snap/db`))).toBe(true);
      // Once more, after all are off: the data are good now.
      await last.crash();
      expect(await last.boot()).toContain('starting with the data');
      await last.healthy();
    },
  );

  it('of a member that was removed, with the log in a folder of its own: moves both aside', async () => {
    const at = place(3);
    const members = [1, 2, 3].map((index) => at.member(index, { walDir: '/var/lib/wal' }));
    await Promise.all(members.map((member) => member.boot()));
    for (const member of members) await member.healthy();
    nth(members, 1).ctl('put', 'before', 'precious');
    const last = nth(members, 3);
    const id = last.id();
    await last.crash();
    await removed(nth(members, 1), id);
    expect(await last.boot()).toMatch(/was removed[\s\S]*added m3/);
    await holds({ members }, nth(members, 1), names(3));
    const kept = readdirSync(last.root.at('var/lib')).filter((name) => name.startsWith('wal.removed-'));
    expect(kept).toHaveLength(1);
    expect(readdirSync(last.root.at(`var/lib/${kept[0]}`)).some((name) => name.endsWith('.wal'))).toBe(true);
  });

  it('of a removed member, while the cluster has no quorum: starts; etcd ends, and the next start heals', async () => {
    const at = await running(3);
    const [first, second, third] = at.members as [Member, Member, Member];
    const id = third.id();
    await third.crash();
    await removed(first, id);
    await second.crash();
    await first.crash();
    await first.boot();
    rmSync(third.root.at('run'), { recursive: true });
    expect(await third.boot()).toContain('starting with the data');
    await second.boot();
    await first.healthy();
    // The unit starts it again.
    await until(
      () => third.etcd?.process.exitCode !== null,
      60,
      () => `etcd goes on:\n${third.etcd?.out.slice(-2000)}`,
    );
    expect(third.etcd?.out).toMatch(/removed/);
    expect(await third.boot()).toMatch(/was removed[\s\S]*added m3/);
    await holds(at, first, names(3));
  });

  it.each([2, 3])('of another cluster, beside a cluster of %i: moves them aside, and joins', async (size) => {
    const at = await running(size);
    const last = nth(at.members, size);
    await last.crash();
    last.wipe();
    // A disk of a cluster of one, from the same certificate authority.
    const alone = at.member(size, {
      cluster: `m${size}=https://${at.network.address(size)}:2380`,
      extra: ['--initial-cluster-token=other'],
    });
    await alone.boot();
    await alone.healthy();
    await alone.crash();
    rmSync(last.root.at('var'), { recursive: true, force: true });
    renameSync(alone.root.at('var'), last.root.at('var'));
    if (size === 2) {
      // The other one has no quorum alone: nothing is proven.
      expect(await last.boot()).toMatch(/starting with the data/);
      return;
    }
    expect(await last.boot()).toMatch(
      /the data here belong to the cluster [0-9a-f]+, the other members to [0-9a-f]+[\s\S]*added m3[\s\S]*STATE=existing/,
    );
    await holds(at, nth(at.members, 1), names(size));
    expect(readdirSync(last.root.at('var/lib/etcd')).some((name) => name.startsWith('member.foreign-'))).toBe(true);
  });

  it('of another cluster, once moved aside, never found: a machine that was a member only joins', async () => {
    const at = place(3);
    const member = at.member(1);
    member.root.write('var/lib/etcd/member.removed-20261127T000000Z/snap/db', 'kept');
    const join = member.join();
    await join.says(/member\.removed-20261127T000000Z shows that it was a member before/);
    await keepsWaiting(join, member, 5);
  });
});
