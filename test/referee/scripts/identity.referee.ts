import { afterEach, describe, expect, it } from 'vitest';
import { cleanUp, missingTools, type Ran, Root, Running, scriptsFolder, sleep } from './support.ts';

const missing = missingTools('ip', 'unshare', 'hostname');
afterEach(cleanUp);

const pool = { KNODE_CLUSTER: 'prod', KNODE_ROLE: 'worker', KNODE_POOL: 'web', KNODE_NODE_NAME: 'hostname' };
const marks = { KNODE_NODE_LABELS: 'example.com/tier=web', KNODE_NODE_TAINTS: 'example.com/web=:NoSchedule' };
const oneCard =
  'ip link add ens5 type veth peer name far5 && ip link set far5 up && ip link set ens5 up && ip addr add 10.70.0.31/24 dev ens5';
const route = 'ip route add default via 10.70.0.1 dev ens5';

/** A separate machine: host name and network in name spaces that end with it; `network` configures it. */
function machine(root: Root, hostName: string, network: string): Running {
  const setUp = `set -e; hostname ${hostName}; ip link set lo up; ${network}; exec ${scriptsFolder}/identity`;
  const env = { PATH: process.env.PATH, KNODE_ROOT: root.path, KNODE_RETRY: '0.2' };
  return new Running('unshare', ['--net', '--uts', 'bash', '-c', setUp], env);
}

async function boot(root: Root, hostName: string, network: string): Promise<Ran> {
  return machine(root, hostName, network).finished;
}

describe.skipIf(missing.length > 0)('identity', () => {
  it('takes the host name, and the address of the default route', async () => {
    const root = new Root();
    root.env('cluster', { ...pool, ...marks });
    const other =
      'ip link add eth9 type veth peer name far9 && ip link set far9 up && ip link set eth9 up && ip addr add 192.0.2.9/24 dev eth9';
    const { code, out } = await boot(root, 'IP-10-70-0-31.ec2.internal', `${other}; ${oneCard}; ${route}`);
    expect(out).toContain('this machine is ip-10-70-0-31.ec2.internal at 10.70.0.31 (ens5), of the pool web');
    expect(code).toBe(0);
    expect(root.read('etc/knode/node.env')).toBe(
      'NODE_NAME="ip-10-70-0-31.ec2.internal"\nNODE_IP="10.70.0.31"\n' +
        'NODE_LABELS="example.com/tier=web"\nNODE_TAINTS="example.com/web=:NoSchedule"\n',
    );
  });

  it('takes the named interface, and a name made of the address', async () => {
    const root = new Root();
    root.env('cluster', { ...pool, KNODE_NODE_NAME: 'address', KNODE_INTERFACE: 'ens5' });
    expect(await boot(root, 'localhost', oneCard)).toExit(0);
    expect(root.read('etc/knode/node.env')).toMatch(/^NODE_NAME="web-10-70-0-31"\nNODE_IP="10.70.0.31"\n/);
  });

  it('keeps the name with which it joined, and follows a new address', async () => {
    const root = new Root();
    root.env('cluster', pool);
    await boot(root, 'first', `${oneCard}; ${route}`);
    const { out } = await boot(root, 'second', `${oneCard.replace('.31/', '.32/')}; ${route}`);
    expect(out).toContain('is called second now, but joined as first: it stays first');
    expect(root.read('etc/knode/node.env')).toMatch(/^NODE_NAME="first"\nNODE_IP="10.70.0.32"\n/);
  });

  it.each(['localhost', 'localhost.localdomain'])('names a machine by its address that is called %s', async (name) => {
    const root = new Root();
    root.env('cluster', pool);
    expect(await boot(root, name, `${oneCard}; ${route}`)).toExit(0);
    expect(root.read('etc/knode/node.env')).toMatch(/^NODE_NAME="web-10-70-0-31"\n/);
    expect(root.read('etc/hostname')).toBe('web-10-70-0-31\n');
  });

  it('waits for an address, and says so', async () => {
    const root = new Root();
    root.env('cluster', pool);
    const running = machine(root, 'late', `{ sleep 2; ${oneCard}; ${route}; } & true`);
    await running.says(/waiting for an IPv4 address of the interface of the default route/);
    await sleep(100);
    expect(await running.finished).toExit(0);
    expect(root.read('etc/knode/node.env')).toMatch(/^NODE_NAME="late"\n/);
  });
});
