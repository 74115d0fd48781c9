/**
 * Rows of the table in docs/first-boot.md, "etcd: what a member sees, and what it does": without data, while members
 * run. The real etcd, with cut cables.
 */
import { rmSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { initialCluster, Member, makePki } from '../machines/etcd-member.ts';
import { cleanUp, sleep } from '../scripts/support.ts';
import { decides, holds, keepsWaiting, missing, names, nth, place, running } from './places.ts';

afterEach(cleanUp);

describe.skipIf(missing.length > 0)('without data, members run', () => {
  it.each([2, 3, 5])('of %i: a machine without the address waits, and does no harm', async (size) => {
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
    'of %i: a machine with the address of a living member waits; it takes the place when that member is gone',
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

  it('a short silence of a member does not lose its place', async () => {
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

  it('a former member at another address is left alone while it lives, and replaced when it is gone', async () => {
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

  it('of two clusters: waits until one of them is off', async () => {
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
