/** Pods of the lab: small web servers from the test image, one on each node. */
import type { LabCluster } from './cluster.ts';
import { testImage } from './images.ts';
import { check, equal, until } from './wait.ts';

const labels = { app: 'web' };

/** Returns its pod's name over HTTP; the second line is the requested path. */
const serve =
  'trap "exit 0" TERM; echo "$NAME" >/www/index.html; echo started; httpd -f -p 8080 -h /www & while :; do wait $!; done';

function daemonSet(): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          tolerations: [{ operator: 'Exists' }],
          terminationGracePeriodSeconds: 1,
          containers: [
            {
              name: 'web',
              image: testImage,
              imagePullPolicy: 'IfNotPresent',
              command: ['/bin/sh', '-c', serve],
              env: [{ name: 'NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
              ports: [{ containerPort: 8080 }],
            },
          ],
        },
      },
    },
  };
}

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'default' },
  spec: { selector: labels, ports: [{ port: 80, targetPort: 8080 }] },
};

interface PodInfo {
  readonly pod: string;
  readonly node: string;
  readonly address: string;
}

/** Runs a web server on every node, and waits until each of `nodes` has one. */
export async function startPods(lab: LabCluster, nodes: readonly string[]): Promise<PodInfo[]> {
  await lab.kubectl(['apply', '-f', '-'], {
    input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [daemonSet(), service] }),
  });
  return podsOn(lab, nodes);
}

export async function podsOn(lab: LabCluster, nodes: readonly string[], limit = 300): Promise<PodInfo[]> {
  const columns =
    '{range .items[*]}{.metadata.name} {.spec.nodeName} {.status.podIP} {.status.containerStatuses[0].ready} {.metadata.deletionTimestamp}{"\\n"}{end}';
  return until(`a running pod on ${nodes.join(', ')}`, limit, async () => {
    const lines = (await lab.kubectl(['get', 'pods', '-l', 'app=web', '-o', `jsonpath=${columns}`])).split('\n');
    const pods = lines
      .map((line) => line.split(' '))
      .filter(([, , , ready, deleted]) => ready === 'true' && !deleted)
      .map(([pod = '', node = '', address = '']) => ({ pod, node, address }));
    return nodes.every((node) => pods.some((pod) => pod.node === node))
      ? pods.filter(({ node }) => nodes.includes(node))
      : undefined;
  });
}

/** exec and logs by way of the API server, on every pod; from every pod to every other, and to the Service's address. */
export async function checkPods(lab: LabCluster, pods: readonly PodInfo[]): Promise<void> {
  const address = await lab.kubectl(['get', 'service', 'web', '-o', 'jsonpath={.spec.clusterIP}']);
  const names = pods.map(({ node }) => node);
  for (const { pod, node } of pods) {
    // Not busybox's wget: linked statically, as Debian has it, it crashes.
    const urls = [...pods.map((other) => `${other.address} 8080`), `${address} 80`];
    const ask = urls.map((url) => `printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 5 ${url} | tail -n 1`).join('; ');
    // Right after a power cut the Service still has the addresses that pods had before: they are asked until all is as it must be.
    await until(`the pod on ${node} to reach the others, and one of them by the Service's address`, 90, async () => {
      const answers = (await lab.kubectl(['exec', pod, '--', '/bin/sh', '-c', ask])).split('\n');
      equal(answers.slice(0, -1), names, `what the pod on ${node} hears from the others`);
      check(names.includes(answers.at(-1) ?? ''), `the Service's address leads to a pod (${answers.at(-1)})`);
      return true;
    });
    equal((await lab.kubectl(['logs', pod])).split('\n')[0], 'started', `kubectl logs of the pod on ${node}`);
  }
}
