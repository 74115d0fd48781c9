/**
 * Who may become whom: the rendered approver and marker, with real signatures, against a real API server with its own authorisation,
 * admission and signers. Each row is a request that is approved and signed, or that stays pending.
 */
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensureImage, programsOf, suites } from '../machines/suites.ts';
import { kubernetesPrograms } from '../servers/kubernetes-programs.ts';
import { describeReferee, sh, sleep, tempDir } from '../tools.ts';
import { csrsPath, decide, made, nodesPath, register } from './decide.ts';
import { TrustLab } from './support.ts';
import { approved, claims, clientSigner, pending, type Row } from './table.ts';

const programs = await kubernetesPrograms();
if (programs === undefined && process.env.CI) throw new Error('test/lab/kubernetes.sh has not built Kubernetes');

interface Judged {
  readonly title: string;
  readonly row: Row;
  readonly says: RegExp;
  readonly yes: boolean;
}

const all: readonly Judged[] = [
  ...approved.map(([title, row]) => ({ title, row, says: /approved csr-/, yes: true })),
  ...pending.map(([title, row, says]) => ({ title, row, says, yes: false })),
];
/** Rows with signatures: which ones openssl must accept, and which not. */
const signed = all.filter(
  ({ title, says, yes }) => yes || /not signed/.test(says.source) || title.includes('did not sign'),
);
/** Path of an openssl of another version, to try by hand. */
const further = process.env.KNODE_OPENSSL;

