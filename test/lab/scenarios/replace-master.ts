/** Scenario 5: a master is destroyed and rendered again, with its data disk and without. */
import type { LabCluster } from '../cluster.ts';
import { Poller } from '../poller.ts';
import { say } from '../say.ts';
import { check, equal, until } from '../wait.ts';
import { nodeNames, nodesReady, podNodes, ready } from './first-boot.ts';
import type { Scenario } from './scenario.ts';

/** Members of etcd by name, and the healthy ones, queried on a running node. */
async function members(lab: LabCluster): Promise<{ readonly name: string; readonly id: string }[]> {
  const pki = '/etc/etcd/pki';
  const ctl = `ETCDCTL_API=3 etcdctl --endpoints https://127.0.0.1:2379 --cacert ${pki}/ca.crt --cert ${pki}/server.crt --key ${pki}/server.key`;
  const names = lab.cluster.etcdMembers.map(({ name }) => name);
  const machine = lab.running.find(({ name }) => names.includes(name));
  if (machine === undefined) throw new Error('no member of etcd runs');
  const rows = (await machine.text(`${ctl} member list`)).split('\n').map((line) => line.split(', '));
  return rows.map(([id = '', , name = '']) => ({ id, name })).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The API is polled all the time; the longest gap is what one connection to the dead machine may take. */
const longestPause = 15;

async function replace(lab: LabCluster, name: string, withDisk: boolean): Promise<void> {
  const names = nodeNames(lab);
  const old = lab.get(name);
  const before = await members(lab);
  // A node other than the one that is cut off: a worker if there is one.
  const poller = new Poller(
    lab,
    lab.get(
      podNodes(lab)
        .filter((one) => one !== name)
        .at(-1) ?? '',
    ),
  );
  await lab.kubectl(['create', 'configmap', `before-${name}`, '--from-literal=answer=42']);
  const disks = old.options.disks ?? [];
  await lab.remove(name, { keepDisks: withDisk });
  await lab.render();
  const machine = await lab.machine(name, withDisk ? { disks } : {});
  machine.powerOn();
  await ready(lab, name);
  await nodesReady(lab, names);
  const after = await until('etcd to have its members', 60, async () => {
    const found = await members(lab);
    return found.length === before.length && found.every((one) => one.name !== '') ? found : undefined;
  });
  equal(
    after.map((one) => one.name),
    before.map((one) => one.name),
    'the members of etcd',
  );
  const [oldId, newId] = [before, after].map((list) => list.find((one) => one.name === name)?.id);
  if (oldId !== undefined)
    equal(oldId === newId, withDisk, `${name} is ${withDisk ? 'the same' : 'another'} member of etcd`);
  equal(
    await lab.kubectl(['get', 'configmap', `before-${name}`, '-o', 'jsonpath={.data.answer}'], { on: machine }),
    '42',
    'what was written before, asked on the new master',
  );
  const { asked, failed, longestGap } = poller.stop();
  say(
    `${asked} requests to ${poller.url} meanwhile, ${failed.length} without an answer, longest pause ${longestGap.toFixed(1)} s`,
  );
  check(asked > 20, 'the poller asked');
  check(failed.length < asked / 2, `most requests to ${poller.url} were answered with 200`);
  check(
    longestGap < longestPause,
    `the API answered all the time (longest pause ${longestGap} s; ${JSON.stringify(failed.slice(0, 5))})`,
  );
}

export const replaceMaster: Scenario = {
  number: 5,
  name: 'replace-master',
  title: 'a master destroyed and rendered anew, with its data disk and without, while the API answers',
  needs: 'cluster',
  ci: true,
  async run(lab) {
    const masters = lab.cluster.masters.map(({ name }) => name);
    await replace(lab, masters[1] ?? '', true);
    await replace(lab, masters[2] ?? '', false);
  },
};
