import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { planImport, type SignedFile } from '../../src/pki/exchange/import.ts';
import { pendingRequestPath } from '../../src/pki/layout.ts';
import { planPki } from '../../src/pki/plan.ts';
import { planRenewal } from '../../src/pki/renewal.ts';
import type { PkiInput } from '../../src/pki/settings.ts';
import {
  actionOf,
  day,
  etcdPeer,
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

const clock = { now: () => new Date() };
const read = (directory: string, name: string) => readFileSync(`${directory}/${name}`, 'utf8');
const etcdClient = {
  ...etcdPeer,
  id: 'etcd-client@m1',
  commonName: 'flanneld',
  organizations: ['ops'],
  usages: ['client'] as const,
  dnsNames: [],
  ipAddresses: [],
};

/** Input with an etcd authority whose key knode does not have. */
function external(directory: string, over: Parameters<typeof input>[0] = {}): PkiInput {
  const adopted = { etcd: { certificatePem: read(directory, 'ca.crt') } };
  const { tune, ...rest } = over;
  return input({ clock, certificates: [etcdPeer, etcdClient], secrets: [], tune: { adopted, ...tune }, ...rest });
}

/** Requests made and in the authority's folder. */
async function requested(directory: string, over: Parameters<typeof input>[0] = {}) {
  const made = await issue({ ...external(directory, over), unsignedAllowed: true });
  for (const { id } of [etcdPeer, etcdClient])
    writeFileSync(`${directory}/${id}.csr`, made.stored.get(pendingRequestPath(id)) ?? '');
  return made;
}

const copy = ['-copy_extensions', 'copy'];
function signed(directory: string, id: string, more: readonly string[] = [...copy, '-days', '365']): SignedFile {
  const out = `${id}.crt`;
  const ca = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial'];
  openssl(directory, 'x509', '-req', '-in', `${id}.csr`, ...ca, '-out', out, ...more);
  return { file: out, content: read(directory, out) };
}

const caConfig = `[ca]
default_ca = own
[own]
database = index.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
default_days = 300
policy = any
copy_extensions = copy
[any]
commonName = supplied
organizationName = optional
`;

/** As `openssl ca` signs: the subject in the policy's order, and words before the PEM. */
function signedByCa(directory: string, id: string, more: readonly string[] = []): SignedFile {
  writeFileSync(`${directory}/ca.cnf`, caConfig);
  writeFileSync(`${directory}/index.txt`, '');
  const ca = ['-config', 'ca.cnf', '-cert', 'ca.crt', '-keyfile', 'ca.key', '-batch'];
  openssl(directory, 'ca', ...ca, '-in', `${id}.csr`, '-out', `${id}.crt`, ...more);
  return { file: `${id}.crt`, content: read(directory, `${id}.crt`) };
}

const codesOf = ({ diagnostics }: { diagnostics: readonly { severity: string; code: string }[] }) =>
  diagnostics.map(({ code }) => code);

describe.skipIf(!hasOpenssl)('an authority whose key stays with its owner', () => {
  it.each([
    ['P-256', p256, 'ecdsa-p256'],
    ['P-384', p384, 'ecdsa-p256'],
    ['RSA', rsa2048, 'rsa-2048'],
  ] as const)('with %s: requests verify, and signed certificates are accepted', async (_name, key, algorithm) => {
    const directory = userAuthority(key);
    const over = { tune: { algorithm } };
    const { stored, plan, entries } = await requested(directory, over);
    expect(actionOf(plan, etcdPeer.id)).toBe('request: not made yet');
    expect([...entries.keys()].filter((path) => path.startsWith('pki/certificates/'))).toEqual([]);
    const text = openssl(directory, 'req', '-verify', '-noout', '-text', '-in', `${etcdPeer.id}.csr`);
    expect(text).toMatch(/Subject: CN *= *m1\n/);
    expect(text).toContain('DNS:m1, IP Address:10.0.0.1\n');
    expect(text).toContain('TLS Web Server Authentication, TLS Web Client Authentication\n');
    expect(text).toContain('CA:FALSE\n');

    const files = [etcdPeer.id, etcdClient.id].map((id) => signed(directory, id));
    const result = planImport(external(directory, { stored, ...over }), files);
    expect(result.diagnostics).toEqual([]);
    expect(result.waiting).toEqual([]);
    const after = new Map([...stored, ...result.entries]);
    const done = await issue(external(directory, { stored: after, ...over }));
    expect(done.plan.diagnostics).toEqual([]);
    expect(actionOf(done.plan, etcdPeer.id)).toMatch(/^reuse: valid until/);
    const leaf = new X509Certificate(done.materials.certificate(etcdPeer.id));
    expect(leaf.publicKey.asymmetricKeyType).toBe(key === rsa2048 ? 'rsa' : 'ec');
    const chain = scratch({ 'leaf.crt': leaf.toString(), 'ca.crt': read(directory, 'ca.crt') });
    expect(openssl(chain, 'verify', '-x509_strict', '-CAfile', 'ca.crt', 'leaf.crt')).toBe('leaf.crt: OK\n');
    expect(planImport(external(directory, { stored: after, ...over }), files).known).toHaveLength(2);
  });

  it('takes what openssl ca made of a request', async () => {
    const directory = userAuthority(p256);
    const { stored } = await requested(directory);
    const files = [etcdPeer.id, etcdClient.id].map((id) => signedByCa(directory, id));
    expect(files[0]?.content).toMatch(/^Certificate:/);
    const { entries, diagnostics } = planImport(external(directory, { stored }), files);
    expect(diagnostics).toEqual([]);
    expect(entries.get('pki/certificates/etcd-peer@m1.crt')).toMatch(/^-----BEGIN CERTIFICATE-----\n/);
    expect(planPki(external(directory, { stored: new Map([...stored, ...entries]) })).diagnostics).toEqual([]);
  });

  it('stops a render until all are signed, naming what and how', async () => {
    const directory = userAuthority(p256);
    const { stored } = await requested(directory);
    for (const state of [new Map<string, string>(), stored]) {
      const { diagnostics } = planPki(external(directory, { stored: state }));
      expect(diagnostics.map(({ severity, code }) => `${severity} ${code}`)).toEqual(['error pki-unsigned']);
      expect(diagnostics[0]?.message).toContain('etcd-peer@m1, etcd-client@m1');
      expect(diagnostics[0]?.hint).toMatch(/knode pki requests -o DIR.*knode pki import DIR/);
    }
    const one = planImport(external(directory, { stored }), [signed(directory, etcdPeer.id)]);
    expect(one.waiting).toEqual(['etcd-client@m1']);
    const rest = planPki(external(directory, { stored: new Map([...stored, ...one.entries]) }));
    expect(rest.diagnostics[0]?.message).toMatch(/^a certificate of the etcd authority.*: etcd-client@m1$/);
  });

  it('keeps a request while it matches, and makes another after a change', async () => {
    const directory = userAuthority(p256);
    const { stored } = await requested(directory);
    const plan = (certificates: PkiInput['certificates']) =>
      planPki({ ...external(directory, { stored, certificates }), unsignedAllowed: true });
    expect(actionOf(plan([etcdPeer]), etcdPeer.id)).toMatch(/^await/);
    expect(actionOf(plan([{ ...etcdPeer, dnsNames: ['m9'] }]), etcdPeer.id)).toMatch(/^request/);
  });

  it('keeps an old certificate in use while its successor is requested', async () => {
    const directory = userAuthority(p256);
    const { stored } = await requested(directory);
    const files = [etcdPeer.id, etcdClient.id].map((id) => signed(directory, id));
    const state = new Map([...stored, ...planImport(external(directory, { stored }), files).entries]);
    const soon = { now: () => new Date(Date.now() + 350 * day) };
    expect(planPki(external(directory, { stored: state, clock: soon })).diagnostics).toEqual([]);
    const whole = external(directory, { stored: state, clock: soon });
    const { plan } = planRenewal(
      { ...whole, stored: { get: (path) => state.get(path), paths: () => state.keys() } },
      { ids: [], all: false },
    );
    expect(actionOf(plan, etcdPeer.id)).toMatch(/^request: expires in 14 days/);
    const past = { now: () => new Date(Date.now() + 366 * day) };
    expect(codesOf(planPki(external(directory, { stored: state, clock: past })))).toEqual(['pki-unsigned']);
  });
});

describe.skipIf(!hasOpenssl)('a returned certificate is refused', () => {
  async function refused(change: (directory: string) => SignedFile | readonly SignedFile[], clockDays = 0) {
    const directory = userAuthority(p256);
    const { stored } = await requested(directory);
    const files = [change(directory)].flat();
    const at = { now: () => new Date(Date.now() + clockDays * day) };
    const result = planImport(external(directory, { stored, clock: at }), files);
    for (const { message } of result.diagnostics) expect(message).toContain(files[0]?.file);
    return result;
  }
  const peer = etcdPeer.id;
  const extensions = (directory: string, text: string) => {
    writeFileSync(`${directory}/ext.cnf`, text);
    return ['-extfile', 'ext.cnf', '-days', '365'];
  };

  it('without the requested names', async () => {
    const result = await refused((directory) => signed(directory, peer, ['-days', '365']));
    expect(codesOf(result)).toEqual(['pki-import-differs']);
    expect(result.diagnostics[0]?.message).toContain('usages +client +server, SANs +10.0.0.1 +m1');
    expect(result.diagnostics[0]?.hint).toContain('-copy_extensions copy');
  });

  it('with another name', async () => {
    const text = 'subjectAltName=DNS:m2,IP:10.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n';
    const result = await refused((directory) => signed(directory, peer, extensions(directory, text)));
    expect(result.diagnostics[0]?.message).toContain('SANs +m1 -m2');
  });

  it('with another subject', async () => {
    const result = await refused((directory) =>
      signed(directory, peer, [...copy, '-days', '365', '-subj', '/O=x/CN=y']),
    );
    expect(result.diagnostics[0]?.message).toContain('common name y -> m1, organizations -x');
  });

  it('as an authority, and unable to sign', async () => {
    const text =
      'subjectAltName=DNS:m1,IP:10.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\nbasicConstraints=CA:TRUE\nkeyUsage=keyCertSign\n';
    const result = await refused((directory) => signed(directory, peer, extensions(directory, text)));
    expect(codesOf(result)).toEqual(['pki-import-authority', 'pki-import-key-usage']);
  });

  it('from another authority, and from another key of the same name', async () => {
    const result = await refused((directory) => {
      const other = userAuthority(p256, '-days', '100');
      writeFileSync(`${other}/${peer}.csr`, read(directory, `${peer}.csr`));
      return signed(other, peer);
    });
    expect(codesOf(result)).toContain('pki-import-issuer');
    expect(result.diagnostics[0]?.message).toContain('another key than that of the adopted etcd authority');
  });

  it('tampered with', async () => {
    const result = await refused((directory) => {
      const { file, content } = signed(directory, peer);
      const der = new X509Certificate(content).raw;
      // The last bytes are the signature's.
      der[der.length - 1] = (der.at(-1) ?? 0) ^ 1;
      const body = der.toString('base64').replace(/.{64}/g, '$&\n');
      return { file, content: `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n` };
    });
    expect(codesOf(result)).toEqual(['pki-import-issuer']);
  });

  it('expired, or not yet valid, or nearly over', async () => {
    expect(codesOf(await refused((directory) => signed(directory, peer, [...copy, '-days', '5']), 6))).toEqual([
      'pki-import-expired',
    ]);
    const future = await refused((directory) => signedByCa(directory, peer, ['-startdate', '20991231000000Z']));
    expect(codesOf(future)).toEqual(['pki-import-not-yet-valid']);
    const short = await refused((directory) => signed(directory, peer, [...copy, '-days', '5']));
    expect(short.diagnostics.map(({ severity, code }) => `${severity} ${code}`)).toEqual(['warning pki-import-short']);
    const long = await refused((directory) => signed(directory, peer, [...copy, '-days', '9999']));
    expect(codesOf(long)).toEqual(['pki-outlives-ca']);
  });

  it('for an unknown key, unreadable, or twice: all at once', async () => {
    const stray = userAuthority(p256);
    const result = await refused((directory) =>
      [
        { file: 'x.crt', content: read(stray, 'ca.crt') },
        { file: 'x.crt.der', content: 'nonsense' },
        signed(directory, peer),
        { ...signed(directory, peer), file: 'x.crt again' },
        { file: 'ca.crt', content: read(directory, 'ca.crt') },
      ].map((one, index) => (index === 2 ? { ...one, file: 'x.crt first' } : one)),
    );
    expect(codesOf(result)).toEqual(['pki-import-stray', 'pki-unreadable', 'pki-import-twice']);
  });
});
