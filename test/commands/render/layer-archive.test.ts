import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { explain } from '../../../src/commands/explain.ts';
import { render } from '../../../src/commands/render.ts';
import { freshCluster, freshFolder, memoryIo, mistakes, tree } from '../fixture.ts';

const mirrors = ['https://one.example.com/knode/', 'http://10.0.0.5'];

function withLayerArchive(text: string): string {
  return `${text.replace(/^artifacts:\n(?: .*\n)+/m, '')}\nartifacts: { payload: mirror, mirrors: ${JSON.stringify(mirrors)} }\n`;
}

interface UserData {
  readonly write_files: readonly { readonly path: string }[];
  readonly runcmd: readonly (readonly string[])[];
}

const worker = { role: 'worker', index: '0', unlocked: true } as const;

async function userData(file: string): Promise<UserData> {
  const io = memoryIo();
  await render({ file, ...worker }, io);
  return parse(io.out());
}

describe('artifacts.payload: mirror', () => {
  it('leaves the image layer out of the user-data, and fetches it before anything starts', async () => {
    const file = freshCluster(withLayerArchive);
    const { write_files: files, runcmd } = await userData(file);
    const paths = files.map((one) => one.path);
    expect(paths).toContain('/etc/knode/node.env');
    expect(paths).not.toContain('/etc/systemd/system/nginx.service');
    expect(paths).not.toContain('/usr/local/lib/knode/fetch');
    expect(paths).not.toContain('/etc/systemd/system/knode-artifacts.service');
    const [shell, flag, script, name, sha256 = '', size, ...keys] = runcmd[0] ?? [];
    expect([shell, flag, name]).toEqual(['bash', '-c', 'knode']);
    expect(script).toMatch(/^#!\/bin\/bash\nset -u\n/);
    const key = `payload-worker/${sha256.slice(0, 16)}/linux-amd64/payload-worker-${sha256.slice(0, 16)}.tar`;
    expect(Number(size)).toBeGreaterThan(10_000);
    expect(keys).toEqual([key]);
    expect(runcmd.findIndex(([program]) => program === 'systemctl')).toBeGreaterThan(0);
  });

  it('changes nothing of the tree that the node ends with', async () => {
    const [whole, thin] = [freshFolder(), freshFolder()];
    const file = freshCluster(withLayerArchive);
    await render({ file, ...worker, files: join(thin, 'tree') }, memoryIo());
    const state = join(file, '..', '.knode');
    const text = readFileSync(file, 'utf8').replace('payload: mirror', 'payload: user-data');
    const other = freshCluster(() => text);
    await render({ file: other, state, ...worker, files: join(whole, 'tree') }, memoryIo());
    expect(tree(join(thin, 'tree'))).toEqual(tree(join(whole, 'tree')));
  });

  it('is shown by explain', async () => {
    const io = memoryIo();
    await explain({ file: freshCluster(withLayerArchive), ...worker }, io);
    expect(io.out()).toMatch(
      /^payload: payload-worker [0-9a-f]{16} from a mirror, \d+ bytes: \d{2} files of layer image$/m,
    );
    const json = memoryIo();
    await explain({ file: freshCluster(withLayerArchive), ...worker, json: true }, json);
    expect(JSON.parse(json.out())[0].payload).toMatchObject({ name: 'payload-worker', arch: 'amd64' });
  });

  it('is suggested for a platform with a low limit', async () => {
    const file = freshCluster();
    const role = { role: 'master', index: '0', unlocked: true };
    const io = memoryIo();
    expect(await mistakes(() => render({ file, ...role, platform: 'aws' }, io))).toHaveLength(1);
    await render({ file: freshCluster(withLayerArchive), ...role, platform: 'aws', output: freshFolder() }, memoryIo());
  });
});
