import { X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { kubeconfig } from '../../src/commands/kubeconfig.ts';
import { token } from '../../src/commands/token.ts';
import { freshCluster, freshFolder, memoryIo, mistakes, secretPattern } from './fixture.ts';

interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: { readonly server: string } }[];
  readonly users: readonly { readonly name: string; readonly user: Readonly<Record<string, string>> }[];
}

const admin = { user: 'admin', group: ['system:masters'] };

async function made(options: Partial<Parameters<typeof kubeconfig>[0]>, file: string) {
  const io = memoryIo();
  await kubeconfig({ file, ...admin, ...options }, io);
  return { out: io.out(), err: io.err() };
}

describe('kubeconfig', () => {
  test('has its own certificate, for the public endpoint', async () => {
    const { out, err } = await made({ user: 'jane', group: ['devs', 'ops'] }, freshCluster());
    const config = parse(out) as Kubeconfig;
    expect(config.clusters[0]?.cluster.server).toBe('https://10.0.0.10:6443');
    const [{ name, user } = { name: '', user: {} as Record<string, string> }] = config.users;
    const certificate = new X509Certificate(Buffer.from(user['client-certificate-data'] ?? '', 'base64'));
    expect(certificate.subject.split('\n').sort()).toEqual(['CN=jane', 'O=devs', 'O=ops']);
    expect(name).toContain('jane');
    expect(err).not.toMatch(secretPattern);
  });

  test('is the same the second time', async () => {
    const file = freshCluster();
    const { out } = await made({}, file);
    expect(await made({}, file)).toEqual({ out, err: '' });
  });

  test('-o writes it for its owner only, and says nothing on stdout', async () => {
    const output = join(freshFolder(), 'sub/admin.conf');
    const { out } = await made({ output }, freshCluster());
    expect(out).toBe('');
    expect(statSync(output).mode & 0o777).toBe(0o600);
    expect(readFileSync(output, 'utf8')).toContain('client-key-data');
  });

  test('--dry-run creates nothing', async () => {
    const file = freshCluster();
    const output = join(freshFolder(), 'admin.conf');
    const { out } = await made({ dryRun: true, output }, file);
    expect(out).toBe('dry run: nothing was written\n');
    expect(existsSync(output)).toBe(false);
    expect(readdirSync(dirname(file)).sort()).toEqual(['cluster.yaml', 'knode.lock.yaml', 'knode.schema.json']);
  });

  test.each(['a/b', '../admin', 'a b', 'x\ny', 'ü', 'CN=x,O=system:masters', '', 'x'.repeat(59)])(
    'the user %j is refused before anything is made',
    async (user) => {
      const file = freshCluster();
      expect(await mistakes(() => made({ user }, file))).toEqual([expect.stringMatching(/^invalid-user: /)]);
      expect(existsSync(join(dirname(file), '.knode'))).toBe(false);
    },
  );

  test.each(['', 'a\nb', 'x'.repeat(65)])('the group %j is refused', async (group) => {
    const said = await mistakes(() => made({ group: [group] }, freshCluster()));
    expect(said).toEqual([expect.stringMatching(/^invalid-group: /)]);
  });

  test('groups may be any text', async () => {
    const { out } = await made({ user: 'a@example.com', group: ['Größe, O=x', 'oidc:devs'] }, freshCluster());
    const data = (parse(out) as Kubeconfig).users[0]?.user['client-certificate-data'] ?? '';
    const certificate = new X509Certificate(Buffer.from(data, 'base64'));
    expect(certificate.toLegacyObject().subject).toEqual({ O: ['Größe, O=x', 'oidc:devs'], CN: 'a@example.com' });
  });
});

const withTokens = (text: string): string =>
  text.replace(/version: 1\.\d+\.\d+/, '$&\n  bootstrap: { method: token-secret }');

describe('token', () => {
  test('is the Secret that API servers expect, with an expiry', async () => {
    const io = memoryIo();
    await token({ file: freshCluster(withTokens) }, io);
    const secret = parse(io.out()) as {
      type: string;
      metadata: Record<string, string>;
      stringData: Record<string, string>;
    };
    expect(secret.type).toBe('bootstrap.kubernetes.io/token');
    expect(secret.metadata.name).toBe(`bootstrap-token-${secret.stringData['token-id']}`);
    expect(secret.metadata.namespace).toBe('kube-system');
    expect(secret.stringData['token-secret']).toMatch(/^[a-z0-9]{16}$/);
    expect(Date.parse(secret.stringData.expiration ?? '')).toBeGreaterThan(Date.parse('2026-11-22T00:00:00Z'));
    expect(io.err()).not.toContain(secret.stringData['token-secret']);
  });

  test('stays the same until it ends', async () => {
    const file = freshCluster(withTokens);
    const [one, two, later] = [memoryIo(), memoryIo(), memoryIo('2027-11-21T08:00:00Z')];
    await token({ file }, one);
    await token({ file }, two);
    await token({ file }, later);
    expect(two.out()).toBe(one.out());
    expect(later.out()).not.toBe(one.out());
  });

  test('--dry-run creates none', async () => {
    const file = freshCluster(withTokens);
    const io = memoryIo();
    await token({ file, dryRun: true }, io);
    expect(io.out() + io.err()).not.toMatch(secretPattern);
    expect(existsSync(join(dirname(file), '.knode'))).toBe(false);
  });

  test('does not exist if nodes join with certificates', async () => {
    expect(await mistakes(() => token({ file: freshCluster() }, memoryIo()))).toEqual([
      expect.stringMatching(/^no-bootstrap-token: .*certificates in their names.*render a node/),
    ]);
  });

  test('does not exist with a token file', async () => {
    const file = freshCluster((text) =>
      text.replace(/version: 1\.\d+\.\d+/, '$&\n  bootstrap: { method: token-file }'),
    );
    expect(await mistakes(() => token({ file }, memoryIo()))).toEqual([expect.stringMatching(/^no-bootstrap-token: /)]);
  });
});
