/**
 * openssl on every certificate and key of every node: chains, purposes, names, dates, and the output of `knode pki
 * list`.
 */
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { pkiList } from '../../../src/commands/pki/list.ts';
import type { AuthorityName } from '../../../src/component/requests.ts';
import {
  example,
  exampleNames,
  MemoryIo,
  type RenderedCluster,
  type RenderedNode,
  readTree,
  treePaths,
} from '../rendered.ts';
import { describeReferee, sh } from '../tools.ts';

interface Entry {
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  readonly issuer: string;
  readonly sans: readonly string[];
  readonly usages: readonly string[];
  readonly notBefore: string;
  readonly notAfter: string;
  readonly serial: string;
  readonly algorithm: string;
  readonly fingerprint: string;
  readonly nodes: readonly string[];
}

interface Leaf {
  readonly id: string;
  readonly file: string;
  readonly authority: AuthorityName;
  readonly usages: readonly string[];
}

const authorityNames: readonly AuthorityName[] = ['kubernetes', 'etcd', 'front-proxy'];
const purposes = { server: 'sslserver', client: 'sslclient' } as const;

async function listed(cluster: RenderedCluster): Promise<readonly Entry[]> {
  const io = new MemoryIo();
  await pkiList({ file: cluster.file, state: cluster.state, json: true }, io);
  return JSON.parse(io.out).certificates;
}

/** Where a node keeps the certificates and keys of a kind. */
function filesOf(node: RenderedNode, kind: 'certificate' | 'private-key'): { id: string; file: string }[] {
  return node.plan.files.flatMap(({ path, content }) =>
    content.kind === kind ? [{ id: content.id, file: join(node.tree, path) }] : [],
  );
}

function leavesOf(node: RenderedNode): Leaf[] {
  const requests = new Map(node.plan.certificates.map((request) => [request.id, request]));
  return filesOf(node, 'certificate').map(({ id, file }) => {
    const request = requests.get(id);
    if (request === undefined) throw new Error(`${node.name} holds ${id}, which it did not request`);
    return { id, file, authority: request.authority, usages: request.usages };
  });
}

/** The file of an authority's certificate, on the first node that has it. */
function authorityFile(cluster: RenderedCluster, authority: AuthorityName): string {
  for (const node of cluster.nodes) {
    const file = node.plan.files.find(
      ({ content }) =>
        content.kind === 'authority' && content.part === 'certificate' && content.authority === authority,
    );
    if (file !== undefined) return join(node.tree, file.path);
  }
  throw new Error(`${cluster.name} has no ${authority} authority`);
}

/** Which of the files openssl calls good. */
async function accepted(authority: string, purpose: string, files: readonly string[]): Promise<string[]> {
  if (files.length === 0) return [];
  const args = [
    'verify',
    '-x509_strict',
    '-no-CApath',
    '-no-CAstore',
    '-purpose',
    purpose,
    '-CAfile',
    authority,
    ...files,
  ];
  const { stdout } = await sh('openssl', args);
  return [...stdout.matchAll(/^(.*): OK$/gm)].map((match) => match[1] as string);
}

/** `CN = a, O = b` of openssl as a set of parts: order and spaces differ between programs. */
const parts = (name: string): string[] =>
  name
    .split(/, ?/)
    .map((part) => part.replace(/\s*=\s*/, '=').trim())
    .sort();

async function x509(file: string): Promise<Omit<Entry, 'id' | 'kind' | 'nodes' | 'algorithm'>> {
  const fields = ['-subject', '-issuer', '-serial', '-dates', '-fingerprint', '-sha256'];
  const extensions = ['-ext', 'subjectAltName,extendedKeyUsage'];
  const { stdout } = await sh('openssl', ['x509', '-in', file, '-noout', ...fields, ...extensions], { check: true });
  const line = (name: string) => new RegExp(`^${name}=(.*)$`, 'mi').exec(stdout)?.[1]?.trim() ?? '';
  const extension = (name: string) =>
    new RegExp(`X509v3 ${name}:[^\\n]*\\n\\s*(.*)`).exec(stdout)?.[1]?.split(', ') ?? [];
  const date = (name: string) => new Date(line(name)).toISOString().replace('.000Z', 'Z');
  const usages = { 'TLS Web Server Authentication': 'server', 'TLS Web Client Authentication': 'client' };
  return {
    subject: line('subject'),
    issuer: line('issuer'),
    serial: line('serial').toLowerCase(),
    notBefore: date('notBefore'),
    notAfter: date('notAfter'),
    fingerprint: line('sha256 Fingerprint'),
    sans: extension('Subject Alternative Name').map((name) => name.replace(/^(DNS|IP Address):/, '').trim()),
    usages: extension('Extended Key Usage').map((name) => usages[name.trim() as keyof typeof usages] ?? name),
  };
}

