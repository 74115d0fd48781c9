/**
 * Rows of the table in docs/first-boot.md, "etcd: what a member sees, and what it does": with data. The real etcd, with
 * cut cables.
 */
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { Member, makePki } from '../machines/etcd-member.ts';
import { cleanUp, until } from '../scripts/support.ts';
import { decides, holds, keepsWaiting, missing, names, nth, place, removed, running } from './places.ts';

afterEach(cleanUp);

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
