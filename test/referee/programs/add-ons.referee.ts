/** The manifests that masters apply, judged by a real API server and scheduler (1.20.2) without nodes. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { coreDnsObjects } from '../../../src/component/addon/core-dns.ts';
import { clusterOf } from '../../support/cluster-text.ts';
import { cleanUp, Root, run } from '../scripts/support.ts';
import { ControlPlane } from '../servers/control-plane.ts';
import { kubernetesPrograms } from '../servers/kubernetes-programs.ts';

const programs = await kubernetesPrograms();
if (programs === undefined)
  process.stderr.write('\nREFEREE SKIPPED: no Kubernetes of the laboratory (test/lab/kubernetes.sh builds it)\n');

const node = (name: string, taints: readonly object[] = []) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' } },
  spec: { taints },
  status: {
    allocatable: { cpu: '4', memory: '8Gi', pods: '110' },
    capacity: { cpu: '4', memory: '8Gi', pods: '110' },
    conditions: [{ type: 'Ready', status: 'True' }],
  },
});

describe.skipIf(programs === undefined)('add-ons before a real API server', () => {
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await ControlPlane.start(programs ?? '');
  }, 300_000);
  afterEach(cleanUp);
  afterAll(() => plane?.stop());

  const cluster = clusterOf({
    kubernetes: { version: '1.20.2' },
    nodes: {
      masters: [11, 12, 13].map((last) => ({ address: `10.0.0.${last}` })),
      workers: [{ address: '10.0.0.21' }],
    },
  });

  async function addNode(name: string): Promise<void> {
    const made = await plane.kubectl(['create', '-f', '-'], stringify(node(name)));
    expect(made.stderr).toBe('');
    // 1.20 gives a new Node this taint; a controller, which does not run here, removes it.
    await plane.kubectl(['taint', 'node', name, 'node.kubernetes.io/not-ready-']);
  }

  async function nodesOfPods(): Promise<string[]> {
    const columns = 'custom-columns=NODE:.spec.nodeName';
    const { stdout } = await plane.kubectl(['-n', 'kube-system', 'get', 'pods', '--no-headers', '-o', columns]);
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .sort();
  }

  async function settled(wanted: readonly string[]): Promise<void> {
    const end = Date.now() + 60_000;
    while (Date.now() < end) if ((await nodesOfPods()).join() === wanted.join()) return;
    expect(await nodesOfPods()).toEqual(wanted);
  }

  it('CoreDNS: one replica on the first node, the other waits for the second', async () => {
    const objects = coreDnsObjects(cluster)
      .map((one) => stringify(one))
      .join('---\n');
    expect(await plane.kubectl(['apply', '-f', '-'], objects)).toExit(0, { stderr: '' });
    await addNode('n1');
    await settled(['<none>', 'n1']);
    await addNode('n2');
    await settled(['n1', 'n2']);
  });

  const token = (id: string) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'bootstrap.kubernetes.io/token',
    metadata: { name: `bootstrap-token-${id}`, namespace: 'kube-system' },
    stringData: { 'token-id': id, 'token-secret': '0123456789abcdef' },
  });
  const settings = (value: string) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', namespace: 'default' },
    data: { value },
  });

  function master(
    generation: number,
    files: Readonly<Record<string, object>>,
    more: Record<string, string> = {},
  ): Root {
    const root = new Root();
    root.env('cluster', {
      KNODE_GENERATION: String(generation),
      KNODE_BOOTSTRAP_WAIT: '10',
      KNODE_NODES_WAIT: '1',
      ...more,
    });
    for (const [name, object] of Object.entries(files)) root.write(`etc/knode/manifests/${name}`, stringify(object));
    root.standIn('kubectl', `exec ${programs}/kubectl "$@"`);
    return root;
  }

  async function boots(root: Root): Promise<string> {
    const { code, out } = await run('bootstrap', root, { env: { KUBECONFIG: plane.kubeconfig } });
    expect(code, out).toBe(0);
    return out;
  }

  async function value(): Promise<string> {
    return (await plane.kubectl(['get', 'configmap', 'settings', '-o', 'jsonpath={.data.value}'])).stdout;
  }

  it('an administrator’s changes stay, also with a newer master, and a deleted token stays deleted', async () => {
    const old = master(1, { '20-token.yaml': token('abcdef'), '50-my settings.yaml': settings('old') });
    await boots(old);
    expect(await value()).toBe('old');
    await plane.kubectl(['delete', '-n', 'kube-system', 'secret', 'bootstrap-token-abcdef']);
    await plane.kubectl(['patch', 'configmap', 'settings', '-p', '{"data":{"value":"mine"}}']);
    await boots(old);
    expect(await value()).toBe('mine');
    const names = await plane.kubectl(['-n', 'kube-system', 'get', 'secret', '-o', 'name']);
    expect(names.stdout).not.toContain('bootstrap-token-abcdef');

    await boots(master(2, { '50-my settings.yaml': settings('new') }));
    expect(await value()).toBe('new');
    await boots(old);
    expect(await value()).toBe('new');
    const late = await boots(master(1, { '50-my settings.yaml': settings('never seen') }));
    expect(late).toContain('50-my settings.yaml of generation 1 is not applied: the cluster has generation 2');
    expect(await value()).toBe('new');
    await boots(master(3, { '50-my settings.yaml': settings('old') }));
    expect(await value()).toBe('old');
  });

  it('a custom resource definition too large for an annotation needs server-side apply', async () => {
    const description = 'x'.repeat(300_000);
    const schema = { openAPIV3Schema: { type: 'object', description } };
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'larges.example.com' },
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { plural: 'larges', kind: 'Large' },
        versions: [{ name: 'v1', served: true, storage: true, schema }],
      },
    };
    const files = { '60-large.yaml': definition };
    const plain = await run('bootstrap', master(1, files, { KNODE_BOOTSTRAP_WAIT: '1' }), {
      env: { KUBECONFIG: plane.kubeconfig },
    });
    expect(plain).toExit(1);
    expect(plain.out).toMatch(/Too long: must have at most 262144 bytes/);
    await boots(master(1, files, { KNODE_SERVER_SIDE: 'yes' }));
    expect(await plane.kubectl(['get', 'crd', 'larges.example.com'])).toExit(0);
  });

  it('server-side apply takes over earlier client-side fields, and manual changes', async () => {
    const root = master(1, { '70-s.yaml': settings('first') });
    await plane.kubectl(['delete', 'configmap', 'settings', '--ignore-not-found']);
    await boots(root);
    await plane.kubectl(['patch', 'configmap', 'settings', '-p', '{"data":{"value":"mine"}}']);
    await boots(master(2, { '70-s.yaml': settings('second') }, { KNODE_SERVER_SIDE: 'yes' }));
    expect(await value()).toBe('second');
  });
});
