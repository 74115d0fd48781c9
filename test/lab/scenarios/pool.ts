/** Scenario 6: a worker that comes later, from its pool's user-data, and one that goes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabCluster } from '../cluster.ts';
import { writeSeed } from '../node.ts';
import { checkPods, podsOn, startPods } from '../pods.ts';
import { equal, until } from '../wait.ts';
import { certificatesIssued, nodeNames, nodesReady, ready } from './first-boot.ts';
import type { Scenario } from './scenario.ts';

/** What a platform tells a machine of a pool: a name and a network. The user-data is the same for all of them. */
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

export const pool: Scenario = {
  number: 6,
  name: 'pool',
  title: 'a worker added later from its pool’s user-data, and removed',
  needs: 'cluster',
  ci: false,
  async run(lab) {
    const names = nodeNames(lab);
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
