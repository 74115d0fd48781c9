/** Scenario 7: a blank worker boots while its mirror is down, then corrupt, and then its bootstrap token has expired. */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { knode, type LabCluster } from '../cluster.ts';
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
  await says(machine, /waiting for the artifact .*10\.77\.0\.1:8080.*(refused|connect)/i);
  const folder = corrupted(lab);
  await lab.startMirror(folder);
  await says(machine, /artifact kubelet.*8080.* is corrupt: its sha256 is [0-9a-f]{64}, expected [0-9a-f]{64}/);
  check(
    !(await machine.run(['test', '-e', '/usr/local/bin/kubelet'])).stdout &&
      (await machine.run(['test', '-e', '/usr/local/bin/kubelet'])).code !== 0,
    'no byte of the corrupt kubelet is in place',
  );
  // The next base URL has it; nobody touches the node.
  await lab.startMirror(lab.mirror.folder, 1);
  await ready(lab, name);
  await lab.stopMirrors();
  rmSync(folder, { recursive: true, force: true });
  await lab.startMirror();
}

/** A token that has expired is removed by kube-controller-manager; so it is here at once. */
async function token(lab: LabCluster, name: string): Promise<void> {
  const secrets = await lab.kubectl([
    '-n',
    'kube-system',
    'get',
    'secrets',
    '--field-selector',
    'type=bootstrap.kubernetes.io/token',
    '-o',
    'name',
  ]);
  check(secrets !== '', 'there is a bootstrap token');
  await lab.kubectl(['-n', 'kube-system', 'delete', ...secrets.split('\n')]);
  const machine = await replaceWorker(lab, name);
  machine.powerOn();
  await says(machine, /bootstrap token.*(expired|not known)/, 300);
  const secret = await knode(['token', '-f', lab.file, '--state', join(lab.work, 'state')]);
  await lab.kubectl(['apply', '-f', '-'], { input: secret });
  await ready(lab, name);
}

export const mirror: Scenario = {
  number: 7,
  name: 'mirror',
  title: 'mirror down, an artifact corrupt, token expired: the node says so, and heals without being touched',
  needs: 'cluster',
  ci: true,
  async run(lab) {
    const name = lab.cluster.workers[0]?.name ?? '';
    await mirrors(lab, name);
    await token(lab, name);
    await nodesReady(lab, nodeNames(lab));
    equal(lab.get(name).receipt()?.waitingFor, [], `what ${name} waits for`);
  },
};
