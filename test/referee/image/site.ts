/** A cluster for golden images: its file, its mirror, its packages, its secrets. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { render } from '../../../src/commands/render.ts';
import { planNodes } from '../../../src/workflow/plan-nodes.ts';
import { readClusterFile } from '../../../src/workflow/read-inputs.ts';
import { mirrorPort } from '../machines/image-machine.ts';
import { MemoryIo } from '../rendered.ts';
import { makeMirror, makePackageSource } from '../servers/image-mirror.ts';
import { tempDir } from '../tools.ts';

export const marker = 'bf3d71-marker';

interface Surroundings {
  /** The base URL at which machines reach the folder `mirror` of the site. */
  readonly mirror?: string;
  /** Names of packages that a node wants besides. */
  readonly packages?: readonly string[];
}

/** A cluster whose every secret that the user can give holds the marker; containerd is Debian's, which runs here. */
const clusterText = ({ mirror, packages }: Required<Surroundings>): string => `
apiVersion: knode.dev/v1
kind: Cluster
name: baked
kubernetes: { version: 1.26.15 }
apiEndpoint: { address: 10.30.0.11 }
containerRuntime: { containerd: { version: 1.6.20 } }
nodes:
  masters: [{ name: m1, address: 10.30.0.11 }]
  workers: [{ name: w1, address: 10.30.0.21 }]
network: { flannel: { store: etcd } }
os:
  packages: [${packages}]
  proxy: { http: 'http://proxy:${marker}@127.0.0.1:9', noProxy: [${new URL(mirror).hostname}] }
artifacts: { mirrors: ['${mirror}/knode'], upstream: false, images: mirror }
extraFiles:
  - { path: /etc/site/secret.conf, content: '${marker}', secret: true, roles: [master, worker] }
  - { path: /etc/site/plain.conf, content: plain, roles: [master, worker] }
`;

/** The base of an image, and its nodes. */
export interface Site {
  readonly file: string;
  readonly state: string;
  readonly mirror: string;
  readonly packages: string;
}

export async function makeSite(surroundings: Surroundings = {}): Promise<Site> {
  const { mirror = `http://127.0.0.1:${mirrorPort}`, packages = ['knode-probe'] } = surroundings;
  const folder = tempDir('site');
  const site = {
    file: join(folder, 'cluster.yaml'),
    state: join(folder, 'state'),
    mirror: join(folder, 'mirror'),
    packages: join(folder, 'packages'),
  };
  writeFileSync(site.file, clusterText({ mirror, packages }));
  const read = readClusterFile(site.file).value;
  if (read === undefined) throw new Error('the cluster file is wrong');
  const artifacts = planNodes(read, read.cluster.nodes).flatMap((plan) => plan.artifacts);
  writeFileSync(join(folder, 'knode.lock.yaml'), await makeMirror(artifacts, join(site.mirror, 'knode')));
  await makePackageSource(site.packages, 'knode-probe');
  return site;
}

/** The folder of a node's seed; `image` is a manifest. */
export async function userData(site: Site, node: string, image?: string): Promise<string> {
  const output = tempDir(`seeds-${node}`);
  await render(
    { file: site.file, state: site.state, node, output, ...(image === undefined ? {} : { image }) },
    new MemoryIo(),
  );
  return join(output, node);
}

/** Lines of every private key, and every other secret, of a state: they must be nowhere else. */
export function stateSecrets(state: string): string[] {
  const files = readdirSync(state, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.flatMap((entry) => {
    const text = readFileSync(join(entry.parentPath, entry.name), 'utf8');
    const keys = [...text.matchAll(/-----BEGIN [A-Z ]*PRIVATE KEY-----\n([\s\S]*?)-----END/g)];
    const lines = keys.flatMap(([, body = '']) => body.trim().split('\n')).filter((line) => line.length > 40);
    const values = entry.parentPath.includes('secrets') ? [...text.matchAll(/"(?:secret|value)":\s*"([^"]+)"/g)] : [];
    return [...lines, ...values.map(([, value = '']) => value)];
  });
}
