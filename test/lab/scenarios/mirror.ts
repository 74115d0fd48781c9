/**
 * Scenario 7: a blank worker boots while its mirror is down, then corrupt, and then with an expired joining credential.
 */
import { randomBytes } from 'node:crypto';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';
import { systemClock } from '../../../src/base/clock.ts';
import type { CertificateRequest } from '../../../src/component/requests.ts';
import { applyPki } from '../../../src/pki/apply.ts';
import { planPki } from '../../../src/pki/plan.ts';
import type { PkiInput } from '../../../src/pki/settings.ts';
import { pkiSettings } from '../../../src/workflow/pki/settings.ts';
import { readClusterFile } from '../../../src/workflow/read-inputs.ts';
import type { LabCluster } from '../cluster.ts';
import type { Machine } from '../node.ts';
import { say } from '../say.ts';
import { check, equal, until } from '../wait.ts';
import { nodeNames, nodesReady, ready } from './first-boot.ts';
import type { Scenario } from './scenario.ts';

/** Waits until both the console and the receipt say it. */
export async function says(machine: Machine, what: RegExp, limit = 120): Promise<void> {
  await until(`${machine.name} to say ${what} on its console`, limit, () =>
    what.test(machine.console) ? true : undefined,
  );
  await until(`${machine.name} to say ${what} in its receipt`, limit, () =>
    machine.receipt()?.waitingFor.some((line) => what.test(line)) ? true : undefined,
  );
  say(`${machine.name} says so: ${what}`);
}

/** A copy of the mirror in which one byte of kubelet is another. The size stays, as with a bad disk. */
function corrupted(lab: LabCluster): string {
  const folder = join(lab.work, 'corrupt');
  rmSync(folder, { recursive: true, force: true });
  cpSync(lab.mirror.folder, folder, { recursive: true });
  const file = join(folder, 'kubelet', lab.cluster.versions.kubernetes, 'linux-amd64', 'kubelet');
  const bytes = readFileSync(file);
  bytes[4096] = (bytes[4096] ?? 0) ^ 0xff;
  rmSync(file);
  writeFileSync(file, bytes);
  return folder;
}

async function replaceWorker(lab: LabCluster, name: string): Promise<Machine> {
  await lab.remove(name);
  await lab.kubectl(['delete', 'node', name, '--ignore-not-found']);
  return lab.machine(name);
}

async function mirrors(lab: LabCluster, name: string): Promise<void> {
  await lab.stopMirrors();
  const machine = await replaceWorker(lab, name);
  machine.powerOn();
  const base = `${lab.gateway}:8080`.replaceAll('.', '\\.');
  await says(machine, new RegExp(`waiting for the artifact .*${base}.*(refused|connect)`, 'i'));
  const folder = corrupted(lab);
  await lab.startMirror(folder);
  await says(machine, /artifact kubelet.*8080.* is corrupt: its sha256 is [0-9a-f]{64}, expected [0-9a-f]{64}/);
  check(
    !(await machine.run(['test', '-e', '/usr/local/bin/kubelet'])).stdout &&
      (await machine.run(['test', '-e', '/usr/local/bin/kubelet'])).code !== 0,
    'no byte of the corrupt kubelet is in place',
  );
  // The next base URL has it; the node is not touched.
  await lab.startMirror(lab.mirror.folder, 1);
  await ready(lab, name);
  await lab.stopMirrors();
  rmSync(folder, { recursive: true, force: true });
  await lab.startMirror();
}

const bootstrapFile = '/etc/kubernetes/pki/kubelet-bootstrap';

/** The worker's seed with a joining credential from two hours ago that was valid for one hour. */
async function lateSeed(lab: LabCluster, name: string): Promise<string> {
  const state = (path: string) => readFileSync(join(lab.work, 'state', path), 'utf8');
  const authority = ['pki/kubernetes-ca.crt', 'pki/kubernetes-ca.key'];
  const read = readClusterFile(lab.file).value;
  if (read === undefined) throw new Error(`${lab.file} cannot be read`);
  const id = `kubelet-bootstrap@${name}`;
  const request: CertificateRequest = {
    id,
    authority: 'kubernetes',
    commonName: `system:node:${name}`,
    organizations: ['system:nodes'],
    usages: ['client'],
    dnsNames: [],
    ipAddresses: [],
    lifetimeHours: -1,
  };
  const input: PkiInput = {
    authorities: [],
    certificates: [request],
    secrets: [],
    settings: pkiSettings(read),
    stored: new Map(authority.map((path) => [path, state(path)])),
    clock: systemClock,
  };
  const { entries } = await applyPki(input, planPki(input), randomBytes);
  const data = parseDocument(readFileSync(join(lab.seed(name), 'user-data'), 'utf8'));
  const files = data.get('write_files') as YAMLSeq<YAMLMap>;
  for (const part of ['crt', 'key']) {
    const file = files.items.find((one) => one.get('path') === `${bootstrapFile}.${part}`);
    if (file === undefined) throw new Error(`the seed of ${name} has no ${bootstrapFile}.${part}`);
    file.delete('encoding');
    file.set('content', entries.get(`pki/certificates/${id}.${part}`));
  }
  const seed = join(lab.work, 'late', name);
  cpSync(lab.seed(name), seed, { recursive: true });
  writeFileSync(join(seed, 'user-data'), data.toString());
  return seed;
}

/** The worker's joining credential has expired before it boots: it says so, and joins when it is rendered again. */
async function credential(lab: LabCluster, name: string): Promise<void> {
  await lab.remove(name);
  await lab.kubectl(['delete', 'node', name, '--ignore-not-found']);
  const late = await lab.machine(name, { seed: await lateSeed(lab, name) });
  late.powerOn();
  await says(late, /do not take the credential .* it has expired/, 300);
  (await replaceWorker(lab, name)).powerOn();
  await ready(lab, name);
}

export const mirror: Scenario = {
  number: 7,
  name: 'mirror',
  title: 'mirror down, an artifact corrupt, its credential expired: the node says so, and heals',
  needs: 'cluster',
  ci: true,
  async run(lab) {
    const name = lab.cluster.workers[0]?.name ?? '';
    await mirrors(lab, name);
    await credential(lab, name);
    await nodesReady(lab, nodeNames(lab));
    equal(lab.get(name).receipt()?.waitingFor, [], `what ${name} waits for`);
  },
};
