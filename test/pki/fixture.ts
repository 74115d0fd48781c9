import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fixedClock } from '../../src/base/clock.ts';
import type { CertificateRequest, SecretRequest } from '../../src/component/requests.ts';
import { applyPki, type PkiOutcome } from '../../src/pki/apply.ts';
import { planPki } from '../../src/pki/plan.ts';
import type { PkiInput, PkiPlan, PkiSettings } from '../../src/pki/settings.ts';
import { tempFolder } from '../support/temp-folder.ts';

export const hour = 3_600_000;
export const day = 24 * hour;
export const start = '2026-11-21T07:30:00.500Z';

/** Hours or days after the start, as a clock. */
export function later(milliseconds: number): PkiInput['clock'] {
  return fixedClock(new Date(Date.parse(start) + milliseconds).toISOString());
}

const settings: PkiSettings = {
  clusterName: 'demo',
  algorithm: 'ecdsa-p256',
  caValidityHours: 10 * 365 * 24,
  certificateValidityHours: 365 * 24,
  renewBeforeHours: 30 * 24,
  subject: {},
  adopted: {},
};

export const apiServer: CertificateRequest = {
  id: 'kube-apiserver@m1',
  authority: 'kubernetes',
  commonName: 'kube-apiserver',
  organizations: [],
  usages: ['server'],
  dnsNames: ['m1', 'kubernetes.default.svc', '*.example.org'],
  ipAddresses: ['10.0.0.1', 'FD00::0:1'],
};

export const admin: CertificateRequest = {
  id: 'admin',
  authority: 'kubernetes',
  commonName: 'kubernetes-admin',
  organizations: ['system:masters', 'ops'],
  usages: ['client'],
  dnsNames: [],
  ipAddresses: [],
};

export const etcdPeer: CertificateRequest = {
  id: 'etcd-peer@m1',
  authority: 'etcd',
  commonName: 'm1',
  organizations: [],
  usages: ['server', 'client'],
  dnsNames: ['m1'],
  ipAddresses: ['10.0.0.1'],
};

export const token: SecretRequest = { name: 'bootstrap', type: 'bootstrap-token', ttlHours: 24 };
export const encryption: SecretRequest = { name: 'encryption', type: 'random', bytes: 32, encoding: 'base64' };

export function input(over: Partial<PkiInput> & { readonly tune?: Partial<PkiSettings> } = {}): PkiInput {
  const { tune, ...rest } = over;
  return {
    authorities: [],
    certificates: [apiServer, admin, etcdPeer],
    secrets: [token, encryption],
    settings: { ...settings, ...tune },
    stored: new Map(),
    clock: fixedClock(start),
    ...rest,
  };
}

export async function issue(given: PkiInput): Promise<PkiOutcome & { plan: PkiPlan; stored: Map<string, string> }> {
  const plan = planPki(given);
  const outcome = await applyPki(given, plan, randomBytes);
  const before = given.stored instanceof Map ? (given.stored as Map<string, string>) : new Map<string, string>();
  return { ...outcome, plan, stored: new Map([...before, ...outcome.entries]) };
}

/** `create authority kubernetes: not made yet` for each action. */
export function lines(plan: PkiPlan): string[] {
  return plan.actions.map((step) => `${step.action} ${step.kind} ${step.id}: ${step.reason}`);
}

/** The action of one id, as `reissue: issuer changed`. */
export function actionOf(plan: PkiPlan, id: string): string {
  const step = plan.actions.find((candidate) => candidate.id === id);
  return `${step?.action}: ${step?.reason}`;
}

export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

export function scratch(files: Readonly<Record<string, string>> = {}): string {
  const directory = tempFolder('pki');
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  return directory;
}

export function openssl(directory: string, ...args: readonly string[]): string {
  return execFileSync('openssl', args, { cwd: directory, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** An authority as a user would make it, with openssl. */
export function userAuthority(newKey: readonly string[], ...more: readonly string[]) {
  const directory = scratch();
  openssl(directory, 'genpkey', ...newKey, '-out', 'ca.key');
  const usage = ['-addext', 'keyUsage=critical,keyCertSign,cRLSign'];
  const request = ['req', '-x509', '-new', '-key', 'ca.key', '-out', 'ca.crt', '-subj', '/C=DE/O=Org Ünit/CN=Our CA'];
  openssl(directory, ...request, '-utf8', ...(more.includes('-days') ? [] : ['-days', '3650']), ...usage, ...more);
  return directory;
}

export const p256 = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'] as const;
export const p384 = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384'] as const;
export const rsa2048 = ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'] as const;
