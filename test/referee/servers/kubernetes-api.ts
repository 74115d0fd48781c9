/**
 * A real control plane on loopback, as far as certificates go: etcd, kube-apiserver and the controllers that approve and sign, with a
 * master's own authorities and certificates.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { type Finished, sh, sleep } from '../tools.ts';
import { Daemons } from './daemons.ts';
import { freePort } from './free-port.ts';
import { controllerArguments, startApiServer, startEtcd } from './kubernetes-programs.ts';

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
    const port = await freePort();
    const api = new KubernetesApi(programs, tree, work, port);
    try {
      await api.#start(port);
    } catch (error) {
      await api.stop();
      throw error;
    }
    return api;
  }

  async #start(port: number): Promise<void> {
    const own = (name: string) => join(this.#work, 'api', name);
    const pki = (name: string) => join(this.#tree, 'etc/kubernetes/pki', name);
    startApiServer(this.#daemons, {
      name: 'kube-apiserver',
      programs: this.#programs,
      etcd: await startEtcd(this.#daemons, own('etcd')),
      port,
      serviceAccountKey: pki('sa.key'),
      certificates: own('apiserver'),
      more: [
        `--tls-cert-file=${pki('apiserver.crt')}`,
        `--tls-private-key-file=${pki('apiserver.key')}`,
        `--client-ca-file=${pki('ca.crt')}`,
        '--authorization-mode=Node,RBAC',
        '--enable-admission-plugins=NodeRestriction',
      ],
    });
    await this.#ready();
    this.#daemons.start('kube-controller-manager', join(this.#programs, 'kube-controller-manager'), [
      ...(await controllerArguments(this.kubeconfig('bootstrap'), own('controllers'))),
      '--controllers=csrapproving,csrsigning',
      `--cluster-signing-cert-file=${pki('ca.crt')}`,
      `--cluster-signing-key-file=${pki('ca.key')}`,
    ]);
  }

  async #ready(): Promise<void> {
    for (const end = Date.now() + 90_000; ; await sleep(300)) {
      const ready = await this.kubectl(['get', '--raw', '/readyz']);
      if (ready.code === 0) return;
      if (Date.now() > end) throw new Error(`kube-apiserver is not ready: ${ready.stderr}`);
    }
  }

  /** A kubeconfig of the tree, adapted to this API server and to the place of the tree. */
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
