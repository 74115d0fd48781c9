/** kubectl reads every kubeconfig and every manifest that knode makes. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { kubeconfig } from '../../../src/commands/kubeconfig.ts';
import { example, exampleNames, MemoryIo, type RenderedNode, readTree, treePaths } from '../rendered.ts';
import { describeReferee, sh, tempDir } from '../tools.ts';

interface KubeConfig {
  readonly clusters: { name: string; cluster: Record<string, string> }[];
  readonly users: { name: string; user: Record<string, string> }[];
  readonly contexts: { name: string; context: { cluster: string; user: string } }[];
  readonly 'current-context': string;
}

interface Manifest {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
}

// kubectl writes a cache below HOME.
const quiet = { env: { HOME: tempDir('kubectl'), KUBECONFIG: '' } };

async function view(file: string): Promise<KubeConfig> {
  const done = await sh('kubectl', ['config', 'view', '--raw', '--minify', '-o', 'json', '--kubeconfig', file], quiet);
  expect(done, file).toExit(0, { stderr: '' });
  return JSON.parse(done.stdout);
}

/** Paths of the node's own that a kubeconfig names. */
function named(config: KubeConfig): string[] {
  const [cluster, user] = [config.clusters[0]?.cluster ?? {}, config.users[0]?.user ?? {}];
  return [cluster['certificate-authority'], user['client-certificate'], user['client-key']].filter(
    (path) => path !== undefined,
  );
}

/** With --local kubectl reads objects without asking a server; a label that they get shows that it understood them. */
async function objectsOf(file: string): Promise<Manifest[]> {
  const args = ['label', '--local', '--overwrite', '-f', file, 'referee=read', '-o', 'json'];
  const done = await sh('kubectl', args, quiet);
  expect(done, file).toExit(0, { stderr: '' });
  // Several objects are several documents, one after the other.
  return JSON.parse(`[${done.stdout.trim().replace(/\n\}\n\{/g, '\n},\n{')}]`);
}

const manifestsOf = (node: RenderedNode): string[] =>
  treePaths(node).filter((path) => path.startsWith('/etc/knode/manifests/'));

describeReferee('kubectl', { tools: { kubectl: 'kubernetes-client' } }, () => {
  it.each(exampleNames)('reads every kubeconfig of %s', async (name) => {
    const { nodes, cluster } = await example(name);
    let count = 0;
    for (const node of nodes) {
      for (const path of treePaths(node).filter((one) => one.endsWith('.kubeconfig'))) {
        const config = await view(join(node.tree, path));
        expect(config.contexts[0]?.context.cluster, path).toBe(config.clusters[0]?.name);
        expect(config.contexts[0]?.context.user, path).toBe(config.users[0]?.name);
        expect(config.clusters[0]?.cluster.server, path).toMatch(/^https:\/\/[\w.:[\]-]+:\d+$/);
        expect(named(config).length, path).toBeGreaterThan(0);
        for (const wanted of named(config)) expect(treePaths(node), `${node.name} ${path}`).toContain(wanted);
        const { token, 'client-certificate': certificate } = config.users[0]?.user ?? {};
        expect(
          [token, certificate].filter((one) => one !== undefined),
          path,
        ).toHaveLength(1);
        count += 1;
      }
    }
    expect(count).toBeGreaterThanOrEqual(cluster.masters.length * 4);
  });

  it.each(exampleNames)('reads the kubeconfig for people of %s', async (name) => {
    const { file, state, cluster } = await example(name);
    const io = new MemoryIo();
    await kubeconfig({ file, state, user: 'referee', group: ['system:masters'] }, io);
    const written = join(tempDir('kubeconfig'), 'config');
    writeFileSync(written, io.out, { mode: 0o600 });
    const config = await view(written);
    expect(named(config)).toEqual([]);
    expect(config.clusters[0]?.cluster.server).toBe(cluster.publicUrl);
    const data = (text: string | undefined) => Buffer.from(text ?? '', 'base64').toString();
    const certificate = new X509Certificate(data(config.users[0]?.user['client-certificate-data']));
    const authority = new X509Certificate(data(config.clusters[0]?.cluster['certificate-authority-data']));
    expect(certificate.verify(authority.publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(data(config.users[0]?.user['client-key-data'])))).toBe(true);
    const subject = certificate.subject.split('\n').filter((part) => /^(CN|O)=/.test(part));
    expect(subject.sort()).toEqual(['CN=referee', 'O=system:masters']);
  });

  it.each(exampleNames)('reads every manifest of %s', async (name) => {
    const { nodes } = await example(name);
    const [first, ...others] = nodes.filter((node) => node.role === 'master');
    if (first === undefined) throw new Error('no master');
    expect(manifestsOf(first).length).toBeGreaterThan(0);
    const ids: string[] = [];
    for (const path of manifestsOf(first)) {
      const objects = await objectsOf(join(first.tree, path));
      const documents = readTree(first, path)
        .split(/^---$/m)
        .filter((text) => /^kind:/m.test(text));
      expect(objects.length, path).toBe(documents.length);
      for (const { apiVersion, kind, metadata } of objects) {
        expect([apiVersion, kind, metadata?.name], path).toEqual([
          expect.stringMatching(/^([a-z.0-9]+\/)?v\d+((alpha|beta)\d+)?$/),
          expect.stringMatching(/^[A-Z]\w+$/),
          expect.stringMatching(/^[a-z0-9][\w.:-]*$/),
        ]);
        ids.push(`${apiVersion} ${kind} ${metadata?.namespace ?? ''}/${metadata?.name}`);
      }
      for (const other of others) expect(readTree(other, path), `${other.name} ${path}`).toBe(readTree(first, path));
    }
    expect(new Set(ids).size, 'no object twice').toBe(ids.length);
  });
});
