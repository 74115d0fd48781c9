import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { exportFiles } from '../../src/pki/exchange/export.ts';
import { planPki } from '../../src/pki/plan.ts';
import { splitPem } from '../../src/pki/x509/pem.ts';
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
  scratch,
  userAuthority,
} from './fixture.ts';

const clock = { now: () => new Date() };

/** An intermediate authority below a root, as in a company's PKI. */
function intermediate(days = 2000, rootExtensions: readonly string[] = []) {
  const directory = userAuthority(p256, ...rootExtensions);
  const read = (name: string) => readFileSync(`${directory}/${name}`, 'utf8');
  openssl(directory, 'genpkey', ...p256, '-out', 'sub.key');
  openssl(directory, 'req', '-new', '-key', 'sub.key', '-subj', '/O=Acme/CN=Cluster CA', '-out', 'sub.csr');
  writeFileSync(
    `${directory}/ext.cnf`,
    'basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n',
  );
  const ca = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial'];
  openssl(
    directory,
    'x509',
    '-req',
    '-in',
    'sub.csr',
    ...ca,
    '-days',
    String(days),
    '-extfile',
    'ext.cnf',
    '-out',
    'sub.crt',
  );
  const [root, sub] = [read('ca.crt'), read('sub.crt')];
  return { root, sub, privateKeyPem: read('sub.key') };
}

const given = (kubernetes: { certificatePem: string; privateKeyPem: string }, over: Parameters<typeof input>[0] = {}) =>
  input({ clock, certificates: [apiServer, admin], secrets: [], tune: { adopted: { kubernetes } }, ...over });
const codes = (chain: string, privateKeyPem: string) =>
  planPki(given({ certificatePem: chain, privateKeyPem })).diagnostics.map(({ code }) => code);

describe.skipIf(!hasOpenssl)('an adopted intermediate authority', () => {
  it.each(['with its root', 'without its root'])('%s: what nodes get verifies from the root', async (which) => {
    const { root, sub, privateKeyPem } = intermediate();
    const certificatePem = which === 'with its root' ? sub + root : sub;
    const { materials, plan, stored } = await issue(given({ certificatePem, privateKeyPem }));
    expect(plan.diagnostics).toEqual([]);
    // Only the issuing authority is trusted on nodes: the root's other certificates are no clients of this cluster.
    expect(materials.authority('kubernetes', 'certificate')).toBe(sub);
    // Pods verify servers with all that was given.
    expect(materials.authority('kubernetes', 'chain')).toBe(certificatePem);
    const server = materials.certificate(apiServer.id);
    expect(splitPem(server)).toHaveLength(2);
    expect(splitPem(materials.certificate(admin.id))).toHaveLength(1);
    const exported =
      exportFiles({ get: (path) => stored.get(path), paths: () => stored.keys() }, [], false).value ?? [];
    const bundle = exported.find(({ path }) => path === 'ca-bundle.crt')?.content ?? '';
    const [leaf = ''] = splitPem(server);
    const pods = materials.authority('kubernetes', 'chain');
    const files = {
      'pods.crt': pods,
      'leaf.crt': leaf,
      'root.crt': root,
      'sub.crt': sub,
      'server.crt': server,
      'bundle.crt': bundle,
    };
    const directory = scratch(files);
    const verify = (...args: string[]) => openssl(directory, 'verify', '-x509_strict', ...args, 'server.crt');
    expect(verify('-CAfile', 'root.crt', '-untrusted', 'server.crt')).toBe('server.crt: OK\n');
    expect(verify('-partial_chain', '-CAfile', 'sub.crt')).toBe('server.crt: OK\n');
    if (which === 'with its root') {
      expect(verify('-CAfile', 'bundle.crt')).toBe('server.crt: OK\n');
      expect(openssl(directory, 'verify', '-x509_strict', '-CAfile', 'pods.crt', 'leaf.crt')).toBe('leaf.crt: OK\n');
    }
  });

  it('is recorded with its chain, and follows a change of it', async () => {
    const { root, sub, privateKeyPem } = intermediate();
    const { stored } = await issue(given({ certificatePem: sub, privateKeyPem }));
    const wider = await issue(given({ certificatePem: sub + root, privateKeyPem }, { stored }));
    expect(actionOf(wider.plan, 'kubernetes')).toMatch(/^adopt: .*certificates above it changed/);
    expect(wider.stored.get('pki/kubernetes-ca.crt')).toBe(sub + root);
    expect(actionOf(wider.plan, admin.id)).toMatch(/^reuse/);
    expect(wider.entries.size).toBe(1);
  });

  it('ends with the earliest of its chain', () => {
    const { root, sub, privateKeyPem } = intermediate(100);
    expect(codes(sub + root, privateKeyPem)).toEqual(['pki-outlives-ca']);
    const later = { now: () => new Date(Date.now() + 101 * day) };
    const [first] = planPki(given({ certificatePem: sub + root, privateKeyPem }, { clock: later })).diagnostics;
    expect(first?.code).toBe('pki-authority-expired');
  });

  it('is refused out of order, with strangers, with the root’s key, or below a root that forbids it', () => {
    const { root, sub, privateKeyPem } = intermediate();
    expect(codes(root + sub, privateKeyPem)).toEqual(['pki-several-certificates']);
    expect(codes(sub + intermediate().root, privateKeyPem)).toEqual(['pki-several-certificates']);
    expect(codes(sub + root, intermediate().privateKeyPem)).toEqual(['pki-key-mismatch']);
    const strict = intermediate(2000, ['-addext', 'basicConstraints=critical,CA:TRUE,pathlen:0']);
    expect(codes(strict.sub + strict.root, strict.privateKeyPem)).toEqual(['pki-path-length']);
  });
});
