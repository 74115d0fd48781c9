/** Polls the API at the address of the node's own programs, five times a second, like a client in the cluster. */
import { type ChildProcess, spawn } from 'node:child_process';
import { onExit } from '../referee/tools.ts';
import type { LabCluster } from './cluster.ts';
import { type Answer, type Coverage, coverage } from './coverage.ts';
import type { Machine } from './node.ts';

/** The node's load balancer if it has one, otherwise the endpoint: `nodeUrl` is what its kubelet uses. */
const script = (url: string): string => `
pki=/etc/kubernetes/pki/ca.crt cert=/var/lib/kubelet/pki/kubelet-client-current.pem
while :; do
  curl -s -o /dev/null --max-time 10 --cacert $pki --cert $cert --key $cert -w '%{http_code} %{time_total}\\n' ${url}
  sleep 0.2
done`;

export class Poller {
  readonly answers: Answer[] = [];
  readonly url: string;
  readonly #began = Date.now();
  readonly #child: ChildProcess;
  readonly #forget: () => void;

  constructor(lab: LabCluster, on: Machine) {
    this.url = `${lab.cluster.nodeUrl}/api/v1/nodes/${on.name}`;
    this.#child = spawn(
      'nsenter',
      ['-t', String(on.initPid), '-a', '--wd=/', '--', '/bin/bash', '-c', script(this.url)],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    );
    let rest = '';
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const [status = 0, seconds = 0] = line.split(' ').map(Number);
        this.answers.push({ at: Date.now(), good: status === 200, status, seconds });
      }
    });
    this.#forget = onExit(() => this.#child.kill('SIGKILL'));
  }

  stop(): Coverage {
    this.#child.kill('SIGKILL');
    this.#forget();
    return coverage(this.answers, this.#began, Date.now());
  }
}
