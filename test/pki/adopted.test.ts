import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { planPki } from '../../src/pki/plan.ts';
import type { AdoptedAuthority, PkiInput } from '../../src/pki/settings.ts';
import {
  actionOf,
  admin,
  apiServer,
  day,
  hasOpenssl,
  input,
  issue,
  openssl,
  p256,
  p384,
  rsa2048,
  scratch,
  userAuthority,
} from './fixture.ts';

function files(directory: string): Required<AdoptedAuthority> {
  const read = (name: string) => readFileSync(`${directory}/${name}`, 'utf8');
  return { certificatePem: read('ca.crt'), privateKeyPem: read('ca.key') };
}

const now = { now: () => new Date() };
const given = (kubernetes: AdoptedAuthority, over: Partial<PkiInput> = {}) =>
  input({ clock: now, certificates: [apiServer, admin], secrets: [], tune: { adopted: { kubernetes } }, ...over });
const codes = (adopted: AdoptedAuthority) => planPki(given(adopted)).diagnostics.map((diagnostic) => diagnostic.code);

describe.skipIf(!hasOpenssl)('an adopted authority', () => {
  describe.each([
    ['P-256', p256, 'ecdsa-with-SHA256'],
    ['P-384', p384, 'ecdsa-with-SHA384'],
    ['RSA', rsa2048, 'sha256WithRSAEncryption'],
  ] as const)('with %s', (_name, newKey, signature) => {
    it('issues leaves that verify', async () => {
      const adopted = files(userAuthority(newKey));
      const outcome = await issue(given(adopted));
      expect(outcome.plan.diagnostics).toEqual([]);
      expect(actionOf(outcome.plan, 'kubernetes')).toMatch(
        /^adopt: adopted from your files: its certificate is recorded/,
      );
      const { materials } = outcome;
      expect(materials.authority('kubernetes', 'certificate')).toBe(adopted.certificatePem);
      expect(materials.authority('kubernetes', 'private-key')).toBe(adopted.privateKeyPem);
      const ca = new X509Certificate(adopted.certificatePem);
      const leaf = new X509Certificate(materials.certificate(apiServer.id));
      expect(leaf.checkIssued(ca) && leaf.verify(ca.publicKey)).toBe(true);
      const directory = scratch({ 'ca.crt': adopted.certificatePem, 'leaf.crt': leaf.toString() });
      const verify = ['verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', 'ca.crt', 'leaf.crt'];
      expect(openssl(directory, ...verify)).toBe('leaf.crt: OK\n');
      expect(openssl(directory, 'x509', '-noout', '-text', '-in', 'leaf.crt')).toContain(`Algorithm: ${signature}\n`);
    });
  });

  it('is recorded without its key, and cannot silently be dropped or exchanged', async () => {
    const adopted = files(userAuthority(p256));
    const { stored } = await issue(given(adopted));
    expect([...stored.keys()].filter((path) => path.includes('-ca.'))).toEqual(['pki/kubernetes-ca.crt']);
    expect([...stored.values()].join('')).not.toContain(adopted.privateKeyPem);

    const again = planPki(given(adopted, { stored }));
    expect(actionOf(again, 'kubernetes')).toBe('reuse: adopted from your files');
    expect(actionOf(again, admin.id)).toMatch(/^reuse/);

    const dropped = planPki(input({ clock: now, stored, certificates: [admin] }));
    expect(dropped.diagnostics[0]?.code).toBe('pki-authority-incomplete');
    expect(dropped.diagnostics[0]?.hint).toMatch(/^if the authority was adopted, name its files/);

    const exchanged = planPki(given(files(userAuthority(p256)), { stored }));
    expect(exchanged.diagnostics.map((diagnostic) => diagnostic.code)).toEqual(['pki-adopted-differs']);
  });

  it('may be renewed with the same key', async () => {
    const directory = userAuthority(p256);
    const { stored, materials } = await issue(given(files(directory)));
    const usage = ['-addext', 'keyUsage=critical,keyCertSign', '-days', '4000', '-utf8'];
    openssl(
      directory,
      'req',
      '-x509',
      '-key',
      'ca.key',
      '-out',
      'ca.crt',
      '-subj',
      '/C=DE/O=Org Ünit/CN=Our CA',
      ...usage,
    );
    const renewed = await issue(given(files(directory), { stored }));
    expect(actionOf(renewed.plan, 'kubernetes')).toMatch(/^adopt: .*renewed with the same key/);
    expect([...renewed.entries.keys()]).toEqual(['pki/kubernetes-ca.crt']);
    expect(renewed.materials.certificate(admin.id)).toBe(materials.certificate(admin.id));
  });

  it('cannot replace an authority made by knode', async () => {
    const own = await issue(input({ clock: now, certificates: [admin], secrets: [] }));
    const plan = planPki(given(files(userAuthority(p256)), { stored: own.stored }));
    expect(plan.diagnostics.map((diagnostic) => diagnostic.code)).toEqual(['pki-adopted-differs']);
    const same = {
      certificatePem: own.materials.authority('kubernetes', 'certificate'),
      privateKeyPem: own.materials.authority('kubernetes', 'private-key'),
    };
    expect(actionOf(planPki(given(same, { stored: own.stored })), 'kubernetes')).toMatch(/^reuse/);
  });

  it('is refused with a reason for each fault', async () => {
    const good = files(userAuthority(p256));
    const other = files(userAuthority(p256));
    expect(codes({ ...good, privateKeyPem: other.privateKeyPem })).toEqual(['pki-key-mismatch']);
    expect(codes({ certificatePem: 'no', privateKeyPem: 'no' })).toEqual(['pki-unreadable', 'pki-unreadable']);
    expect(codes({ ...good, certificatePem: good.certificatePem + other.certificatePem })).toEqual([
      'pki-several-certificates',
    ]);
    const encrypted = userAuthority(p256);
    openssl(encrypted, 'pkey', '-in', 'ca.key', '-aes256', '-passout', 'pass:geheim', '-out', 'locked.key');
    const locked = readFileSync(`${encrypted}/locked.key`, 'utf8');
    expect(codes({ ...files(encrypted), privateKeyPem: locked })).toEqual(['pki-unreadable']);

    const { materials } = await issue(given(good));
    const leaf = { certificatePem: materials.certificate(admin.id), privateKeyPem: materials.privateKey(admin.id) };
    expect(codes(leaf)).toEqual(['pki-not-an-authority']);
    const noSigning = ['-addext', 'keyUsage=critical,digitalSignature'];
    const directory = userAuthority(p256);
    openssl(directory, 'req', '-x509', '-key', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=x', ...noSigning);
    expect(codes(files(directory))).toEqual(['pki-not-an-authority']);
    openssl(directory, 'req', '-x509', '-key', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=x', '-days', '3650');
    const lax = planPki(given(files(directory)));
    expect(lax.diagnostics.map(({ code, severity }) => `${severity} ${code}`)).toEqual(['warning pki-no-key-usage']);
    expect(actionOf(lax, 'kubernetes')).toMatch(/^adopt/);

    expect(codes(files(userAuthority(['-algorithm', 'ED25519'])))).toEqual(['pki-key-type']);
    expect(codes(files(userAuthority(['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1024'])))).toEqual([
      'pki-key-type',
    ]);
  });

  it('is refused outside its validity, with its role in the message', () => {
    const adopted = files(userAuthority(p256, '-days', '10'));
    const plan = (days: number) =>
      planPki(given(adopted, { clock: { now: () => new Date(Date.now() + days * day) } })).diagnostics[0];
    expect(plan(11)?.message).toMatch(/^the certificate of the adopted kubernetes authority ended on \d{4}-\d\d-\d\d/);
    expect(plan(-1)?.code).toBe('pki-authority-not-yet-valid');
    expect(plan(1)?.code).toBe('pki-outlives-ca');
  });

  it('never shows its key in a message', () => {
    const adopted = files(userAuthority(p256));
    const body = adopted.privateKeyPem.split('\n')[1] ?? '';
    const broken = adopted.privateKeyPem.replace('-----END', '----END');
    const text = JSON.stringify(planPki(given({ ...adopted, privateKeyPem: broken })));
    expect(text).toContain('pki-unreadable');
    expect(text).not.toContain(body);
  });
});
