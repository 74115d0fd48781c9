import { createPrivateKey, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { authorityLifetime, leafLifetime } from '../../src/pki/validity.ts';
import type { KeyAlgorithm } from '../../src/pki/x509/keys.ts';
import { newSerialNumber } from '../../src/pki/x509/tbs-certificate.ts';
import { admin, apiServer, day, etcdPeer, hasOpenssl, hour, input, issue, openssl, scratch, start } from './fixture.ts';

const begin = '2026-11-21T06:30:00.000Z';
const iso = (text: string): string => new Date(text).toISOString();

describe.each<KeyAlgorithm>(['ecdsa-p256', 'rsa-2048'])('certificates with %s', async (algorithm) => {
  const { materials } = await issue(input({ tune: { algorithm } }));
  const ca = new X509Certificate(materials.authority('kubernetes', 'certificate'));
  const server = new X509Certificate(materials.certificate(apiServer.id));
  const client = new X509Certificate(materials.certificate(admin.id));

  it('chain from leaf to authority', () => {
    for (const leaf of [server, client]) {
      expect(leaf.checkIssued(ca)).toBe(true);
      expect(leaf.verify(ca.publicKey)).toBe(true);
      expect(leaf.ca).toBe(false);
    }
    expect(ca.ca).toBe(true);
    expect(ca.checkIssued(ca) && ca.verify(ca.publicKey)).toBe(true);
    const etcdCa = new X509Certificate(materials.authority('etcd', 'certificate'));
    expect(server.verify(etcdCa.publicKey)).toBe(false);
  });

  it('come with their keys in PKCS #8', () => {
    for (const [certificate, pem] of [
      [ca, materials.authority('kubernetes', 'private-key')],
      [server, materials.privateKey(apiServer.id)],
      [client, materials.privateKey(admin.id)],
    ] as const) {
      expect(pem).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
      expect(certificate.checkPrivateKey(createPrivateKey(pem))).toBe(true);
    }
    expect(server.publicKey.asymmetricKeyType).toBe(algorithm === 'rsa-2048' ? 'rsa' : 'ec');
  });

  it('carry names, addresses and usages', () => {
    expect(server.checkHost('kubernetes.default.svc')).toBe('kubernetes.default.svc');
    expect(server.checkHost('a.example.org')).toBe('*.example.org');
    expect(server.checkHost('m2')).toBeUndefined();
    expect(server.checkIP('10.0.0.1')).toBe('10.0.0.1');
    expect(server.checkIP('fd00::1')).toBe('fd00::1');
    expect(server.checkIP('10.0.0.2')).toBeUndefined();
    // Node calls the extended key usage `keyUsage`.
    expect(server.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(client.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect(client.subjectAltName).toBeUndefined();
  });

  it('begin an hour early, and only leaves end early', () => {
    expect(iso(ca.validFrom)).toBe(begin);
    expect(iso(ca.validTo)).toBe(new Date(Date.parse('2026-11-21T07:30:00Z') + 3650 * day).toISOString());
    expect(iso(server.validFrom)).toBe(begin);
    const lost = Date.parse('2026-11-21T07:30:00Z') + 365 * day - Date.parse(server.validTo);
    expect(lost).toBeGreaterThanOrEqual(0);
    expect(lost).toBeLessThan(14 * day);
  });

  it.skipIf(!hasOpenssl)('satisfy openssl in strict mode', () => {
    const files = {
      'ca.crt': materials.authority('kubernetes', 'certificate'),
      'etcd.crt': materials.authority('etcd', 'certificate'),
      'server.crt': materials.certificate(apiServer.id),
      'client.crt': materials.certificate(admin.id),
      'peer.crt': materials.certificate(etcdPeer.id),
    };
    const directory = scratch(files);
    const verify = (caFile: string, purpose: string, file: string, ...more: string[]) => {
      const at = ['-attime', String(Date.parse(start) / 1000 + 60).split('.')[0] ?? ''];
      const args = ['verify', '-x509_strict', ...at, '-CAfile', caFile, '-purpose', purpose, ...more, file];
      return openssl(directory, ...args);
    };
    expect(verify('ca.crt', 'sslserver', 'server.crt', '-verify_ip', 'fd00::1')).toBe('server.crt: OK\n');
    expect(verify('ca.crt', 'sslclient', 'client.crt')).toBe('client.crt: OK\n');
    expect(verify('etcd.crt', 'sslclient', 'peer.crt')).toBe('peer.crt: OK\n');
    expect(verify('etcd.crt', 'sslserver', 'peer.crt', '-verify_hostname', 'm1')).toBe('peer.crt: OK\n');
    expect(() => verify('ca.crt', 'sslclient', 'server.crt')).toThrow(/unsuitable certificate purpose/);
    expect(() => verify('ca.crt', 'sslserver', 'client.crt')).toThrow(/unsuitable certificate purpose/);
    expect(() => verify('ca.crt', 'sslserver', 'peer.crt')).toThrow();
  });

  it.skipIf(!hasOpenssl)('match openssl’s output', () => {
    const directory = scratch({
      'ca.crt': materials.authority('kubernetes', 'certificate'),
      'server.crt': materials.certificate(apiServer.id),
    });
    const text = (file: string) => openssl(directory, 'x509', '-noout', '-text', '-in', file).replace(/\n\s+/g, '\n');
    const caText = text('ca.crt');
    expect(caText).toContain('Version: 3 (0x2)');
    expect(caText).toContain('X509v3 Basic Constraints: critical\nCA:TRUE, pathlen:0');
    expect(caText).toContain('X509v3 Key Usage: critical\nDigital Signature, Certificate Sign, CRL Sign');
    const leafText = text('server.crt');
    expect(leafText).toContain('X509v3 Basic Constraints: critical\nCA:FALSE');
    const usage = algorithm === 'rsa-2048' ? 'Digital Signature, Key Encipherment\n' : 'Digital Signature\n';
    expect(leafText).toContain(`X509v3 Key Usage: critical\n${usage}`);
    const signature = algorithm === 'rsa-2048' ? 'sha256WithRSAEncryption' : 'ecdsa-with-SHA256';
    expect(leafText).toContain(`Signature Algorithm: ${signature}`);
    const keyId = (of: string, kind: string) => new RegExp(`${kind} Key Identifier: ?\n(\\S+)`).exec(of)?.[1];
    expect(keyId(leafText, 'Authority')).toBe(keyId(caText, 'Subject'));
    expect(keyId(caText, 'Authority')).toBe(keyId(caText, 'Subject'));
    expect(keyId(leafText, 'Subject')).toMatch(/^([0-9A-F]{2}:){19}[0-9A-F]{2}$/);
    // The outer DER parses without a complaint from openssl's own, stricter parser.
    expect(openssl(directory, 'asn1parse', '-in', 'server.crt')).toContain('UTF8STRING        :kube-apiserver');
  });
});

describe('subjects', () => {
  const subject = {
    country: 'DE',
    state: 'Köln',
    locality: 'Köln',
    organization: 'Acme',
    organizationalUnit: 'Platform',
  };

  it('have everything on authorities, and everything except the organization on leaves', async () => {
    const { materials } = await issue(input({ tune: { subject }, authorities: ['front-proxy'] }));
    for (const name of ['kubernetes', 'etcd', 'front-proxy'] as const) {
      const ca = new X509Certificate(materials.authority(name, 'certificate'));
      expect(ca.subject.split('\n')).toEqual([
        'C=DE',
        'ST=Köln',
        'L=Köln',
        'O=Acme',
        'OU=Platform',
        'OU=demo',
        `CN=${name}-ca`,
      ]);
    }
    const leaf = new X509Certificate(materials.certificate(admin.id));
    expect(leaf.subject.split('\n')).toEqual([
      'C=DE',
      'ST=Köln',
      'L=Köln',
      'O=system:masters',
      'O=ops',
      'OU=Platform',
      'CN=kubernetes-admin',
    ]);
    expect(new X509Certificate(materials.certificate(apiServer.id)).subject).not.toContain('O=Acme');
  });

  it('are short if the user sets none', async () => {
    const { materials } = await issue(input());
    const ca = new X509Certificate(materials.authority('kubernetes', 'certificate'));
    expect(ca.subject).toBe('OU=demo\nCN=kubernetes-ca');
    expect(new X509Certificate(materials.certificate(apiServer.id)).subject).toBe('CN=kube-apiserver');
  });
});

describe('lifetimes', () => {
  const hundredYears = 876_000;

  it('reach a hundred years, past 2050', async () => {
    const tune = { caValidityHours: hundredYears, certificateValidityHours: hundredYears };
    const { materials, plan } = await issue(input({ tune }));
    expect(plan.diagnostics).toEqual([]);
    const ca = new X509Certificate(materials.authority('kubernetes', 'certificate'));
    const leaf = new X509Certificate(materials.certificate(apiServer.id));
    expect(iso(ca.validTo)).toBe(new Date(Date.parse('2026-11-21T07:30:00Z') + hundredYears * hour).toISOString());
    expect(new Date(leaf.validTo).getUTCFullYear()).toBe(2126);
    expect(new Date(leaf.validTo) <= new Date(ca.validTo)).toBe(true);
    if (!hasOpenssl) return;
    const directory = scratch({ 'ca.crt': ca.toString(), 'leaf.crt': leaf.toString() });
    expect(openssl(directory, 'verify', '-x509_strict', '-CAfile', 'ca.crt', 'leaf.crt')).toBe('leaf.crt: OK\n');
    const parsed = openssl(directory, 'asn1parse', '-in', 'ca.crt');
    expect(parsed).toMatch(/UTCTIME {11}:261121063000Z/);
    expect(parsed).toMatch(/GENERALIZEDTIME {3}:2126\d{10}Z/);
  });

  it('change the format of a date in the year 2050', async () => {
    for (const [clock, form] of [
      ['2049-12-31T23:59:59Z', /UTCTIME {11}:491231225959Z/],
      ['2050-01-01T01:00:00Z', /GENERALIZEDTIME {3}:20500101000000Z/],
    ] as const) {
      const { materials } = await issue(input({ clock: { now: () => new Date(clock) } }));
      const pem = materials.authority('kubernetes', 'certificate');
      expect(new Date(new X509Certificate(pem).validFrom).getTime()).toBe(Date.parse(clock) - hour);
      if (hasOpenssl) expect(openssl(scratch({ 'ca.crt': pem }), 'asn1parse', '-in', 'ca.crt')).toMatch(form);
    }
  });

  it('never pass the year 9999', () => {
    expect(authorityLifetime(new Date(start), 1e9).notAfter.toISOString()).toBe('9999-12-31T23:59:59.000Z');
  });

  it('spread leaves over the last two weeks or twentieth, the same way each time', () => {
    const now = new Date(start);
    const ids = Array.from({ length: 200 }, (_, index) => `etcd-server@m${index}`);
    for (const [validity, most] of [
      [365 * 24, 14 * day],
      [40, 2 * hour],
    ] as const) {
      const ends = ids.map((id) => leafLifetime(id, now, validity).notAfter.getTime());
      expect(ids.map((id) => leafLifetime(id, now, validity).notAfter.getTime())).toEqual(ends);
      const limit = Date.parse('2026-11-21T07:30:00Z') + validity * hour;
      expect(Math.max(...ends)).toBeLessThanOrEqual(limit);
      expect(Math.min(...ends)).toBeGreaterThan(limit - most);
      expect(new Set(ends).size).toBeGreaterThan(190);
    }
  });
});

describe('serial numbers', () => {
  it('are 128 random bits, positive and never zero', async () => {
    const given = [new Uint8Array(16), new Uint8Array(16).fill(0xff)];
    const serial = newSerialNumber(() => given.shift() ?? new Uint8Array(16));
    expect(serial).toEqual(new Uint8Array(16).fill(0xff));

    const certificates = Array.from({ length: 60 }, (_, index) => ({ ...admin, id: `client-${index}` }));
    const { materials } = await issue(input({ certificates }));
    const serials = certificates.map(({ id }) =>
      BigInt(`0x${new X509Certificate(materials.certificate(id)).serialNumber}`),
    );
    expect(new Set(serials).size).toBe(60);
    expect(serials.every((number) => number > 0n && number < 1n << 128n)).toBe(true);
    // Of 60 numbers of 128 bits at least one has its top bit set, and so would be negative without care.
    expect(serials.some((number) => number >= 1n << 127n)).toBe(true);
  });

  it('survive leading zeros', async () => {
    const { applyPki } = await import('../../src/pki/apply.ts');
    const { planPki } = await import('../../src/pki/plan.ts');
    const given = input({ certificates: [], secrets: [] });
    const small = await applyPki(given, planPki(given), (count) =>
      Uint8Array.from({ length: count }, (_, i) => (i < 15 ? 0 : 0x80)),
    );
    expect(new X509Certificate(small.materials.authority('kubernetes', 'certificate')).serialNumber).toBe('80');
  });
});
