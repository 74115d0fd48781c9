/**
 * Scenario 6: a worker that is added later, from its pool's user-data, another one with the same name, and one that is
 * removed.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabCluster } from '../cluster.ts';
import { type Machine, writeSeed } from '../node.ts';
import { checkPods, podsOn, startPods } from '../pods.ts';
import { check, equal, until } from '../wait.ts';
import { certificatesIssued, nodesReady, podNodes, ready } from './first-boot.ts';
import type { Scenario } from './scenario.ts';

/** A platform's data for a machine of a pool: a name and a network. The user-data is the same for all of them. */
function poolSeed(lab: LabCluster, name: string, address: string): string {
  const userData = readFileSync(join(lab.seed(lab.cluster.pools[0]?.name ?? ''), 'user-data'), 'utf8');
  const { gateway = '' } = lab.cluster.spec.network.host;
  const network = {
    version: 2,
    ethernets: { eth0: { addresses: [`${address}/24`], routes: [{ to: '0.0.0.0/0', via: gateway }] } },
  };
  return writeSeed(join(lab.work, 'platform', name), {
    'user-data': userData,
    'meta-data': JSON.stringify({ 'instance-id': `i-${name}`, 'local-hostname': name }),
    'network-config': JSON.stringify(network),
  });
}

/** Milliseconds from when a machine asks whether its name is free. */
const clashToldMs = 60_000;

/**
 * A platform that gives a name twice: the second machine leaves the first one alone, and takes its place after that is
 * gone.
 */
async function sameName(lab: LabCluster, first: Machine, name: string, address: string): Promise<void> {
  const field = (path: string) => lab.kubectl(['get', 'node', name, '-o', `jsonpath=${path}`]);
  const node = () =>
    field('{.metadata.uid} {.status.nodeInfo.machineID} {.status.addresses[?(@.type=="InternalIP")].address}');
  const before = await node();
  const second = await lab.looseMachine(name, { seed: poolSeed(lab, name, address) });
  try {
    second.powerOn();
    await until(
      'all artifacts on the second machine',
      300,
      () => second.console.includes('all artifacts are installed') || undefined,
    );
    const since = Date.now();
    const told = await until(
      'the second machine to tell of the first',
      300,
      () => /knode: join: another machine, at (\S+), is the Ready node/.exec(second.console) ?? undefined,
    );
    const seconds = (Date.now() - since) / 1000;
    check(
      Date.now() - since < clashToldMs,
      `told within a minute (${seconds.toFixed(0)} s after its artifacts): ${told[0]}`,
    );
    equal(await node(), before, 'the node of the first machine');
    equal(await field('{.status.conditions[?(@.type=="Ready")].status}'), 'True', 'the first machine is Ready');
    await first.powerCut();
    await until(
      'the node to be the second machine’s',
      300,
      async () => (await node()).endsWith(` ${address}`) || undefined,
    );
    await until('the second machine to be Ready', 300, () => / ready after /.test(second.console) || undefined);
  } finally {
    await second.destroy();
  }
}

export const pool: Scenario = {
  number: 6,
  name: 'pool',
  title: 'a worker added later from its pool’s user-data; another with its name is kept out; and removed',
  needs: 'cluster',
  ci: false,
  async run(lab) {
    const names = podNodes(lab);
    const name = 'later-1';
    const address = (lab.cluster.masters[0]?.address ?? '').replace(/\d+$/, '31');
    const machine = await lab.machine(name, { seed: poolSeed(lab, name, address) });
    machine.powerOn();
    await ready(lab, name);
    await nodesReady(lab, [...names, name]);
    await certificatesIssued(lab, [name]);
    await startPods(lab, [...names, name]);
    await checkPods(lab, await podsOn(lab, [...names, name]));
    await lab.kubectl(['drain', name, '--ignore-daemonsets', '--force', '--timeout=60s']);
    await sameName(lab, machine, name, address.replace(/\d+$/, '32'));
    await lab.remove(name);
    await lab.kubectl(['delete', 'node', name]);
    await until('the pods of the removed node to be gone', 120, async () => {
      const nodes = (await lab.kubectl(['get', 'pods', '-A', '-o', 'jsonpath={.items[*].spec.nodeName}'])).split(' ');
      return nodes.includes(name) ? undefined : true;
    });
    await nodesReady(lab, names);
    equal(
      (await lab.kubectl(['get', 'nodes', '-o', 'name'])).split('\n').sort(),
      names.map((one) => `node/${one}`).sort(),
      'the nodes that are left',
    );
  },
};