function expectAgrees(entry: Entry | undefined, seen: Awaited<ReturnType<typeof x509>>, file: string): void {
  if (entry === undefined) throw new Error(`pki list does not know ${file}`);
  const normal = (one: typeof seen) => ({
    ...{ subject: parts(one.subject), issuer: parts(one.issuer), serial: one.serial.replace(/^0+/, '') },
    ...{ notBefore: one.notBefore, notAfter: one.notAfter, fingerprint: one.fingerprint },
    ...{ sans: [...one.sans].sort(), usages: [...one.usages].sort() },
  });
  expect(normal(seen), file).toEqual(normal(entry));
}

/** Further secrets of the state: the secret part of a token, or a value. */
function secretValues({ state }: RenderedCluster): string[] {
  const folder = join(state, 'secrets');
  // The right to found the etcd cluster is a period of time.
  const files = readdirSync(folder).filter((file) => file !== 'founding.json');
  return files.map((file) => {
    const { secret, value } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
      secret?: string;
      value?: string;
    };
    const text = secret ?? value;
    if (text === undefined) throw new Error(`${file} holds no secret`);
    return text;
  });
}

/** A proxy's URL may carry a password; the right to found the etcd cluster is a credential, and holds a time. */
const closedAlways: ReadonlySet<string> = new Set(['/etc/knode/proxy.env', '/etc/knode/founding.env']);

/**
 * Not secret, but not readable by others (docs/security.md): kubeconfigs, kubelet's configuration, the CNI's, and the
 * user's own manifests.
 */
const closedByBenchmark =
  /^\/etc\/(kubernetes\/(.*\/)?([^/]*\.kubeconfig|kubelet\.yaml)|cni\/net\.d\/.*|knode\/manifests\/[5-9]\d-.*)$/;

const isKey = (text: string): boolean => text.includes('PRIVATE KEY-----');

