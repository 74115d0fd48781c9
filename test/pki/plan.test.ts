import { randomBytes, sign, verify, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hasErrors } from '../../src/base/diagnostic.ts';
import type { CertificateRequest } from '../../src/component/requests.ts';
import { applyPki } from '../../src/pki/apply.ts';
import { planPki } from '../../src/pki/plan.ts';
import type { PkiInput } from '../../src/pki/settings.ts';
import { actionOf, admin, apiServer, day, hour, input, issue, later, lines, token } from './fixture.ts';

const first = await issue(input());
const codes = (given: PkiInput) => planPki(given).diagnostics.map((diagnostic) => diagnostic.code);
const changed = (change: Partial<CertificateRequest>) =>
  actionOf(planPki(input({ stored: first.stored, certificates: [{ ...apiServer, ...change }] })), apiServer.id);

describe('a first plan', () => {
  it('creates what is needed, in a fixed order', () => {
    expect(first.plan.diagnostics).toEqual([]);
    expect(lines(first.plan)).toEqual([
      'create authority kubernetes: not made yet',
      'create authority etcd: not made yet',
      'create service-account service-account: not made yet',
      'create certificate kube-apiserver@m1: not made yet',
      'create certificate admin: not made yet',
      'create certificate etcd-peer@m1: not made yet',
      'create secret bootstrap: not made yet',
      'create secret encryption: not made yet',
    ]);
    expect([...first.entries.keys()].sort()).toEqual([
      'pki/certificates/admin.crt',
      'pki/certificates/admin.key',
      'pki/certificates/etcd-peer@m1.crt',
      'pki/certificates/etcd-peer@m1.key',
      'pki/certificates/kube-apiserver@m1.crt',
      'pki/certificates/kube-apiserver@m1.key',
      'pki/etcd-ca.crt',
      'pki/etcd-ca.key',
      'pki/kubernetes-ca.crt',
      'pki/kubernetes-ca.key',
      'pki/service-account.key',
      'secrets/bootstrap.json',
      'secrets/encryption.json',
    ]);
  });

  it('always has the kubernetes authority, and the others on demand', () => {
    const bare = { certificates: [], secrets: [] };
    const authorities = (given: PkiInput) =>
      planPki(given)
        .actions.filter((step) => step.kind === 'authority')
        .map((step) => step.id);
    expect(authorities(input(bare))).toEqual(['kubernetes']);
    expect(authorities(input({ ...bare, authorities: ['front-proxy'] }))).toEqual(['kubernetes', 'front-proxy']);
  });

  it('makes a matching service-account key pair', () => {
    const { materials } = first;
    const data = Buffer.from('a token');
    const signature = sign('sha256', data, materials.serviceAccount('private-key'));
    expect(materials.serviceAccount('public-key')).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
    expect(verify('sha256', data, materials.serviceAccount('public-key'), signature)).toBe(true);
  });

  it('shows no key material', () => {
    const text = JSON.stringify(first.plan);
    expect(text).not.toContain('PRIVATE KEY');
    expect(text).not.toContain(first.materials.secret('bootstrap', 'secret'));
  });

  it('accepts the same request twice, but not two with one id', () => {
    const twice = planPki(input({ certificates: [admin, { ...admin }] }));
    expect(twice.actions.filter((step) => step.id === admin.id)).toHaveLength(1);
    const differing = input({ certificates: [admin, { ...admin, commonName: 'other' }] });
    expect(() => planPki(differing)).toThrow('admin is requested twice with different contents');
    expect(() =>
      planPki(input({ secrets: [token, { ...token, type: 'random', bytes: 1, encoding: 'hex' }] })),
    ).toThrow();
    expect(() => planPki(input({ certificates: [{ ...admin, id: '../admin' }] }))).toThrow('cannot be a file name');
  });
});

