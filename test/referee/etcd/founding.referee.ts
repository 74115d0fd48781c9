/**
 * Rows of the table in docs/first-boot.md, "etcd: what a member sees, and what it does": without data, and no member
 * runs. The real etcd, with cut cables.
 */

import { afterEach, describe, expect, it } from 'vitest';
import { cleanUp } from '../scripts/support.ts';
import { decides, holds, keepsWaiting, missing, names, nth, place } from './places.ts';

afterEach(cleanUp);

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
    // The others are on, but no packet arrives.
    for (let other = 2; other <= size; other += 1) at.network.cut(1, other);
    const join = first.join();
    await join.says(new RegExp(`a new cluster needs ${need} of its ${size} machines: waiting for an answer from`));
    await keepsWaiting(join, first, 8);
    // One less than a quorum is not enough. A refused connection counts as an answer.
    for (let other = 2; other < need; other += 1) at.network.mend(1, other);
    if (need > 2) await keepsWaiting(join, first, 6);
    at.network.mend(1, need);
    expect(await decides(join, first)).toMatch(/no member of the cluster is running yet[\s\S]*STATE=new/);
  });

  it.each([2, 3, 5])('of %i machines that boot at once: they found a cluster together', async (size) => {
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

  it('of three machines of which one is off: two found the cluster, the third joins when it comes', async () => {
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