describeReferee('openssl', { tools: { openssl: 'openssl' } }, () => {
  it.each(exampleNames)(
    'verifies every leaf of %s against its own authority and purpose, and no other',
    async (name) => {
      const cluster = await example(name);
      const leaves = cluster.nodes.flatMap(leavesOf);
      // On a master: etcd (or none), the API server and its three clients, two controllers and bootstrap.
      const masters = cluster.nodes.filter((node) => node.role === 'master');
      for (const master of masters) expect(leavesOf(master).length).toBeGreaterThanOrEqual(7);
      for (const authority of authorityNames) {
        for (const [usage, purpose] of Object.entries(purposes)) {
          const good = leaves.filter((leaf) => leaf.authority === authority && leaf.usages.includes(usage));
          const found = await accepted(
            authorityFile(cluster, authority),
            purpose,
            leaves.map((leaf) => leaf.file),
          );
          expect(found.sort(), `${authority} ${usage}`).toEqual(good.map((leaf) => leaf.file).sort());
        }
      }
    },
  );

  it.each(exampleNames)('finds the same in the certificates of %s as pki list', async (name) => {
    const cluster = await example(name);
    const entries = await listed(cluster);
    const of = (kind: string, id: string) => entries.find((entry) => entry.kind === kind && entry.id === id);
    for (const authority of authorityNames) {
      const file = authorityFile(cluster, authority);
      expectAgrees(of('authority', authority), await x509(file), file);
    }
    const held = new Map<string, string[]>();
    for (const node of cluster.nodes) {
      for (const { id, file } of filesOf(node, 'certificate')) {
        held.set(id, [...(held.get(id) ?? []), node.name]);
        expectAgrees(of('certificate', id), await x509(file), file);
      }
    }
    for (const [id, nodes] of held) expect(of('certificate', id)?.nodes, id).toEqual(nodes);
    const serials = entries.map((entry) => entry.serial);
    expect(new Set(serials).size, 'serial numbers').toBe(serials.length);
    // An entry that is only in the list belongs to a person, and was made by another referee.
    expect(entries.filter((e) => e.kind === 'certificate' && !held.has(e.id) && !e.id.startsWith('user-'))).toEqual([]);
  });

  it.each(exampleNames)('reads every key of %s, and each matches its certificate', async (name) => {
    const cluster = await example(name);
    const rsa = cluster.cluster.spec.pki.algorithm.startsWith('rsa');
    for (const node of cluster.nodes) {
      const keys = new Map(filesOf(node, 'private-key').map(({ id, file }) => [id, file]));
      for (const { id, file } of filesOf(node, 'certificate')) {
        const key = keys.get(id);
        if (key === undefined) throw new Error(`${node.name} has no key for ${id}`);
        const fromKey = await sh('openssl', [rsa ? 'rsa' : 'ec', '-in', key, '-pubout'], { check: true });
        const fromCertificate = await sh('openssl', ['x509', '-in', file, '-noout', '-pubkey'], { check: true });
        expect(fromKey.stdout, id).toBe(fromCertificate.stdout);
      }
    }
  });

  it.each(exampleNames)('checks every key of %s, and finds none on several nodes that belongs on one', async (name) => {
    const cluster = await example(name);
    const owners = new Map<string, { nodes: Set<string>; paths: Set<string> }>();
    for (const node of cluster.nodes) {
      for (const path of treePaths(node)) {
        const text = readTree(node, path);
        if (!isKey(text)) continue;
        expect(await sh('openssl', ['pkey', '-in', join(node.tree, path), '-noout', '-check']), path).toExit(0, {});
        const id = createPublicKey(createPrivateKey(text)).export({ type: 'spki', format: 'pem' }).toString();
        const owner = owners.get(id) ?? { nodes: new Set(), paths: new Set() };
        owner.nodes.add(node.name);
        owner.paths.add(path);
        owners.set(id, owner);
      }
    }
    const masters = cluster.nodes.filter((node) => node.role === 'master').map((node) => node.name);
    const shared = [...owners.values()].filter((owner) => owner.nodes.size > 1 || owner.paths.size > 1);
    for (const owner of shared) expect([...owner.nodes]).toEqual(masters);
    // The CA key signs on every master, and any API server must accept another one's signatures: nothing else is
    // shared.
    const allowed = ['/etc/kubernetes/pki/ca.key', '/etc/kubernetes/pki/sa.key'];
    for (const owner of shared) expect(allowed).toEqual(expect.arrayContaining([...owner.paths]));
    for (const node of cluster.nodes) {
      const texts = treePaths(node).map((path) => readTree(node, path));
      const authorities = authorityNames.filter((authority) => {
        const wanted = createPublicKey(readFileSync(authorityFile(cluster, authority)))
          .export({ type: 'spki', format: 'pem' })
          .toString();
        return texts.some(
          (text) =>
            isKey(text) && createPublicKey(createPrivateKey(text)).export({ type: 'spki', format: 'pem' }) === wanted,
        );
      });
      expect(authorities, node.name).toEqual(node.role === 'master' ? ['kubernetes'] : []);
    }
  });

  it.each(exampleNames)('finds every secret of %s readable by root alone', async (name) => {
    const cluster = await example(name);
    const values = secretValues(cluster);
    expect(values.length).toBeGreaterThan(0);
    const found = new Set<string>();
    for (const node of cluster.nodes) {
      const mode = (file: string) => (statSync(file).mode & 0o7777).toString(8);
      expect(mode(join(node.seed, 'user-data'))).toBe('600');
      const planned = new Map(node.plan.files.map((file) => [file.path, file.secret]));
      for (const path of treePaths(node)) {
        const text = readTree(node, path);
        const inside = values.filter((value) => text.includes(value));
        for (const value of inside) found.add(value);
        const holds = isKey(text) || inside.length > 0 || closedAlways.has(path);
        const closed = holds || closedByBenchmark.test(path);
        expect([planned.get(path), mode(join(node.tree, path)) === '600'], `${node.name} ${path}`).toEqual([
          holds,
          closed,
        ]);
      }
    }
    expect(found.size, 'every secret of the state is on a node').toBe(values.length);
  });

  it('judges ECDSA and RSA', async () => {
    const algorithms = await Promise.all(
      exampleNames.map(async (name) => (await example(name)).cluster.spec.pki.algorithm),
    );
    expect(algorithms).toEqual(expect.arrayContaining(['ecdsa-p256', expect.stringMatching(/^rsa-/)]));
  });
});
