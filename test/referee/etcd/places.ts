/** Clusters of real etcd members in network name spaces, for the referees of etcd-join's decisions. */
import { existsSync } from 'node:fs';
import { expect } from 'vitest';
import { initialCluster, Member, type MemberOptions, makePki } from '../machines/etcd-member.ts';
import { EtcdNetwork } from '../machines/etcd-network.ts';
import { missingTools, type Running, sleep, until } from '../scripts/support.ts';

export const missing = missingTools('etcd', 'etcdctl', 'openssl', 'curl', 'ip');

export interface Place {
  readonly network: EtcdNetwork;
  readonly pki: string;
  readonly size: number;
  member(index: number, options?: MemberOptions): Member;
}

export function place(size: number): Place {
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
export async function running(size: number): Promise<Place & { members: Member[] }> {
  const at = place(size);
  const members = Array.from({ length: size }, (_, i) => at.member(i + 1));
  await Promise.all(members.map((member) => member.boot()));
  for (const member of members) await member.healthy();
  members[0]?.ctl('put', 'before', 'precious');
  return { ...at, members };
}

export const nth = (members: readonly Member[], index: number): Member => {
  const member = members[index - 1];
  if (member === undefined) throw new Error(`no member ${index}`);
  return member;
};

/** It waits for several rounds, and has decided nothing. */
export async function keepsWaiting(join: Running, member: Member, seconds = 6): Promise<void> {
  await sleep(seconds * 1000);
  expect(join.process.exitCode, join.out).toBeNull();
  expect(existsSync(member.root.at('run/knode/etcd.env'))).toBe(false);
}

export async function decides(join: Running, member: Member, seconds = 60): Promise<string> {
  await until(
    () => join.process.exitCode !== null,
    seconds,
    () => `etcd-join does not end:\n${join.out}`,
  );
  expect(join.process.exitCode, join.out).toBe(0);
  return join.out + member.root.read('run/knode/etcd.env');
}

/** Started members of the cluster by name, as the first sees them, and the key that was there before. */
export async function holds(at: { members: Member[] }, seen: Member, want: readonly string[]): Promise<void> {
  for (const member of at.members) await member.healthy();
  const lines = seen.members().map((member) => `${member[1]} ${member[2]}`);
  expect(lines.sort()).toEqual(want.map((name) => `started ${name}`));
  for (const member of at.members) expect(member.ctl('get', 'before', '--print-value-only').trim()).toBe('precious');
}

/** Removes a member, as often as it takes: a proposal is lost when the member that was killed had led the others. */
export function removed(by: Member, id: string): Promise<void> {
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

export const names = (size: number) => Array.from({ length: size }, (_, i) => `m${i + 1}`);