describe('a second plan', () => {
  it('reuses everything, byte for byte', async () => {
    const second = await issue(input({ stored: first.stored, clock: later(5 * hour) }));
    expect(second.plan.actions.map((step) => step.action)).toEqual(new Array(8).fill('reuse'));
    expect(second.entries.size).toBe(0);
    expect(second.materials.certificate(admin.id)).toBe(first.materials.certificate(admin.id));
    expect(second.materials.secret('encryption', 'value')).toBe(first.materials.secret('encryption', 'value'));
  });

  it('ignores order, spelling of addresses and repetitions', () => {
    expect(
      changed({ dnsNames: [...apiServer.dnsNames].reverse(), ipAddresses: ['fd00::1', '10.0.0.1', 'fd00::1'] }),
    ).toMatch(/^reuse: valid until 2027-11-\d\d \d\d:\d\d UTC$/);
  });

  it.each([
    [{ ipAddresses: [...apiServer.ipAddresses, '10.0.0.9'] }, 'SANs +10.0.0.9'],
    [
      { ipAddresses: ['10.0.0.1'], dnsNames: ['m1', 'm2', '*.example.org'] },
      'SANs +m2 -fd00::1 -kubernetes.default.svc',
    ],
    [{ commonName: 'api' }, 'common name kube-apiserver -> api'],
    [{ organizations: ['system:nodes'] }, 'organizations +system:nodes'],
    [{ usages: ['server', 'client'] as const }, 'usages +client'],
    [{ commonName: 'api', usages: ['client'] as const }, 'common name kube-apiserver -> api, usages +client -server'],
  ])('issues again for %j', (change, words) => {
    expect(changed(change)).toBe(`reissue: request changed: ${words}`);
  });

  it('issues again for another subject, algorithm or authority', () => {
    const plan = (tune: Partial<PkiInput['settings']>) =>
      actionOf(planPki(input({ stored: first.stored, tune })), admin.id);
    expect(plan({ subject: { country: 'DE' } })).toBe('reissue: request changed: subject');
    // On a leaf O is a group, so the user's own organization changes nothing there.
    expect(plan({ subject: { organization: 'Acme' } })).toMatch(/^reuse/);
    expect(plan({ algorithm: 'rsa-2048' })).toBe('reissue: request changed: algorithm ecdsa-p256 -> rsa-2048');
    expect(changed({ authority: 'etcd' })).toBe('reissue: issuer changed');
    expect(changed({ authority: 'front-proxy' })).toBe('reissue: issuer changed');
  });

  it('renews with a new key near the end', async () => {
    const end = Date.parse(new X509Certificate(first.materials.certificate(admin.id)).validTo);
    const at = (left: number) => ({ now: () => new Date(end - left) });
    const plan = (left: number) => actionOf(planPki(input({ stored: first.stored, clock: at(left) })), admin.id);
    expect(plan(30 * day)).toMatch(/^reuse/);
    expect(plan(30 * day - 1000)).toBe('reissue: expires in 29 days');
    expect(plan(12.5 * day)).toBe('reissue: expires in 12 days');
    expect(plan(5 * hour)).toBe('reissue: expires in 5 hours');
    expect(plan(-3 * day)).toBe('reissue: expired 3 days ago');

    const renewed = await issue(input({ stored: first.stored, clock: at(12 * day) }));
    expect(renewed.materials.privateKey(admin.id)).not.toBe(first.materials.privateKey(admin.id));
    const certificate = new X509Certificate(renewed.materials.certificate(admin.id));
    expect(
      certificate.verify(new X509Certificate(first.materials.authority('kubernetes', 'certificate')).publicKey),
    ).toBe(true);
    expect([...renewed.entries.keys()].some((path) => path.includes('-ca.') || path.includes('service-account'))).toBe(
      false,
    );
    expect(actionOf(planPki(input({ stored: renewed.stored, clock: at(12 * day) })), admin.id)).toMatch(/^reuse/);
  });

  it('issues again if certificate and key do not match', () => {
    const plan = (path: string, text: string | undefined) => {
      const stored = new Map(first.stored);
      if (text === undefined) stored.delete(path);
      else stored.set(path, text);
      return actionOf(planPki(input({ stored })), admin.id);
    };
    expect(plan('pki/certificates/admin.key', undefined)).toBe('reissue: its key is missing');
    expect(plan('pki/certificates/admin.key', 'x')).toBe('reissue: its key does not belong to it');
    expect(plan('pki/certificates/admin.key', first.materials.privateKey(apiServer.id))).toMatch(/does not belong/);
    expect(plan('pki/certificates/admin.crt', 'x')).toBe('reissue: cannot be read');
    expect(plan('pki/certificates/admin.crt', undefined)).toBe('create: not made yet');
  });
});

