import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { hasErrors } from '../../src/base/diagnostic.ts';
import { applyPki } from '../../src/pki/apply.ts';
import { exportFiles } from '../../src/pki/exchange/export.ts';
import { planImport } from '../../src/pki/exchange/import.ts';
import { keyFingerprints } from '../../src/pki/fingerprints.ts';
import { planPki } from '../../src/pki/plan.ts';
import { planRenewal } from '../../src/pki/renewal.ts';
import { endingSoon } from '../../src/pki/report/ends.ts';
import { inventory, passportInventory } from '../../src/pki/report/inventory.ts';
import type { PkiInput } from '../../src/pki/settings.ts';
import { readCertificate, readValidity } from '../../src/pki/x509/certificate.ts';
import { readRequestInfo } from '../../src/pki/x509/certification-request.ts';
import { servedChain } from '../../src/pki/x509/chain.ts';
import { algorithmOf, canSign, privateKeyPem, publicKeyPem, readPrivateKey } from '../../src/pki/x509/keys.ts';
import { attributeValues } from '../../src/pki/x509/name.ts';
import { oids } from '../../src/pki/x509/oids.ts';
import { admin, apiServer, input, issue, later } from '../pki/fixture.ts';
import { damagedPem } from './der-arbitrary.ts';
import { runs, seed } from './random-seed.ts';

const passport = {
  id: 'm1',
  cluster: 'demo',
  role: 'master',
  labels: [],
  taints: [],
  bearer: { kind: 'node', name: 'm1', address: '10.0.0.1' },
} as const;
const options = { timeout: 600_000 };
const nothingYet = input({ passports: [passport] });

interface Seed {
  readonly stored: ReadonlyMap<string, string>;
  /** Of a cluster whose authority is adopted without its key: the request that waits. */
  readonly waiting: ReadonlyMap<string, string>;
}

let given: Seed;

beforeAll(async () => {
  process.stdout.write(`fuzz: KNODE_FUZZ_SEED=${seed}\n`);
  const { stored } = await issue(nothingYet);
  const { stored: waiting } = await issue(external(stored, new Map()));
  given = { stored, waiting };
});

/** The same authority, adopted without its key. */
function external(stored: ReadonlyMap<string, string>, state: ReadonlyMap<string, string>): PkiInput {
  const certificatePem = stored.get('pki/kubernetes-ca.crt') ?? '';
  const tune = { adopted: { kubernetes: { certificatePem } } };
  return input({ certificates: [apiServer], secrets: [], stored: state, tune, unsignedAllowed: true });
}

const view = (stored: ReadonlyMap<string, string>) => ({
  get: (path: string) => stored.get(path),
  paths: () => stored.keys(),
});
const damaged = (stored: ReadonlyMap<string, string>, ending: string) =>
  fc
    .constantFrom(...[...stored.keys()].filter((path) => path.endsWith(ending)))
    .chain((path) => damagedPem(stored.get(path) ?? '').map((text) => ({ path, text })));

/** The same few certificates for all runs: each is read anew, damaged or not. */
function checkCertificate(text: string): void {
  const { stored } = given;
  readValidity(text);
  servedChain(text);
  const certificate = readCertificate(text);
  const ca = readCertificate(stored.get('pki/kubernetes-ca.crt') ?? '');
  const keys = readPrivateKey(stored.get('pki/certificates/admin.key') ?? '');
  if (ca === undefined || keys === undefined) throw new Error('the seeds are unreadable');
  if (certificate === undefined) return;
  expect(certificate.notAfter.toISOString()).toMatch(/Z$/);
  expect(certificate.algorithm).toMatch(/\S/);
  expect(typeof certificate.subject).toBe('string');
  certificate.wasIssuedBy(ca);
  ca.wasIssuedBy(certificate);
  certificate.hasKey(keys.privateKey);
  attributeValues(certificate.subjectName, oids.commonName);
  createHash('sha256').update(publicKeyPem(certificate.publicKey)).digest();
}

