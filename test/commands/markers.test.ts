import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packagePath } from '../../src/base/files/package-root.ts';
import { explain } from '../../src/commands/explain.ts';
import { imageTemplate } from '../../src/commands/image/template.ts';
import { render } from '../../src/commands/render.ts';
import { validate } from '../../src/commands/validate.ts';
import { freshFolder, memoryIo } from './fixture.ts';

const lock = packagePath('test/fixtures/test.lock.yaml');

/** One marker for each place of the cluster file that can hold a secret. */
const marker = (place: string): string => `MARKER${place}0f5ecret`;

const text = `apiVersion: knode.dev/v1
kind: Cluster
name: prod
kubernetes:
  version: 1.36.3
  kubelet: { extraConfig: { staticPodURL: "http://u:${marker('Pods')}@127.0.0.1/", staticPodURLHeader: { X-Key: [${marker('Header')}] } } }
apiEndpoint: { address: 10.0.0.11 }
nodes:
  masters: [{ name: m1, address: 10.0.0.11 }]
  workers: [{ name: w1, address: 10.0.0.21 }]
os: { proxy: { http: "http://u:${marker('Http')}@10.0.0.1:3128", https: "http://u:${marker('Https')}@10.0.0.1:3128" } }
artifacts:
  mirrors: ["https://u:${marker('Login')}@mirror.example.com", "https://mirror.example.com/knode?sig=${marker('Query')}"]
containerRuntime:
  containerd:
    registries:
      - { host: a.example.com, credentials: { username: u, password: ${marker('Password')} }, headers: { X-Key: ${marker('Key')} } }
    extraConfig: { plugins: { io.containerd.cri.v1.images: { registry: { configs: { b.example.com: { auth: { password: ${marker('Auth')} } } } } } } }
extraFiles:
  - { path: /etc/agent/secret, secret: true, content: ${marker('File')} }
`;

const found = (said: string): string[] => said.match(/MARKER[A-Za-z]+0f5ecret/g) ?? [];

/** Paths below a folder that others may read and that hold a marker. */
function open(folder: string, all = false): string[] {
  return (readdirSync(folder, { recursive: true }) as string[]).filter((path) => {
    const info = statSync(join(folder, path));
    return (
      info.isFile() && (all || (info.mode & 0o044) > 0) && found(readFileSync(join(folder, path), 'latin1')).length > 0
    );
  });
}

function cluster(): string {
  const file = join(freshFolder(), 'cluster.yaml');
  writeFileSync(file, text);
  return file;
}

test('no command prints a secret, and no file that others can read has one', async () => {
  const file = cluster();
  const io = memoryIo();
  await validate({ file, lock }, io);
  await validate({ file, lock, json: true }, io);
  const files = join(freshFolder(), 'files');
  await render({ file, lock, all: true, files }, io);
  await render({ file, lock, all: true, output: join(freshFolder(), 'out'), json: true }, io);
  expect(open(files)).toEqual([]);
  const w1 = { file, lock, node: 'w1' };
  await explain(w1, io);
  await explain({ ...w1, json: true }, io);
  for (const path of ['containerd/config.toml', 'knode/mirrors.env', 'knode/proxy.env', 'agent/secret'])
    await explain({ ...w1, path: `/etc/${path}`, json: true }, io);
  expect(found(io.out() + io.err())).toEqual([]);
  // The other way round: each of them arrives on the node.
  const arrived = new Set(
    (readdirSync(join(files, 'w1'), { recursive: true }) as string[]).flatMap((path) =>
      statSync(join(files, 'w1', path)).isFile() ? found(readFileSync(join(files, 'w1', path), 'latin1')) : [],
    ),
  );
  for (const place of ['Pods', 'Header', 'Http', 'Https', 'Login', 'Query', 'Key', 'Auth', 'File'])
    expect(arrived, place).toContain(marker(place));
}, 60_000);

test('no image holds a secret, whatever the mode', async () => {
  const output = join(freshFolder(), 'image');
  const io = memoryIo();
  await imageTemplate({ file: cluster(), lock, output, layers: 'image,cluster', role: 'worker', builder: 'null' }, io);
  expect(open(output, true)).toEqual([]);
  expect(found(io.out() + io.err())).toEqual([]);
}, 60_000);
