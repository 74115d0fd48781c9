/** A control plane without nodes on loopback: etcd, and Kubernetes 1.20.2 as the laboratory builds it. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { cacheDir } from '../../lab/paths.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { type Finished, sh } from '../tools.ts';
import { Daemons } from './daemons.ts';

const token = 'admin-of-this-test';

/** The folder with the programs, where the laboratory has built them (test/lab/kubernetes.sh). */
export function kubernetesPrograms(): string | undefined {
  if (!existsSync(cacheDir)) return undefined;
  const built = readdirSync(cacheDir).find((name) => existsSync(join(cacheDir, name, 'kube-apiserver')));
  return built === undefined ? undefined : join(cacheDir, built);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

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
    const [client, peer, secure, other, third] = await Promise.all([1, 2, 3, 4, 5].map(freePort));
    const etcd = `http://127.0.0.1:${client}`;
    const peers = `http://127.0.0.1:${peer}`;
    const urls = ['--listen-client-urls', etcd, '--advertise-client-urls', etcd, '--listen-peer-urls', peers];
    const alone = ['--initial-advertise-peer-urls', peers, '--initial-cluster', `default=${peers}`];
    this.#daemons.start('etcd', 'etcd', ['--data-dir', join(folder, 'etcd'), ...urls, ...alone]);
    await this.#daemons.answering(`${etcd}/health`, (status) => status === 200);
    this.#etcd = etcd;
    const key = join(folder, 'sa.key');
    await sh('openssl', ['genrsa', '-out', key, '2048'], { check: true });
    writeFileSync(join(folder, 'tokens'), `${token},admin,1,"system:masters"\n`, { mode: 0o600 });
    writeFileSync(this.kubeconfig, stringify(kubeconfigOf(`https://127.0.0.1:${secure}`)), { mode: 0o600 });
    mkdirSync(join(folder, 'certificates'));
    this.#startApiServer('kube-apiserver', secure ?? 0);
    await this.until(['get', '--raw', '/readyz'], ({ code }) => code === 0);
    const controllers = '--controllers=deployment,replicaset,serviceaccount,serviceaccount-token';
    const common = [`--kubeconfig=${this.kubeconfig}`, '--leader-elect=false', '--port=0', '--bind-address=127.0.0.1'];
    this.#daemons.start('kube-controller-manager', join(this.#programs, 'kube-controller-manager'), [
      ...common,
      `--secure-port=${other}`,
      controllers,
      `--service-account-private-key-file=${key}`,
      `--cert-dir=${join(folder, 'certificates')}`,
    ]);
    this.#daemons.start('kube-scheduler', join(this.#programs, 'kube-scheduler'), [
      ...common,
      `--secure-port=${third}`,
      `--cert-dir=${join(folder, 'certificates')}`,
    ]);
    await this.until(['-n', 'kube-system', 'get', 'serviceaccount', 'default'], ({ code }) => code === 0);
  }

  #startApiServer(name: string, port: number, more: readonly string[] = []): void {
    const at = (file: string) => join(this.#folder, file);
    this.#daemons.start(name, join(this.#programs, 'kube-apiserver'), [
      `--etcd-servers=${this.#etcd}`,
      `--secure-port=${port}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      `--cert-dir=${at('certificates')}`,
      `--token-auth-file=${at('tokens')}`,
      '--authorization-mode=RBAC',
      `--service-account-key-file=${at('sa.key')}`,
      `--service-account-signing-key-file=${at('sa.key')}`,
      '--service-account-issuer=https://test.local',
      '--service-cluster-ip-range=10.96.0.0/16',
      ...more,
    ]);
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