describe('authorities and the service-account key', () => {
  const without = (path: string, text?: string) => {
    const stored = new Map(first.stored);
    stored.delete(path);
    if (text !== undefined) stored.set(path, text);
    return input({ stored });
  };

  it('are never replaced if one half is missing', () => {
    expect(codes(without('pki/kubernetes-ca.key'))).toEqual(['pki-authority-incomplete']);
    expect(codes(without('pki/etcd-ca.crt'))).toEqual(['pki-authority-incomplete']);
    const plan = planPki(without('pki/kubernetes-ca.key'));
    expect(plan.diagnostics[0]?.message).toBe(
      'the state holds pki/kubernetes-ca.crt of authority kubernetes but not pki/kubernetes-ca.key',
    );
    // The leaves of the other authority are still planned; those of the wrong one are left alone.
    expect(lines(plan).filter((line) => line.includes('certificate'))).toHaveLength(1);
  });

  it('are never replaced if damaged', async () => {
    expect(codes(without('pki/kubernetes-ca.key', 'x'))).toEqual(['state-damaged']);
    expect(codes(without('pki/kubernetes-ca.crt', 'x'))).toEqual(['state-damaged']);
    expect(codes(without('pki/service-account.key', 'x'))).toEqual(['state-damaged']);
    const otherKey = first.materials.authority('etcd', 'private-key');
    const given = without('pki/kubernetes-ca.key', otherKey);
    expect(codes(given)).toEqual(['state-damaged']);
    await expect(applyPki(given, planPki(given), randomBytes)).rejects.toThrow('a plan with errors');
  });

  it('are never replaced if expired', () => {
    const expired = planPki(input({ stored: first.stored, clock: later(3651 * day) }));
    expect(expired.diagnostics.map((diagnostic) => diagnostic.code)).toEqual([
      'pki-authority-expired',
      'pki-authority-expired',
    ]);
    expect(expired.diagnostics[0]?.message).toContain('ended on 2036-11-18 07:30 UTC');
    expect(expired.diagnostics[0]?.hint).toContain('knode makes no new one');
    expect(expired.actions.filter((step) => step.kind === 'authority')).toEqual([]);
  });

  it('keep their algorithm when the settings change', async () => {
    const second = await issue(input({ stored: first.stored, tune: { algorithm: 'rsa-2048' } }));
    expect(actionOf(second.plan, 'kubernetes')).toMatch(/^reuse/);
    expect(actionOf(second.plan, 'service-account')).toMatch(/^reuse/);
    const leaf = new X509Certificate(second.materials.certificate(admin.id));
    const ca = new X509Certificate(second.materials.authority('kubernetes', 'certificate'));
    expect([leaf.publicKey.asymmetricKeyType, ca.publicKey.asymmetricKeyType]).toEqual(['rsa', 'ec']);
    expect(leaf.verify(ca.publicKey)).toBe(true);
  });
});

describe('ends that conflict', () => {
  it('refuses a leaf that would outlive its authority, once per authority', () => {
    const late = planPki(input({ stored: first.stored, clock: later(3400 * day) }));
    expect(hasErrors(late.diagnostics)).toBe(true);
    expect(late.diagnostics.map((diagnostic) => diagnostic.code)).toEqual(['pki-outlives-ca', 'pki-outlives-ca']);
    expect(late.diagnostics[0]?.message).toMatch(
      /^certificate kube-apiserver@m1 \(and 1 more\) would be valid until 2037-\d\d-\d\d \d\d:\d\d UTC, but its authority kubernetes ends on 2036-11-18 07:30 UTC$/,
    );
    expect(late.diagnostics[0]?.hint).toContain(`at most ${250 * 24 - 1}h`);
    // The remedy works.
    const shorter = input({
      stored: first.stored,
      clock: later(3400 * day),
      tune: { certificateValidityHours: 250 * 24 - 1 },
    });
    expect(planPki(shorter).diagnostics).toEqual([]);
  });

  it('refuses it also for an authority that does not exist yet', () => {
    const tune = { caValidityHours: 1000, certificateValidityHours: 2000 };
    expect(codes(input({ tune }))).toEqual(['pki-outlives-ca', 'pki-outlives-ca']);
    expect(codes(input({ tune: { caValidityHours: 8760, certificateValidityHours: 8760 } }))).toEqual([]);
  });

  it('leaves existing leaves alone', () => {
    const tune = { certificateValidityHours: 100 * 8760 };
    expect(codes(input({ stored: first.stored, tune }))).toEqual([]);
  });
});

describe('materials', () => {
  it('hold only what was requested', async () => {
    const less = await issue(input({ stored: first.stored, certificates: [admin], secrets: [] }));
    expect(() => less.materials.certificate(apiServer.id)).toThrow('never requested');
    expect(() => less.materials.privateKey(apiServer.id)).toThrow('never requested');
    expect(() => less.materials.secret('bootstrap', 'id')).toThrow('never requested');
    expect(() => first.materials.secret('encryption', 'id')).toThrow('has no field id');
    expect(() => first.materials.authority('front-proxy', 'certificate')).toThrow('neither stored nor made');
  });

  it('cannot be made from the plan of another input', async () => {
    const given = input({ certificates: [] });
    await expect(applyPki(given, planPki(input()), randomBytes)).rejects.toThrow('another input');
  });
});

it('makes rsa-4096 keys', async () => {
  const { materials } = await issue(input({ certificates: [], secrets: [], tune: { algorithm: 'rsa-4096' } }));
  const { publicKey } = new X509Certificate(materials.authority('kubernetes', 'certificate'));
  expect(publicKey.asymmetricKeyDetails?.modulusLength).toBe(4096);
}, 60_000);