function checkKey(text: string): void {
  const keys = readPrivateKey(text);
  if (keys === undefined) return;
  canSign(keys);
  expect(algorithmOf(keys.publicKey)).toMatch(/\S/);
  expect(privateKeyPem(keys.privateKey)).toMatch(/^-----BEGIN PRIVATE KEY-----/);
}

describe('whatever stands in a PEM file, the readers of x509 give a value that can be used, or nothing', () => {
  it('a certificate', options, () => {
    fc.assert(
      fc.property(
        fc.constant('.crt').chain((end) => damaged(given.stored, end)),
        ({ text }) => checkCertificate(text),
      ),
      runs(500),
    );
  });

  it('a key', options, () => {
    fc.assert(
      fc.property(
        fc.constant('.key').chain((end) => damaged(given.stored, end)),
        ({ text }) => checkKey(text),
      ),
      runs(300),
    );
  });

  it('a signing request', options, () => {
    fc.assert(
      fc.property(
        fc.constant('.csr').chain((end) => damaged(given.waiting, end)),
        ({ text }) => {
          const info = readRequestInfo(text);
          if (info !== undefined) expect(info.length).toBeGreaterThan(0);
        },
      ),
      runs(200),
    );
  });
});

/** Everything that the rest of the room does with a state. Invalid content is reported, with a remedy. */
async function checkState(stored: ReadonlyMap<string, string>): Promise<void> {
  const over = { ...nothingYet, stored: view(stored), clock: later(0) };
  inventory(view(stored));
  passportInventory(view(stored));
  endingSoon(view(stored), over.settings, over.clock.now());
  exportFiles(view(stored), [], true);
  keyFingerprints(view(stored), over.settings);
  planRenewal(over, { ids: [], all: true });
  const plan = planPki(over);
  for (const { code, message, hint } of plan.diagnostics) {
    expect(code).toMatch(/^(pki|state)-/);
    expect(message).toMatch(/\S/);
    expect(hint).toMatch(/\S/);
  }
  if (hasErrors(plan.diagnostics)) return;
  const { entries, materials } = await applyPki(over, plan, randomBytes);
  materials.serviceAccount('public-key');
  materials.passportKey();
  // What was damaged is made once, not with every render.
  const again = planPki({ ...over, stored: new Map([...stored, ...entries]) });
  expect(again.actions.filter(({ action }) => action !== 'reuse')).toEqual([]);
}

describe('whatever stands in one file of the state, pki makes what is missing or tells what is wrong', () => {
  it('a file of an authority, a certificate or a key', options, async () => {
    const broken = fc.constantFrom('.crt', '.key').chain((end) => damaged(given.stored, end));
    await fc.assert(
      fc.asyncProperty(broken, ({ path, text }) => checkState(new Map(given.stored).set(path, text))),
      runs(60),
    );
  });

  it('the key of an authority that is to issue', options, async () => {
    const broken = fc.constant('ca.key').chain((end) => damaged(given.stored, end));
    const lacking = new Map([...given.stored].filter(([path]) => !path.includes(`/${admin.id}.`)));
    await fc.assert(
      fc.asyncProperty(broken, ({ path, text }) => checkState(new Map(lacking).set(path, text))),
      runs(40),
    );
  });

  it('a request or its key, and a certificate that is imported', options, () => {
    const broken = fc.constantFrom('.csr', '.key').chain((end) => damaged(given.waiting, end));
    const answer = fc.constant('.crt').chain((end) => damaged(given.stored, end));
    fc.assert(
      fc.property(broken, answer, ({ path, text }, { text: content }) => {
        const state = new Map(given.waiting).set(path, text);
        planPki(external(given.stored, state));
        const { diagnostics } = planImport(external(given.stored, state), [{ file: 'a.crt', content }]);
        for (const { message, hint } of diagnostics) expect(`${message}${hint}`).toMatch(/\S/);
      }),
      runs(60),
    );
  });
});
