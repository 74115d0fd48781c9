/** OpenStack Swift with its S3 API: a poorer server than Ceph's, without conditional writes, policies and anonymous reading. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sh, tempDir } from '../tools.ts';
import { Daemons } from './daemons.ts';
import { freePort } from './free-port.ts';
import type { Keys } from './radosgw.ts';

/** Program → Debian package. */
export const swiftTools = {
  'swift-proxy-server': 'swift-proxy',
  'swift-account-server': 'swift-account',
  'swift-container-server': 'swift-container',
  'swift-object-server': 'swift-object',
};

export interface Swift {
  readonly endpoint: string;
  readonly keys: Keys;
  stop(): Promise<void>;
}

const servers = ['account', 'container', 'object'] as const;

/** `workers = 0`: one process, which ends with its pid. */
const common = (folder: string, port: number) => `[DEFAULT]
bind_ip = 127.0.0.1
bind_port = ${port}
user = root
workers = 0
swift_dir = ${folder}
`;

/** Listings must not lag behind on a slow machine: the object server waits for the container's, however long that takes. */
const storageConfig = (
  folder: string,
  name: string,
  port: number,
) => `${common(folder, port)}devices = ${folder}/devices
mount_check = false
[pipeline:main]
pipeline = ${name}-server
[app:${name}-server]
use = egg:swift#${name}
${name === 'object' ? 'container_update_timeout = 60\n' : ''}`;

const proxyConfig = (folder: string, port: number, keys: Keys) => `${common(folder, port)}
[pipeline:main]
pipeline = catch_errors gatekeeper cache listing_formats s3api tempauth copy slo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
# Half a second and ten are for machines that do nothing else: beyond them the proxy breaks off what it sends.
conn_timeout = 30
node_timeout = 120
recoverable_node_timeout = 120
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
# tempauth wants to have one; where nobody answers, it goes without.
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:9
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:s3api]
use = egg:swift#s3api
[filter:tempauth]
use = egg:swift#tempauth
user_${keys.accessKeyId.replace(':', '_')} = ${keys.secretAccessKey} .admin
[filter:copy]
use = egg:swift#copy
[filter:slo]
use = egg:swift#slo
`;

/** Starts a proxy and one server each for accounts, containers and objects. All ends with this process, by a signal too. */
export async function startSwift(): Promise<Swift> {
  const folder = tempDir('swift');
  mkdirSync(join(folder, 'devices', 'd1'), { recursive: true });
  const keys = { accessKeyId: 'knode:owner', secretAccessKey: 'not-a-secret' };
  const daemons = new Daemons(folder);
  const daemon = (name: string, config: string): void => {
    writeFileSync(join(folder, `${name}-server.conf`), config);
    // Its programs ask for /etc/swift/swift.conf, wherever the rest may be: they get a view of their own.
    const program = `mount --bind "$0" /etc/swift && exec swift-${name}-server "$0/${name}-server.conf" --verbose`;
    const args = ['--mount', '--propagation', 'private', '--', 'sh', '-c', program, folder];
    daemons.start(name, 'unshare', args);
  };
  try {
    writeFileSync(join(folder, 'swift.conf'), '[swift-hash]\nswift_hash_path_suffix = knode\n');
    for (const name of servers) {
      const port = await freePort();
      await makeRing(folder, name, port);
      daemon(name, storageConfig(folder, name, port));
    }
    const port = await freePort();
    daemon('proxy', proxyConfig(folder, port, keys));
    const endpoint = `http://127.0.0.1:${port}`;
    // 403 is an answer: of s3api, which was told nothing.
    await daemons.answering(endpoint, (status) => status < 500);
    return { endpoint, keys, stop: () => daemons.stop() };
  } catch (error) {
    await daemons.stop();
    throw error;
  }
}

/** One device holds everything once. */
async function makeRing(folder: string, name: string, port: number): Promise<void> {
  const build = (...args: string[]) =>
    sh('swift-ring-builder', [`${name}.builder`, ...args], { cwd: folder, check: true });
  await build('create', '4', '1', '1');
  await build('add', `r1z1-127.0.0.1:${port}/d1`, '1');
  await build('rebalance');
}