describeReferee('certificates by passports', { tools: { etcd: 'etcd-server', openssl: 'openssl' } }, () => {
  if (programs === undefined) return it.skip('needs test/lab/kubernetes.sh', () => undefined);
  let lab: TrustLab;
  beforeAll(async () => {
    lab = await TrustLab.start(programs);
  }, 240_000);
  afterAll(() => lab?.api.stop());

  it.each(approved)('approves %s', async (_, row) => {
    const { said, name, approved: yes, certificate } = await decide(lab, row);
    expect(said).toContain(`approved ${name}`);
    expect(yes).toBe(true);
    // Signers before 1.27 want the usage that the approver can do without.
    const signed = row.usages?.includes('key encipherment') === true;
    expect(Buffer.from(certificate, 'base64').includes('BEGIN CERTIFICATE')).toBe(signed);
  });

  it.each(pending)('leaves pending: %s', async (_, row, why) => {
    const { said, approved: yes } = await decide(lab, row);
    expect(said).toMatch(why);
    expect(yes).toBe(false);
  });

  /** The node's scripts use this folder's openssl instead of this machine's, and every row is decided with it. */
  const decideBy = async (programs: string, rows: readonly Judged[]): Promise<void> => {
    lab.nodePrograms = programs;
    const version = (await sh(join(programs, 'openssl'), ['version'], { check: true })).stdout;
    process.stderr.write(`signatures are verified by ${version}`);
    expect(version).not.toBe((await sh('openssl', ['version'])).stdout);
    const wrong: string[] = [];
    try {
      for (const { title, row, says, yes } of rows) {
        const decision = await decide(lab, row);
        if (!says.test(decision.said) || decision.approved !== yes) wrong.push(`${title}: ${decision.said}`);
      }
    } finally {
      lab.nodePrograms = undefined;
    }
    expect(wrong).toEqual([]);
  };

  // Debian 12's is this machine's own, which decides above.
  it.each(suites.filter((suite) => suite !== 'bookworm'))('decides alike with the openssl of %s', async (suite) => {
    expect(signed.filter(({ yes }) => !yes).length).toBeGreaterThan(5);
    await decideBy(programsOf(await ensureImage(suite), 'openssl'), signed);
  });

  if (further !== undefined)
    it('decides alike, in every row, with the openssl of KNODE_OPENSSL', { timeout: 900_000 }, async () => {
      const programs = tempDir('openssl');
      symlinkSync(further, join(programs, 'openssl'));
      await decideBy(programs, all);
    });

  it('has enough rows, and no command in a request was run', async () => {
    expect(approved.length + pending.length).toBeGreaterThan(80);
    expect(() => readFileSync('/tmp/knode-trust')).toThrow();
  });

  it('lets a named machine renew its joining certificate, and become no other node', async () => {
    await made(lab.api.ask('DELETE', csrsPath));
    const tree = join(lab.cluster.node('w1').tree);
    const kubeconfig = lab.api.kubeconfig('bootstrap-kubelet', tree);
    const ask = async (name: string, node: string): Promise<string> => {
      const pem = await lab.pem({ subject: `/O=system:nodes/CN=system:node:${node}` });
      const csr = {
        apiVersion: 'certificates.k8s.io/v1',
        kind: 'CertificateSigningRequest',
        metadata: { name },
        spec: {
          request: Buffer.from(pem).toString('base64'),
          signerName: clientSigner,
          usages: ['digital signature', 'key encipherment', 'client auth'],
        },
      };
      lab.must(await lab.api.kubectl(['create', '-f', '-'], { kubeconfig, input: JSON.stringify(csr) }));
      await sleep(2000);
      await lab.script('approve-csrs');
      return lab.must(await lab.api.kubectl(['get', 'csr', name, '-o', 'jsonpath={.status.conditions[*].type}']));
    };
    expect(await ask('own', 'w1')).toBe('Approved');
    expect(await ask('others', 'm1')).toBe('');
  });

  it('gives a pool’s machine its certificate by the credential of its user-data', async () => {
    await made(lab.api.ask('DELETE', csrsPath));
    const tree = join(lab.cluster.node('w1').tree, '..', 'pool-web');
    const kubeconfig = lab.api.kubeconfig('bootstrap-kubelet', tree);
    const pem = await lab.pem({ subject: '/O=system:nodes/CN=system:node:web-n20' });
    const spec = {
      request: Buffer.from(pem).toString('base64'),
      signerName: clientSigner,
      usages: ['digital signature', 'key encipherment', 'client auth'],
    };
    const csr = {
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      metadata: { name: 'new' },
      spec,
    };
    lab.must(await lab.api.kubectl(['create', '-f', '-'], { kubeconfig, input: JSON.stringify(csr) }));
    await sleep(2000);
    // kube-controller-manager leaves it alone.
    const state = () => lab.api.kubectl(['get', 'csr', 'new', '-o', 'jsonpath={.status.conditions[*].type}']);
    expect(lab.must(await state())).toBe('');
    expect(await lab.script('approve-csrs')).toContain('approved new');
    expect(lab.must(await state())).toBe('Approved');
    // Before it is a node it may look whether its name is free, and read nothing else.
    const may = async (...what: string[]) =>
      (await lab.api.kubectl(['auth', 'can-i', ...what], { kubeconfig })).stdout.trim();
    expect(await may('get', 'nodes')).toBe('yes');
    expect(await may('get', 'secrets')).toBe('no');
    expect(await may('patch', 'nodes')).toBe('no');
  });

  it('gives the approver no more rights than it needs', async () => {
    const kubeconfig = lab.api.kubeconfig('nodes');
    const may = async (...what: string[]) =>
      (await lab.api.kubectl(['auth', 'can-i', ...what], { kubeconfig })).stdout.trim();
    for (const verb of ['get', 'list', 'patch']) expect([verb, await may(verb, 'nodes')]).toEqual([verb, 'yes']);
    for (const what of [
      ['get', 'secrets'],
      ['delete', 'nodes'],
      ['approve', 'signers'],
      ['create', 'pods'],
      ['update', 'nodes'],
    ])
      expect([what, await may(...what)]).toEqual([what, 'no']);
  });

  const labels = async (name: string): Promise<Record<string, string>> =>
    (await lab.api.ask('GET', `${nodesPath}/${name}`)).body.metadata.labels ?? {};

  it('sets labels and taints once, keeps an administrator’s changes, and makes one request per round', async () => {
    await made(lab.api.ask('DELETE', nodesPath));
    await register(lab, { name: 'w1', address: '10.250.0.21', passport: lab.rendered('w1') });
    await register(lab, { name: 'w2', address: '10.250.0.22', passport: lab.rendered('w1') });
    await register(lab, { name: 'web-n1', address: '10.250.1.31', passport: lab.rendered('pool-web') });
    const said = await lab.script('marks');
    expect(said).toContain('node w1 has its labels and taints');
    expect(said).toContain('node web-n1 has its labels and taints');
    expect(said).toContain('node w2 gets no labels and taints: its passport is that of the node w1');
    expect(await labels('w1')).toMatchObject({ 'example.com/disk': 'ssd', 'node-role.kubernetes.io/worker': '' });
    expect(await labels('web-n1')).toMatchObject({ 'example.com/tier': 'web' });
    const taints = () => lab.api.kubectl(['get', 'node', 'w1', '-o', 'jsonpath={.spec.taints[*].key}']);
    expect(lab.must(await taints())).toContain('example.com/gpu');

    await lab.api.kubectl([
      'label',
      'node',
      'w1',
      'example.com/disk-',
      'node-role.kubernetes.io/worker=mine',
      '--overwrite',
    ]);
    await lab.api.kubectl(['taint', 'node', 'w1', 'example.com/gpu-']);
    const calls = lab.countCalls();
    expect(await lab.script('marks')).toBe('');
    expect(calls()).toBe(1);
    expect(lab.must(await taints())).not.toContain('example.com/gpu');
    expect((await labels('w1'))['example.com/disk']).toBeUndefined();
    expect((await labels('w1'))['node-role.kubernetes.io/worker']).toBe('mine');
  });

  it('lets no node remove its labels and taints, or restore older ones', async () => {
    const generations = [2, 1].map((generation) =>
      Buffer.from(
        lab.passport(claims({ labels: [`example.com/generation=${generation}`] }), undefined, generation),
      ).toString('base64'),
    );
    const show = (passport: string | undefined) =>
      lab.api.kubectl([
        'annotate',
        '--overwrite',
        'node',
        'w1',
        `knode.dev/passport=${passport}`,
        '--as=system:node:w1',
        '--as-group=system:nodes',
      ]);
    lab.must(await show(generations[0]));
    await lab.script('marks');
    expect((await labels('w1'))['example.com/generation']).toBe('2');
    lab.must(await show(generations[1]));
    await lab.script('marks');
    expect((await labels('w1'))['example.com/generation']).toBe('2');
    const off = await lab.api.kubectl([
      'label',
      'node',
      'w1',
      'node-restriction.kubernetes.io/knode-marks-',
      '--as=system:node:w1',
      '--as-group=system:nodes',
    ]);
    expect(off.stderr).toMatch(/is not allowed to modify labels/);
    const others = await lab.api.kubectl([
      'annotate',
      'node',
      'web-n1',
      'knode.dev/passport=x',
      '--overwrite',
      '--as=system:node:w1',
      '--as-group=system:nodes',
    ]);
    expect(others).not.toExit(0);
  });
});
