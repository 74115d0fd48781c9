/**
 * Shared by the referees of certificates and passports: one rendered cluster, a real API server, requests and passports
 * of every kind.
 */
import { createPrivateKey, sign } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PassportRequest } from '../../../src/component/requests.ts';
import { claimsOf, signedText, withSignature } from '../../../src/pki/passport/text.ts';
import { clusterOf, type RenderedCluster } from '../rendered.ts';
import { KubernetesApi } from '../servers/kubernetes-api.ts';
import { type Finished, sh, tempDir } from '../tools.ts';

const clusterFile = (name: string): string => `
apiVersion: knode.dev/v1
kind: Cluster
name: ${name}
kubernetes: { version: 1.20.2 }
containerRuntime: { type: docker }
apiEndpoint:
  { address: 10.250.0.10, name: api.example.com, loadBalancer: { type: external }, extraSANs: [alt.example.com, '*.wild.example.com', 10.250.1.77] }
network: { host: { gateway: 10.250.0.1 } }
nodes:
  masters: [{ name: m1, address: 10.250.0.11 }]
  etcd: [{ name: e1, address: 10.250.1.5 }]
  balancers: [{ name: lb1, address: 10.250.1.6 }]
  workers:
    - { name: w1, address: 10.250.0.21, labels: { example.com/disk: ssd, node-role.kubernetes.io/worker: '' }, taints: [{ key: example.com/gpu, effect: NoSchedule }] }
    - { name: w2, address: 10.250.0.22 }
    - { name: web-old, address: 10.250.0.23 }
  pools:
    web: { names: 'web-n*', network: 10.250.1.0/24, labels: { example.com/tier: web } }
    batch: { nodeName: address, network: 10.250.2.0/24 }
    loose: { network: 10.250.3.0/24 }
`;

function renderTrust(name: string): Promise<RenderedCluster> {
  return clusterOf(name, clusterFile(name));
}

/** A certificate signing request as kubelets make it, or wrong in one way. */
export interface Request {
  /** `/O=system:nodes/CN=system:node:w1` */
  readonly subject: string;
  readonly san?: string;
  /** Further lines of openssl's request section: attributes, extensions. */
  readonly attributes?: string;
  readonly extensions?: string;
  /** Changes the PEM text. */
  readonly edit?: (pem: string) => string;
}

export class TrustLab {
  readonly api: KubernetesApi;
  readonly cluster: RenderedCluster;
  /** Folder of programs that the node's scripts find before this machine's own. */
  nodePrograms: string | undefined;
  readonly #programs: string;
  readonly #work: string;
  readonly #key: string;

  private constructor(api: KubernetesApi, cluster: RenderedCluster, programs: string, work: string) {
    this.api = api;
    this.cluster = cluster;
    this.#programs = programs;
    this.#work = work;
    this.#key = join(work, 'request.key');
  }

  static async start(programs: string): Promise<TrustLab> {
    const work = tempDir('trust');
    const cluster = await renderTrust('trust');
    const tree = cluster.node('m1').tree;
    const api = await KubernetesApi.start(programs, tree, work);
    const lab = new TrustLab(api, cluster, programs, work);
    await sh('openssl', ['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', lab.#key], {
      check: true,
    });
    lab.must(await api.kubectl(['apply', '-f', join(tree, 'etc/knode/manifests/10-rbac.yaml')]));
    // Every user may send requests: the approver refuses them.
    const may = ['--clusterrole=system:node-bootstrapper', '--group=system:authenticated'];
    lab.must(await api.kubectl(['create', 'clusterrolebinding', 'ask', ...may]));
    return lab;
  }

  must(done: Finished): string {
    if (done.code !== 0) throw new Error(done.stderr || done.stdout);
    return done.stdout;
  }

  /** A script of the master's, as its unit runs it: with the certificate of knode-nodes and nothing else. */
  async script(name: 'approve-csrs' | 'marks'): Promise<string> {
    const tree = this.cluster.node('m1').tree;
    const env = { KNODE_ROOT: tree, KUBECONFIG: this.api.kubeconfig('nodes'), PATH: this.#path(), HOME: this.#work };
    const done = await sh(join(tree, 'usr/local/lib/knode', name), [], { env });
    if (done.code !== 0) throw new Error(`${name}: ${done.stdout}${done.stderr}`);
    if (done.stderr !== '') throw new Error(`${name}: ${done.stderr}`);
    return done.stdout;
  }

  #path(): string {
    const { nodePrograms: own } = this;
    return `${this.#work}/bin:${own === undefined ? '' : `${own}:`}${this.#programs}:${process.env.PATH}`;
  }

  /** Counts the calls of kubectl that the scripts make from now on. */
  countCalls(): () => number {
    const log = join(this.#work, 'calls');
    mkdirSync(join(this.#work, 'bin'), { recursive: true });
    writeFileSync(log, '');
    const text = `#!/bin/bash\necho "$1" >>${log}\nexec ${this.#programs}/kubectl "$@"\n`;
    writeFileSync(join(this.#work, 'bin/kubectl'), text, { mode: 0o755 });
    return () => readFileSync(log, 'utf8').split('\n').length - 1;
  }

  async pem({ subject, san, attributes = '', extensions = '', edit }: Request): Promise<string> {
    const names = san === undefined ? '' : `subjectAltName=${san}\n`;
    const asks = names !== '' || extensions !== '';
    const config = join(this.#work, 'request.cnf');
    // With -subj openssl leaves the attributes out.
    const inside = subject.split('/').slice(1);
    const parts = attributes === '' ? 'CN=x' : inside.map((part, index) => `${index}.${part}`).join('\n');
    const given = attributes === '' ? ['-subj', subject] : [];
    writeFileSync(
      config,
      `[req]\nprompt=no\ndistinguished_name=dn\nattributes=attributes\n${asks ? 'req_extensions=ext\n' : ''}[dn]\n${parts}\n[attributes]\n${attributes}\n[ext]\n${names}${extensions}\n`,
    );
    const args = ['req', '-new', '-sha256', '-key', this.#key, '-config', config, '-batch', '-utf8', ...given];
    const pem = this.must(await sh('openssl', args));
    return edit === undefined ? pem : edit(pem);
  }

  /** A passport with a real signature, of this cluster's key unless another is given. */
  passport(request: PassportRequest, end = '2099-01-01T00:00:00Z', generation = 1, state = this.cluster.state): string {
    const text = signedText({ claims: claimsOf(request), generation, notAfter: new Date(end) });
    return withSignature(text, this.signature(text, state));
  }

  signature(text: string, state = this.cluster.state): Buffer {
    const key = createPrivateKey(readFileSync(join(state, 'pki/passport.key'), 'utf8'));
    return sign('sha256', Buffer.from(text), key);
  }

  /** The passport that was rendered for a node, or for `pool-web`. */
  rendered(node: string): string {
    return readFileSync(join(this.cluster.node('m1').tree, '..', node, 'etc/knode/passport'), 'utf8');
  }
}

/** A state of another cluster of the same name. */
export async function otherState(): Promise<string> {
  return (await renderTrust('trust-2')).state;
}
