/** Asks the API through a node's load balancer, five times a second, as a client in the cluster would. */
import { type ChildProcess, spawn } from 'node:child_process';
import { onExit } from '../referee/tools.ts';
import type { LabCluster } from './cluster.ts';
import type { Machine } from './node.ts';

export interface Answer {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** HTTP status; 0 when nobody answered within the time limit. */
  readonly status: number;
  readonly seconds: number;
}

const script = (url: string): string => `
pki=/etc/kubernetes/pki/ca.crt cert=/var/lib/kubelet/pki/kubelet-client-current.pem
while :; do
  curl -s -o /dev/null --max-time 10 --cacert $pki --cert $cert --key $cert -w '%{http_code} %{time_total}\\n' ${url}
  sleep 0.2
done`;

export class Poller {
  readonly answers: Answer[] = [];
  readonly #child: ChildProcess;
  readonly #forget: () => void;

  constructor(lab: LabCluster, on: Machine) {
    const { port } = lab.cluster.spec.apiEndpoint.loadBalancer;
    const url = `https://127.0.0.1:${port}/api/v1/nodes/${on.name}`;
    this.#child = spawn('nsenter', ['-t', String(on.initPid), '-a', '--wd=/', '--', '/bin/bash', '-c', script(url)], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let rest = '';
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const [status = 0, seconds = 0] = line.split(' ').map(Number);
        this.answers.push({ at: Date.now(), status, seconds });
      }
    });
    this.#forget = onExit(() => this.#child.kill('SIGKILL'));
  }

  /** The longest time without an answer, in seconds, and how many requests had no 200. */
  stop(): { readonly asked: number; readonly failed: readonly Answer[]; readonly longestGap: number } {
    this.#child.kill('SIGKILL');
    this.#forget();
    const good = this.answers.filter(({ status }) => status === 200);
    const gaps = good.slice(1).map(({ at }, index) => (at - (good[index]?.at ?? at)) / 1000);
    return {
      asked: this.answers.length,
      failed: this.answers.filter(({ status }) => status !== 200),
      longestGap: Math.max(0, ...gaps),
    };
  }
}
