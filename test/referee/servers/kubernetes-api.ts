/**
 * A real control plane on loopback, as far as certificates go: etcd, kube-apiserver and the controllers that approve and sign, with a
 * master's own authorities and certificates.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { packagePath } from '../../../src/base/package-root.ts';
import { type Finished, sh, sleep } from '../tools.ts';
import { Daemons } from './daemons.ts';

/** Folder with the programs of Kubernetes 1.20.2, which the laboratory builds; undefined when it has not. */
export async function kubernetesPrograms(): Promise<string | undefined> {
  const { stdout } = await sh(packagePath('test/lab/kubernetes.sh'), ['--path'], { check: true });
  const folder = stdout.trim();
  return existsSync(join(folder, 'kube-apiserver')) ? folder : undefined;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** A user and its groups. */
export interface Requester {
  readonly user: string;
  readonly groups: readonly string[];
}

export interface ApiAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: objects of any kind
  readonly body: any;
}

export class KubernetesApi {
  readonly url: string;
  readonly #tree: string;
  readonly #work: string;
  readonly #programs: string;
  readonly #daemons: Daemons;
  #kept: Agent | undefined;

  private constructor(programs: string, tree: string, work: string, port: number) {
    this.url = `https://127.0.0.1:${port}`;
    this.#tree = tree;
    this.#work = work;
    this.#programs = programs;
    this.#daemons = new Daemons(join(work, 'api'));
  }

  /** @param tree files of a master, @param work an empty folder. */
  static async start(programs: string, tree: string, work: string): Promise<KubernetesApi> {
    const [port, client, peer] = [await freePort(), await freePort(), await freePort()];
    const api = new KubernetesApi(programs, tree, work, port);
    try {
      await api.#start(port, client, peer);
    } catch (error) {
      await api.stop();
      throw error;
    }
    return api;
  }

  async #start(port: number, client: number, peer: number): Promise<void> {
    const etcd = `http://127.0.0.1:${client}`;
    const own = `http://127.0.0.1:${peer}`;
    const peers = [`--listen-peer-urls=${own}`, `--initial-advertise-peer-urls=${own}`, `--initial-cluster=a=${own}`];
    const clients = [`--listen-client-urls=${etcd}`, `--advertise-client-urls=${etcd}`];
    const data = `--data-dir=${join(this.#work, 'api', 'etcd')}`;
    this.#daemons.start('etcd', 'etcd', ['--name=a', data, '--unsafe-no-fsync', ...peers, ...clients]);
    await this.#daemons.answering(`${etcd}/health`, (status) => status === 200);
    const pki = (name: string) => join(this.#tree, 'etc/kubernetes/pki', name);
    this.#daemons.start('kube-apiserver', join(this.#programs, 'kube-apiserver'), [
      `--etcd-servers=${etcd}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      '--endpoint-reconciler-type=none',
      `--secure-port=${port}`,
      `--tls-cert-file=${pki('apiserver.crt')}`,
      `--tls-private-key-file=${pki('apiserver.key')}`,
      `--client-ca-file=${pki('ca.crt')}`,
      '--authorization-mode=Node,RBAC',
      '--enable-admission-plugins=NodeRestriction',
      '--service-cluster-ip-range=10.96.0.0/12',
      `--service-account-key-file=${pki('sa.key')}`,
      `--service-account-signing-key-file=${pki('sa.key')}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      `--cert-dir=${join(this.#work, 'api', 'apiserver')}`,
    ]);
    await this.#ready();
    this.#daemons.start('kube-controller-manager', join(this.#programs, 'kube-controller-manager'), [
      `--kubeconfig=${this.kubeconfig('bootstrap')}`,
      '--controllers=csrapproving,csrsigning',
      '--leader-elect=false',
      '--port=0',
      `--secure-port=${await freePort()}`,
      '--bind-address=127.0.0.1',
      `--cluster-signing-cert-file=${pki('ca.crt')}`,
      `--cluster-signing-key-file=${pki('ca.key')}`,
      `--cert-dir=${join(this.#work, 'api', 'controllers')}`,
    ]);
  }

  async #ready(): Promise<void> {
    for (const end = Date.now() + 90_000; ; await sleep(300)) {
      const ready = await this.kubectl(['get', '--raw', '/readyz']);
      if (ready.code === 0) return;
      if (Date.now() > end) throw new Error(`kube-apiserver is not ready: ${ready.stderr}`);
    }
  }

  /** A kubeconfig of the tree, turned to this API server and to where the tree is. */
  kubeconfig(name: string, tree: string = this.#tree): string {
    const text = readFileSync(join(tree, 'etc/kubernetes', `${name}.kubeconfig`), 'utf8');
    const file = join(this.#work, `${name}-${tree.split('/').at(-1)}.kubeconfig`);
    const here = text.replaceAll('/etc/kubernetes/pki', join(tree, 'etc/kubernetes/pki'));
    writeFileSync(file, here.replace(/server: .*/, `server: ${this.url}`), { mode: 0o600 });
    return file;
  }

  /** As the administrator, unless `kubeconfig` says otherwise. */
  kubectl(args: readonly string[], options: { kubeconfig?: string; input?: string } = {}): Promise<Finished> {
    const { kubeconfig = this.kubeconfig('bootstrap'), input = '' } = options;
    const env = { HOME: this.#work, KUBECONFIG: kubeconfig };
    return sh(join(this.#programs, 'kubectl'), args, { env, input });
  }

  /**
   * One request as the administrator, or for another user as the API server sees it after authentication.
   * @returns status and body.
   */
  ask(method: string, path: string, body?: object, as?: Requester): Promise<ApiAnswer> {
    const headers = {
      'content-type': 'application/json',
      ...(as === undefined ? {} : { 'impersonate-user': as.user, 'impersonate-group': [...as.groups] }),
    };
    return new Promise((resolve, reject) => {
      const asked = request(`${this.url}${path}`, { method, headers, agent: this.#agent() }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: JSON.parse(text) }));
      });
      asked.on('error', reject);
      asked.end(body === undefined ? '' : JSON.stringify(body));
    });
  }

  #agent(): Agent {
    const file = (name: string) => readFileSync(join(this.#tree, 'etc/kubernetes/pki', name));
    this.#kept ??= new Agent({
      keepAlive: true,
      ca: file('ca.crt'),
      cert: file('bootstrap.crt'),
      key: file('bootstrap.key'),
    });
    return this.#kept;
  }

  stop(): Promise<void> {
    this.#kept?.destroy();
    return this.#daemons.stop();
  }
}
