/** Scenario 3: every node rebooted, one after another, and then all at once by a power cut. */
import type { LabCluster } from '../cluster.ts';
import type { Machine } from '../node.ts';
import { checkPods, podsOn } from '../pods.ts';
import { say } from '../say.ts';
import { equal, until } from '../wait.ts';
import { allReady, nodeIsClean, nodeNames, nodesReady, podNodes, ready } from './first-boot.ts';
import type { Scenario } from './scenario.ts';

/** Parts that a second boot must not change: file systems and installed programs. */
async function fingerprint(machine: Machine): Promise<string> {
  const disks = (machine.options.disks ?? []).map(
    ({ device }) => `blkid -p -s UUID -o value ${device}; tune2fs -l ${device} | grep created`,
  );
  const programs = 'stat -c "%n %i %Y" /usr/local/bin/* /opt/cni/bin/* 2>/dev/null';
  return machine.text([...disks, programs].join('; '));
}

async function waitForReboot(lab: LabCluster, name: string, oldInit: number | undefined): Promise<void> {
  const machine = lab.get(name);
  await until(`${name} to go down`, 180, () => {
    const { initPid } = machine;
    return initPid !== undefined && initPid !== oldInit ? true : undefined;
  });
}

export const reboot: Scenario = {
  number: 3,
  name: 'reboot',
  title: 'every node rebooted in turn, then all at once by a power cut: nothing downloaded or formatted again',
  needs: 'cluster',
  ci: true,
  async run(lab, { short }) {
    const names = nodeNames(lab);
    await lab.kubectl(['create', 'configmap', 'before-reboot', '--from-literal=answer=42']);
    const before = new Map(
      await Promise.all(names.map(async (name) => [name, await fingerprint(lab.get(name))] as const)),
    );
    const requests = lab.mirrorLog().length;
    // The worker's reboot is that of a master without etcd: one of each will do for CI.
    for (const name of short ? names.slice(-2) : names) {
      const machine = lab.get(name);
      const oldInit = machine.initPid;
      await machine.run(['systemctl', 'reboot']);
      const asked = Date.now();
      await waitForReboot(lab, name, oldInit);
      say(`${name} was down ${((Date.now() - asked) / 1000).toFixed(1)} s after it was asked to reboot`);
      machine.poweredOn = Date.now();
      await ready(lab, name);
    }
    await nodesReady(lab, names);
    say('power cut of all machines at once');
    await Promise.all(names.map((name) => lab.get(name).powerCut()));
    for (const name of names) lab.get(name).powerOn();
    await allReady(lab, names);
    await nodesReady(lab, names);
    equal(lab.mirrorLog().slice(requests), '', 'what nodes asked the mirror for after a reboot');
    for (const name of names) {
      equal(await fingerprint(lab.get(name)), before.get(name) ?? '', `disks and programs of ${name}`);
      await nodeIsClean(lab.get(name));
    }
    equal(
      await lab.kubectl(['get', 'configmap', 'before-reboot', '-o', 'jsonpath={.data.answer}']),
      '42',
      'what was written before',
    );
    await lab.kubectl(['delete', 'configmap', 'before-reboot']);
    await checkPods(lab, await podsOn(lab, podNodes(lab)));
  },
};
