/** A control plane without nodes on loopback: etcd, and Kubernetes 1.20.2 as the laboratory builds it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { tempFolder } from '../../support/temp-folder.ts';
import { type Finished, sh } from '../tools.ts';
import { Daemons } from './daemons.ts';
import { freePort } from './free-port.ts';
import { controllerArguments, startApiServer, startEtcd } from './kubernetes-programs.ts';

const token = 'admin-of-this-test';

export class ControlPlane {
  readonly kubeconfig: string;
  readonly #daemons: Daemons;
  readonly #programs: string;
  readonly #folder: string;
  #etcd = '';
  #others = 0;

  private constructor(folder: string, daemons: Daemons, programs: string) {
    this.kubeconfig = join(folder, 'kubeconfig');
    this.#daemons = daemons;
    this.#programs = programs;
    this.#folder = folder;
  }

  static async start(programs: string): Promise<ControlPlane> {
    const folder = tempFolder('control-plane');
    const daemons = new Daemons(folder);
    const plane = new ControlPlane(folder, daemons, programs);
    try {
      await plane.#start(folder);
      return plane;
    } catch (error) {
      await daemons.stop();
      throw error;
    }
  }

  async #start(folder: string): Promise<void> {
    const secure = await freePort();
    this.#etcd = await startEtcd(this.#daemons, join(folder, 'etcd'));
    const key = join(folder, 'sa.key');
    await sh('openssl', ['genrsa', '-out', key, '2048'], { check: true });
    writeFileSync(join(folder, 'tokens'), `${token},admin,1,"system:masters"\n`, { mode: 0o600 });
    writeFileSync(this.kubeconfig, stringify(kubeconfigOf(`https://127.0.0.1:${secure}`)), { mode: 0o600 });
    mkdirSync(join(folder, 'certificates'));
    this.#startApiServer('kube-apiserver', secure);
    await this.until(['get', '--raw', '/readyz'], ({ code }) => code === 0);
    const certificates = join(folder, 'certificates');
    this.#daemons.start('kube-controller-manager', join(this.#programs, 'kube-controller-manager'), [
      ...(await controllerArguments(this.kubeconfig, certificates)),
      '--controllers=deployment,replicaset,serviceaccount,serviceaccount-token',
      `--service-account-private-key-file=${key}`,
    ]);
    const scheduler = await controllerArguments(this.kubeconfig, certificates);
    this.#daemons.start('kube-scheduler', join(this.#programs, 'kube-scheduler'), scheduler);
    await this.until(['-n', 'kube-system', 'get', 'serviceaccount', 'default'], ({ code }) => code === 0);
  }

  #startApiServer(name: string, port: number, more: readonly string[] = []): void {
    const at = (file: string) => join(this.#folder, file);
    startApiServer(this.#daemons, {
      name,
      programs: this.#programs,
      etcd: this.#etcd,
      port,
      serviceAccountKey: at('sa.key'),
      certificates: at('certificates'),
      more: [`--token-auth-file=${at('tokens')}`, '--authorization-mode=RBAC', ...more],
    });
  }

  /** One more API server before the same etcd. @returns arguments of `kubectl` that go to it. */
  async another(more: readonly string[]): Promise<readonly string[]> {
    this.#others += 1;
    const port = await freePort();
    this.#startApiServer(`kube-apiserver-${this.#others}`, port, more);
    const server = ['--server', `https://127.0.0.1:${port}`];
    await this.until([...server, 'get', '--raw', '/readyz'], ({ code }) => code === 0, 120);
    return server;
  }

  kubectl(args: readonly string[], input?: string): Promise<Finished> {
    const options = input === undefined ? {} : { input };
    return sh(join(this.#programs, 'kubectl'), ['--kubeconfig', this.kubeconfig, ...args], options);
  }

  async until(args: readonly string[], right: (said: Finished) => boolean, seconds = 60): Promise<Finished> {
    for (const end = Date.now() + seconds * 1000; ; ) {
      const said = await this.kubectl(args);
      if (right(said)) return said;
      if (Date.now() > end) throw new Error(`kubectl ${args.join(' ')}: ${said.stdout}${said.stderr}`);
    }
  }

  stop(): Promise<void> {
    return this.#daemons.stop();
  }
}

function kubeconfigOf(server: string): object {
  const names = { cluster: 'test', user: 'admin' };
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'test', context: names }],
  };
}
