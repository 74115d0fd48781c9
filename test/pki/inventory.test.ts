import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { adminKubeconfig } from '../../src/pki/kubeconfig.ts';
import { inventory } from '../../src/pki/report/inventory.ts';
import { admin, apiServer, hasOpenssl, input, issue, openssl, scratch } from './fixture.ts';

const { stored, materials } = await issue(input());
const listed = inventory({ get: (path) => stored.get(path), paths: () => stored.keys() });

it('lists authorities and certificates, sorted, with public facts only', () => {
  expect(listed.map(({ id, kind }) => `${kind} ${id}`)).toEqual([
    'certificate admin',
    'authority etcd',
    'certificate etcd-peer@m1',
    'certificate kube-apiserver@m1',
    'authority kubernetes',
  ]);
  const pem = materials.certificate(apiServer.id);
  const x509 = new X509Certificate(pem);
  expect(listed.find(({ id }) => id === apiServer.id)).toEqual({
    id: 'kube-apiserver@m1',
    kind: 'certificate',
    subject: 'CN=kube-apiserver',
    issuer: 'OU=demo, CN=kubernetes-ca',
    sans: ['*.example.org', '10.0.0.1', 'fd00::1', 'kubernetes.default.svc', 'm1'],
    usages: ['server'],
    notBefore: '2026-11-21T06:30:00Z',
    notAfter: new Date(x509.validTo).toISOString().replace('.000Z', 'Z'),
    serial: x509.serialNumber.toLowerCase(),
    algorithm: 'ecdsa-p256',
    fingerprint: x509.fingerprint256,
  });
  if (!hasOpenssl) return;
  const shown = openssl(scratch({ 'a.crt': pem }), 'x509', '-noout', '-fingerprint', '-sha256', '-in', 'a.crt');
  expect(shown.trim()).toMatch(new RegExp(`=${x509.fingerprint256}$`));
});

const kubeconfig = adminKubeconfig({
  clusterName: 'demo',
  server: 'https://[fd00::1]:6443',
  authorityPem: materials.authority('kubernetes', 'certificate'),
  certificatePem: materials.certificate(admin.id),
  privateKeyPem: materials.privateKey(admin.id),
  user: 'kubernetes-admin',
});

it('makes a kubeconfig that needs no other file', () => {
  const config = parse(kubeconfig);
  expect(config).toMatchObject({ apiVersion: 'v1', kind: 'Config', 'current-context': 'kubernetes-admin@demo' });
  expect(config.contexts).toEqual([
    { name: 'kubernetes-admin@demo', context: { cluster: 'demo', user: 'kubernetes-admin' } },
  ]);
  const data = config.users[0].user['client-key-data'];
  expect(Buffer.from(data, 'base64').toString()).toBe(materials.privateKey(admin.id));
  expect(kubeconfig.split('\n').every((line) => !/^ *[A-Za-z0-9+/=]+$/.test(line) || line === '')).toBe(true);
});

it.skipIf(spawnSync('kubectl', ['version', '--client']).status !== 0)('makes one that kubectl reads', () => {
  const directory = scratch({ config: kubeconfig });
  const view = spawnSync('kubectl', ['--kubeconfig', `${directory}/config`, 'config', 'view', '-o', 'json'], {
    encoding: 'utf8',
  });
  const shown = JSON.parse(view.stdout);
  expect(shown.clusters[0].cluster.server).toBe('https://[fd00::1]:6443');
  expect(shown['current-context']).toBe('kubernetes-admin@demo');
});
