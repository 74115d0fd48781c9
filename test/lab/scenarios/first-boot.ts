/** Scenario 1: blank machines, powered on at the same moment, become a cluster without a login. */
import type { LabCluster } from '../cluster.ts';
import type { Machine, Receipt } from '../node.ts';
import { checkPods, startPods } from '../pods.ts';
import { say } from '../say.ts';
import { check, equal, until } from '../wait.ts';
import type { Scenario } from './scenario.ts';

export function nodeNames(lab: LabCluster): string[] {
  return lab.cluster.nodes.map(({ name }) => name);
}

/** Nodes with a kubelet: neither dedicated etcd members nor balancers. */
export function podNodes(lab: LabCluster): string[] {
  return [...lab.cluster.masters, ...lab.cluster.workers].map(({ name }) => name);
}

/** Powers on all nodes of the cluster file at once and waits until each says that it is ready. */
export async function bootAll(lab: LabCluster): Promise<void> {
  const names = nodeNames(lab);
  await Promise.all(names.map((name) => lab.machine(name)));
  for (const name of names) lab.get(name).powerOn();
  await allReady(lab, names);
}

export async function allReady(lab: LabCluster, names: readonly string[], limit = 900): Promise<void> {
  const receipts = await Promise.all(names.map((name) => ready(lab, name, limit)));
  for (const receipt of receipts) sayStages(receipt);
}

/** Waits for the receipt of this boot, and says how long it took from power-on. */
export async function ready(lab: LabCluster, name: string, limit = 900): Promise<Receipt> {
  const machine = lab.get(name);
  const receipt = await until(`${name} to be ready`, limit, () => {
    const found = machine.receipt();
    return found?.ready ? found : undefined;
  });
  say(`${name} is ready ${((Date.now() - machine.poweredOn) / 1000).toFixed(1)} s after power-on`);
  return receipt;
}

function sayStages({ node, stages }: Receipt): void {
  const parts = stages
    .filter(({ seconds }) => seconds >= 0.1)
    .map(({ unit, seconds }) => `${unit.replace(/\.service$|^knode-/g, '')} ${seconds}`);
  say(`${node}, seconds of each stage: ${parts.join(', ')}`);
}

const readyColumns = '{range .items[*]}{.metadata.name}={.status.conditions[?(@.type=="Ready")].status}{"\\n"}{end}';

/** Of these machines, those that the API knows; one of a pool is not in the cluster file. */
function withKubelet(lab: LabCluster, names: readonly string[]): string[] {
  const without = lab.cluster.nodes.map(({ name }) => name).filter((name) => !podNodes(lab).includes(name));
  return names.filter((name) => !without.includes(name));
}

export async function nodesReady(lab: LabCluster, all: readonly string[], limit = 300): Promise<void> {
  const names = withKubelet(lab, all);
  await until(`the API server to have ${names.join(', ')} Ready`, limit, async () => {
    const lines = (await lab.kubectl(['get', 'nodes', '-o', `jsonpath=${readyColumns}`])).split('\n');
    return names.every((name) => lines.includes(`${name}=True`)) ? lines : undefined;
  });
}

/** Every kubelet's client and serving certificate was requested, approved and issued automatically. */
export async function certificatesIssued(lab: LabCluster, all: readonly string[]): Promise<void> {
  const names = withKubelet(lab, all);
  await until('all CSRs to be approved and issued', 180, async () => {
    const columns =
      '{range .items[*]}{.spec.username}|{.spec.signerName}|{.status.conditions[*].type}|{.status.certificate}{"\\n"}{end}';
    const rows = (await lab.kubectl(['get', 'csr', '-o', `jsonpath=${columns}`]))
      .split('\n')
      .map((line) => line.split('|'));
    check(
      rows.every(([, , type, certificate]) => type === 'Approved' && certificate !== ''),
      'every CSR is approved and issued',
    );
    const serving = rows.filter(([, signer]) => signer === 'kubernetes.io/kubelet-serving').map(([user]) => user);
    return names.every((name) => serving.includes(`system:node:${name}`)) ? rows : undefined;
  });
  for (const name of names) {
    const subject = await lab
      .get(name)
      .text('openssl x509 -noout -subject -nameopt RFC2253 -in /var/lib/kubelet/pki/kubelet-client-current.pem');
    equal(subject, `subject=CN=system:node:${name},O=system:nodes`, `the certificate of ${name}'s kubelet`);
  }
}

/** The labels and taints of the cluster file are in the API. */
export async function labelsAndTaints(lab: LabCluster): Promise<void> {
  await until('labels and taints', 200, async () => {
    const nodes = JSON.parse(await lab.kubectl(['get', 'nodes', '-o', 'json'])) as NodeList;
    for (const wanted of [...lab.cluster.masters, ...lab.cluster.workers]) {
      const found = nodes.items.find(({ metadata }) => metadata.name === wanted.name);
      for (const [key, value] of Object.entries(wanted.labels))
        equal(found?.metadata.labels[key], value, `label ${key} of ${wanted.name}`);
      const taints = (found?.spec.taints ?? []).map(({ key, effect }) => `${key}:${effect}`).sort();
      equal(taints, wanted.taints.map(({ key, effect }) => `${key}:${effect}`).sort(), `taints of ${wanted.name}`);
    }
    return true;
  });
}

interface NodeList {
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
    readonly spec: { readonly taints?: readonly { readonly key: string; readonly effect: string }[] };
  }[];
}

/** No key, token or kubeconfig with a key in it is readable by group or others; nothing failed, nothing waits. */
export async function nodeIsClean(machine: Machine): Promise<void> {
  const secrets =
    '/etc/kubernetes /etc/etcd /etc/knode /var/lib/kubelet/pki /var/lib/kubelet/kubeconfig /var/lib/cloud /run/cloud-init';
  const open = await machine.text(
    `find ${secrets} -type f -perm /077 -exec grep -lE 'PRIVATE KEY|token-secret|client-key-data|token: [a-z0-9]' {} + 2>/dev/null; true`,
  );
  equal(open, '', `secret files that others may read on ${machine.name}`);
  equal(await machine.text('systemctl --failed --no-legend --plain'), '', `failed units of ${machine.name}`);
  const log = await machine.text("grep -E '\\[(WARNING|ERROR|CRITICAL)\\]' /var/log/cloud-init.log || true");
  equal(log, '', `warnings of cloud-init on ${machine.name}`);
}

export const firstBoot: Scenario = {
  number: 1,
  name: 'first-boot',
  title: 'blank machines, powered on at the same moment, become a cluster',
  needs: 'cluster',
  ci: true,
  async run(lab) {
    const names = nodeNames(lab);
    await nodesReady(lab, names);
    await certificatesIssued(lab, names);
    await labelsAndTaints(lab);
    for (const name of names) {
      await nodeIsClean(lab.get(name));
      equal(lab.get(name).receipt()?.waitingFor, [], `what ${name} waits for`);
    }
    const pods = await startPods(lab, podNodes(lab));
    await checkPods(lab, pods);
    say(`${pods.length} pods reach each other and the Service; logs and exec work`);
  },
};
