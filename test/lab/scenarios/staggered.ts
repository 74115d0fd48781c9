/** Scenario 2: machines come in any order: the worker first, one master long after the others. */
import { sleep } from '../../referee/tools.ts';
import { checkPods, startPods } from '../pods.ts';
import { say } from '../say.ts';
import { check } from '../wait.ts';
import { certificatesIssued, labelsAndTaints, nodeNames, nodesReady, podNodes, ready } from './first-boot.ts';
import type { Scenario } from './scenario.ts';

/** Ten minutes, compressed: longer than every retry of the programs and of knode's own steps. */
const late = 90;

export const staggered: Scenario = {
  number: 2,
  name: 'staggered',
  title: 'the worker first, masters in any order, one of them long after the others',
  needs: 'own',
  ci: false,
  async run(lab) {
    const names = nodeNames(lab);
    const [first = '', second = '', third = ''] = lab.cluster.masters.map(({ name }) => name);
    const others = names.filter((name) => ![first, second, third].includes(name));
    await lab.destroyMachines();
    await Promise.all(names.map((name) => lab.machine(name)));
    for (const name of [...others, third]) lab.get(name).powerOn();
    await sleep(20_000);
    check(
      names.every((name) => !lab.get(name).isOn || lab.get(name).receipt()?.ready !== true),
      'nobody is ready without a majority of etcd',
    );
    lab.get(second).powerOn();
    for (const name of [third, second, ...others]) await ready(lab, name);
    say(`${first} is ${late} s late`);
    await sleep(late * 1000);
    lab.get(first).powerOn();
    await ready(lab, first);
    await nodesReady(lab, names);
    await certificatesIssued(lab, names);
    await labelsAndTaints(lab);
    await checkPods(lab, await startPods(lab, podNodes(lab)));
  },
};
