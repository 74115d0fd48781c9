import { createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { PassportRequest } from '../../src/component/requests.ts';
import { readPassport } from '../../src/pki/passport/text.ts';
import { passportInventory } from '../../src/pki/report/inventory.ts';
import { actionOf, day, hour, input, issue, later } from './fixture.ts';

const w1: PassportRequest = {
  id: 'w1',
  cluster: 'demo',
  bearer: { kind: 'node', name: 'w1', address: '10.0.0.21' },
  role: 'worker',
  labels: ['example.com/disk=ssd'],
  taints: ['example.com/gpu=:NoSchedule'],
};
const web: PassportRequest = {
  ...w1,
  id: 'pool-web',
  bearer: { kind: 'pool', pool: 'web', names: 'web-*', network: '10.0.1.0/24' },
  labels: [],
  taints: [],
};
const alone = { authorities: [], certificates: [], secrets: [] };
const first = await issue(input({ ...alone, passports: [w1, web] }));
const text = first.materials.passport('w1');
const next = (change: Partial<PassportRequest>, afterDays = 0) =>
  issue(
    input({
      ...alone,
      passports: [{ ...w1, ...change }],
      stored: first.stored,
      ...(afterDays === 0 ? {} : { clock: later(afterDays * day) }),
    }),
  );

describe('a passport', () => {
  it('contains the node’s identity, line by line, with a signature of all lines before it', () => {
    const { passport, signed, signature } = readPassport(text) ?? {};
    expect(text.split('\n').slice(0, -2)).toEqual([
      'knode-passport 1',
      'cluster demo',
      'node w1',
      'address 10.0.0.21',
      'role worker',
      'label example.com/disk=ssd',
      'taint example.com/gpu=:NoSchedule',
      'generation 1',
      expect.stringMatching(/^not-after \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    ]);
    expect(passport?.generation).toBe(1);
    const key = createPublicKey(first.materials.passportKey());
    expect(verify('sha256', Buffer.from(signed ?? ''), key, signature ?? Buffer.alloc(0))).toBe(true);
    expect(verify('sha256', Buffer.from(`${signed}x`), key, signature ?? Buffer.alloc(0))).toBe(false);
  });

  it('of a pool names a pattern and a network', () => {
    expect(first.materials.passport('pool-web')).toContain('pool web\nnames web-*\nnetwork 10.0.1.0/24\n');
  });

  it('and its key are kept until near its end', async () => {
    expect(actionOf((await next({})).plan, 'w1')).toMatch(/^reuse: /);
    expect(actionOf((await next({})).plan, 'passport-key')).toMatch(/^reuse: /);
    const old = await next({}, 340);
    expect(actionOf(old.plan, 'w1')).toMatch(/^reissue: expires in /);
    expect([...old.entries.keys()]).toEqual(['pki/passports/w1.txt']);
    // Renewed, it says nothing new.
    expect(readPassport(old.materials.passport('w1'))?.passport.generation).toBe(1);
  });

  it('is signed again if the cluster file changes its content, as the next generation', async () => {
    const moved = await next({ labels: [] });
    expect(actionOf(moved.plan, 'w1')).toBe('reissue: request changed: -label example.com/disk=ssd');
    expect(readPassport(moved.materials.passport('w1'))?.passport.generation).toBe(2);
  });

  it('is signed again after tampering', async () => {
    const stored = new Map(first.stored);
    stored.set('pki/passports/w1.txt', text.replace('10.0.0.21', '10.0.0.10'));
    const again = await issue(input({ ...alone, passports: [w1], stored }));
    expect(again.materials.passport('w1')).toContain('address 10.0.0.21\n');
    stored.set('pki/passports/w1.txt', `${text}more\n`);
    expect(actionOf((await issue(input({ ...alone, passports: [w1], stored }))).plan, 'w1')).toMatch(/^reissue: /);
  });

  it.each(['a b', 'a\nnode m1', '', 'a\u0000', 'ä'])('cannot hold %j', async (label) => {
    await expect(next({ labels: [label] })).rejects.toThrow(/cannot stand in a passport/);
  });

  it('that was not requested is a bug', () => {
    expect(() => first.materials.passport('w2')).toThrow(/never requested/);
  });

  it('is listed with its claims', () => {
    const stored = { get: (path: string) => first.stored.get(path), paths: () => first.stored.keys() };
    expect(passportInventory(stored).map(({ id, claims }) => [id, claims[1]])).toEqual([
      ['w1', 'node w1'],
      ['pool-web', 'pool web'],
    ]);
  });
});

describe('a joining certificate', () => {
  const joining = {
    id: 'kubelet-bootstrap@w1',
    authority: 'kubernetes',
    commonName: 'system:node:w1',
    organizations: ['system:nodes'],
    usages: ['client'],
    dnsNames: [],
    ipAddresses: [],
    lifetimeHours: 168,
  } as const;

  it.each([
    [0, 'reuse'],
    [125, 'reuse'],
    [127, 'reissue'],
  ])('after %i of its 168 hours: %s', async (hours, action) => {
    const given = { ...alone, certificates: [joining] };
    const { stored } = await issue(input(given));
    const clock = later(hours * hour);
    const { plan } = await issue(input({ ...given, stored, clock }));
    expect(actionOf(plan, joining.id).split(':')[0]).toBe(action);
  });
});
