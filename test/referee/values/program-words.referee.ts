/**
 * etcd and a control plane of Kubernetes 1.20.2 start from the rendered units' own command lines, and their messages
 * about settings are checked: nothing deprecated, unknown, migrated or ignored without a reason. The laboratory reads
 * the journal of whole machines.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { complaints } from '../../support/program-words.ts';
import { type Daemon, NodeRoot } from '../machines/node-root.ts';
import { clusterOf, type RenderedNode } from '../rendered.ts';
import { kubernetesPrograms } from '../servers/kubernetes-programs.ts';
import { describeReferee, sleep } from '../tools.ts';

const file = `
apiVersion: knode.dev/v1
kind: Cluster
name: words
kubernetes: { version: 1.20.2 }
apiEndpoint: { address: 10.77.0.11 }
nodes: { masters: [{ name: m1, address: 10.77.0.11 }] }
network: { provider: external }
etcd: { version: 3.4.23 }
containerRuntime: { type: docker }
pki: { algorithm: ecdsa-p256 }
`;

const units = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const;
const built = await kubernetesPrograms();

describeReferee(
  'what programs say of their settings',
  { root: true, tools: { etcd: 'etcd-server', kubectl: 'kubernetes-client' } },
  () => {
    let root: NodeRoot;
    const daemons = new Map<string, Daemon>();

    /** A lease is read by who holds it. */
    const ready = async (path: string, unit: string): Promise<void> => {
      const who = unit === 'kube-controller-manager' ? 'controller-manager' : 'scheduler';
      const args = ['--kubeconfig', `/etc/kubernetes/${who}.kubeconfig`, 'get', '--raw', path];
      for (const end = Date.now() + 120_000; ; await sleep(500)) {
        const asked = await root.run(['kubectl', ...args], { env: { HOME: '/root' } });
        if (asked.code === 0) return;
        const daemon = daemons.get(unit);
        if (daemon?.running !== true || Date.now() > end)
          throw new Error(`${unit}: ${asked.stderr}\n${daemon?.out.slice(-4000)}`);
      }
    };

    beforeAll(async () => {
      if (built === undefined) return;
      const node = (await clusterOf('words', file)).nodes[0] as RenderedNode;
      const kubernetes = units.slice(1).map((name) => [name, join(built, name)] as const);
      root = await NodeRoot.of(node, {
        programs: { etcd: '/usr/bin/etcd', etcdctl: '/usr/bin/etcdctl', ...Object.fromEntries(kubernetes) },
      });
      await root.run(['ip', 'address', 'add', '10.77.0.11/24', 'dev', 'lo'], { check: true });
      for (const name of units) {
        daemons.set(name, await root.startUnit(`${name}.service`));
        if (name === 'kube-apiserver') await ready('/readyz', name);
      }
      // Both lead, and have said all that they say at their start.
      for (const name of ['kube-controller-manager', 'kube-scheduler'])
        await ready(`/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/${name}`, name);
      await sleep(3000);
    });

    afterAll(async () => {
      await root?.stop();
    });

    it.skipIf(built === undefined).each(units)('%s has no complaint', (name) => {
      const daemon = daemons.get(name);
      expect(daemon?.running, daemon?.out.slice(-4000)).toBe(true);
      expect(daemon?.out).not.toBe('');
      expect(complaints(name, daemon?.out ?? '')).toEqual([]);
    });

    it.skipIf(built === undefined)('would detect a deprecated flag', async () => {
      const said = await root.run([
        'kube-controller-manager',
        '--port=0',
        '--cloud-provider-gce-lb-src-cidrs=10.0.0.0/8',
        '--kubeconfig=/missing',
      ]);
      expect(complaints('kube-controller-manager', said.stderr).join()).toContain('cloud-provider-gce-lb-src-cidrs');
    });

    /** The file that knode writes from 1.23 on, in the version that 1.20.2 reads: it decodes strictly, and names a field that it does not know. */
    it.skipIf(built === undefined)("takes the fields of the scheduler's file", async () => {
      const fields = {
        clientConnection: { kubeconfig: '/etc/kubernetes/scheduler.kubeconfig' },
        enableProfiling: false,
      };
      const type = { apiVersion: 'kubescheduler.config.k8s.io/v1beta1', kind: 'KubeSchedulerConfiguration' };
      const judge = async (config: object) => {
        await root.run(['tee', '/run/scheduler.yaml'], { input: stringify({ ...type, ...config }), check: true });
        return root.run([
          'kube-scheduler',
          '--config=/run/scheduler.yaml',
          '--write-config-to=/run/written.yaml',
          '--port=0',
          '--secure-port=0',
        ]);
      };
      expect(await judge(fields)).toExit(0);
      expect(await judge({ ...fields, enableProfile: false })).not.toExit(0);
      const written = await root.run(['cat', '/run/written.yaml'], { check: true });
      expect(written.stdout).toContain('kubeconfig: /etc/kubernetes/scheduler.kubeconfig');
      expect(written.stdout).toContain('enableProfiling: false');
    });
  },
);
