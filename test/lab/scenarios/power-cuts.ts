/**
 * Scenario 4: the power is cut at a random moment of the first boot, on every machine, and restored. The cluster
 * converges every time.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { sleep } from '../../referee/tools.ts';
import type { LabCluster } from '../cluster.ts';
import { checkPods, startPods } from '../pods.ts';
import { say } from '../say.ts';
import { until } from '../wait.ts';
import {
  allReady,
  certificatesIssued,
  labelsAndTaints,
  nodeIsClean,
  nodeNames,
  nodesReady,
  podNodes,
} from './first-boot.ts';
import type { Scenario } from './scenario.ts';

/** The same numbers for the same seed, on every machine (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** When a first boot is over on a busy machine, seconds: cuts fall before it. */
const span = 120;

async function cut(lab: LabCluster, name: string, moments: readonly number[]): Promise<void> {
  const machine = lab.get(name);
  machine.powerOn();
  for (const seconds of moments) {
    await sleep(seconds * 1000);
    const doing = machine.receipt()?.waitingFor[0] ?? 'cloud-init';
    await machine.powerCut();
    say(`${name}: power cut ${seconds.toFixed(1)} s after power-on (${doing.slice(0, 80)})`);
    await sleep(500);
    machine.powerOn();
  }
}

/** Between the moment when cloud-init calls the machine its own and the first bootcmd: there it configures the network. */
async function cutBeforeNetwork(lab: LabCluster, name: string): Promise<void> {
  const machine = lab.get(name);
  machine.powerOn();
  const instances = join(machine.root, 'var/lib/cloud/instances');
  await until(
    `${name} to have an instance`,
    120,
    () => (existsSync(instances) && readdirSync(instances).length > 0) || undefined,
    2,
  );
  await machine.powerCut();
  say(`${name}: power cut as soon as cloud-init had an instance`);
}

async function round(lab: LabCluster, random: () => number, cuts: number): Promise<void> {
  const names = nodeNames(lab);
  await lab.destroyMachines();
  await Promise.all(names.map((name) => lab.machine(name)));
  // More of them early, when the boot does most: cloud-init, mkfs, downloads.
  const moments = names.map(() => Array.from({ length: cuts }, () => 1 + random() ** 2 * span));
  const last = names.at(-1) ?? '';
  await cutBeforeNetwork(lab, last);
  await Promise.all(names.map((name, index) => cut(lab, name, moments[index] ?? [])));
  await allReady(lab, names, 1200);
  await nodesReady(lab, names);
  await certificatesIssued(lab, names);
  await labelsAndTaints(lab);
  for (const name of names) await nodeIsClean(lab.get(name));
  await checkPods(lab, await startPods(lab, podNodes(lab)));
}

export const powerCuts: Scenario = {
  number: 4,
  name: 'power-cuts',
  title: 'power cut at random moments of the first boot: it converges every time',
  needs: 'own',
  ci: true,
  async run(lab, { short, seed, rounds: wanted }) {
    const random = randomFrom(seed);
    const rounds = wanted ?? (short ? 1 : 20);
    for (let count = 1; count <= rounds; count += 1) {
      say(`round ${count} of ${rounds}, seed ${seed}`);
      await round(lab, random, short ? 2 : 1);
    }
  },
};
