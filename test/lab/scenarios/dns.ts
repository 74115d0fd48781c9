/** Scenario 13: a node with a replica of CoreDNS loses power while a resolver queries every second. */
import type { LabCluster } from '../cluster.ts';
import type { Machine } from '../node.ts';
import { DnsAsker } from '../resolver.ts';
import { say } from '../say.ts';
import { check, equal, until } from '../wait.ts';
import { bootAll, nodesReady, podNodes } from './first-boot.ts';
import type { Scenario } from './scenario.ts';

/** Seconds without an answer that a client may meet. */
const longestSilence = 30;

interface Replica {
  readonly pod: string;
  readonly node: string;
  readonly ready: boolean;
}

async function replicas(lab: LabCluster, on: Machine): Promise<Replica[]> {
  const each =
    '{range .items[*]}{.metadata.name} {.spec.nodeName} {.status.conditions[?(@.type=="Ready")].status} {.metadata.deletionTimestamp}{"\\n"}{end}';
  const query = ['-n', 'kube-system', 'get', 'pods', '-l', 'k8s-app=kube-dns', '-o', `jsonpath=${each}`];
  const lines = (await lab.kubectl(query, { on })).split('\n').filter((line) => line.trim() !== '');
  return lines
    .map((line) => line.split(' '))
    .filter(([, , , deleted]) => !deleted)
    .map(([pod = '', node = '', ready = '']) => ({ pod, node, ready: ready === 'True' }));
}

/** Waits until all replicas are ready, none of them on a node that is gone. */
function allReplicas(lab: LabCluster, on: Machine, gone?: string): Promise<Replica[]> {
  const wanted = lab.cluster.spec.addons.coreDNS.replicas;
  return until(`${wanted} replicas of CoreDNS`, 400, async () => {
    const found = (await replicas(lab, on)).filter(({ ready, node }) => ready && node !== gone);
    return found.length === wanted ? found : undefined;
  });
}

async function loseOne(lab: LabCluster): Promise<void> {
  const names = podNodes(lab);
  const [asking] = lab.cluster.masters.map(({ name }) => lab.get(name));
  if (asking === undefined) throw new Error('no master');
  const before = await allReplicas(lab, asking);
  say(`CoreDNS runs on ${before.map(({ node }) => node).join(', ')}`);
  equal(new Set(before.map(({ node }) => node)).size, before.length, 'nodes that have a replica');
  const victim = before.map(({ node }) => node).find((node) => node !== asking.name) ?? '';
  const { dnsIP, serviceIP, spec } = lab.cluster;
  const name = `kubernetes.default.svc.${spec.network.dnsDomain}`;
  const asker = new DnsAsker(asking, dnsIP, name, serviceIP);
  await until('a first answer', 60, () => asker.answers.some(({ good }) => good) || undefined);
  const cutAt = Date.now();
  await lab.get(victim).powerCut();
  say(`${victim}: power cut`);
  const after = await allReplicas(lab, asking, victim);
  const seconds = ((Date.now() - cutAt) / 1000).toFixed(0);
  say(`after ${seconds} s CoreDNS runs on ${after.map(({ node }) => node).join(', ')}`);
  const { asked, failed, longestGap } = asker.stop();
  const silent = failed.filter(({ at }) => at > cutAt).length;
  say(`${asked} questions, ${silent} without an answer after the cut, longest silence ${longestGap.toFixed(1)} s`);
  check(asked > 20, 'the resolver asked');
  check(longestGap < longestSilence, `no silence of ${longestSilence} s (${longestGap.toFixed(1)} s)`);
  lab.get(victim).powerOn();
  await nodesReady(lab, names);
}

export const dns: Scenario = {
  number: 13,
  name: 'dns',
  title: 'a node with a replica of CoreDNS loses its power while a resolver asks every second',
  needs: 'own',
  ci: false,
  byName: true,
  async run(lab) {
    check(lab.cluster.spec.addons.coreDNS.enabled, 'the cluster file has CoreDNS: test/lab/clusters/dns');
    await lab.destroyMachines();
    await bootAll(lab);
    await nodesReady(lab, podNodes(lab));
    await loseOne(lab);
  },
};
