/** The metadata step in network name spaces: a pod's, a node's and a cloud's, with the real nft and iptables. */
import { afterEach, expect, test } from 'vitest';
import { describeReferee, sh, sleep } from '../tools.ts';
import { cleanUp, later, Root, run } from './support.ts';

afterEach(cleanUp);

const address = '169.254.169.254';

/** Pod — node — cloud, one name space each; returns their names. */
async function spaces(): Promise<{ pod: string; node: string }> {
  const [pod, node, cloud] = ['pod', 'node', 'cloud'].map((name) => `knode-${name}-${process.pid}`) as [
    string,
    string,
    string,
  ];
  const ip = (...args: string[]) => sh('ip', args, { check: true });
  const inside = (space: string, ...args: string[]) => ip('netns', 'exec', space, ...args);
  for (const space of [pod, node, cloud]) {
    await ip('netns', 'add', space);
    later(async () => void (await sh('ip', ['netns', 'del', space])));
    await inside(space, 'ip', 'link', 'set', 'lo', 'up');
  }
  await ip('link', 'add', 'eth0', 'netns', pod, 'type', 'veth', 'peer', 'name', 'pods', 'netns', node);
  await ip('link', 'add', 'out', 'netns', node, 'type', 'veth', 'peer', 'name', 'lan0', 'netns', cloud);
  const set: readonly (readonly [string, string, string])[] = [
    [pod, 'eth0', '10.244.0.2/24'],
    [node, 'pods', '10.244.0.1/24'],
    [node, 'out', '10.0.0.11/24'],
    [cloud, 'lan0', '10.0.0.1/24'],
  ];
  for (const [space, device, own] of set) {
    await inside(space, 'ip', 'addr', 'add', own, 'dev', device);
    await inside(space, 'ip', 'link', 'set', device, 'up');
  }
  await inside(cloud, 'ip', 'addr', 'add', `${address}/32`, 'dev', 'lo');
  await inside(cloud, 'ip', 'route', 'add', '10.244.0.0/24', 'via', '10.0.0.11');
  await inside(pod, 'ip', 'route', 'add', 'default', 'via', '10.244.0.1');
  await inside(node, 'ip', 'route', 'add', 'default', 'via', '10.0.0.1');
  await inside(node, 'sysctl', '-qw', 'net.ipv4.ip_forward=1');
  const program = `from http.server import *; HTTPServer(('0.0.0.0', 80), SimpleHTTPRequestHandler).serve_forever()`;
  const root = new Root();
  const { spawn } = await import('node:child_process');
  const server = spawn('ip', ['netns', 'exec', cloud, 'python3', '-c', program], { cwd: root.path, stdio: 'ignore' });
  later(() => void server.kill('SIGKILL'));
  for (let tries = 0; (await reach(node)) !== 0 && tries < 50; tries++) await sleep(100);
  return { pod, node };
}

/** curl's exit code from a name space. */
async function reach(space: string, target = address): Promise<number> {
  const args = ['netns', 'exec', space, 'curl', '-sS', '-o', '/dev/null', '--max-time', '2', `http://${target}/`];
  return (await sh('ip', args)).code;
}

const tools = { ip: 'iproute2', nft: 'nftables', iptables: 'iptables', curl: 'curl', python3: 'python3' };

describeReferee('the metadata step', { root: true, tools }, () => {
  test.each(['nft', 'iptables'])('blocks pods from the metadata service by %s, and nothing else', async (how) => {
    const { pod, node } = await spaces();
    expect(await reach(pod)).toBe(0);
    const root = new Root();
    if (how === 'iptables') root.standIn('nft', 'echo "Error: Operation not supported" >&2; exit 1');
    const step = () => run('metadata', root, { prefix: ['ip', 'netns', 'exec', node] });
    const ran = await step();
    expect(ran).toExit(0, { out: expect.stringContaining(`by ${how}`) });
    expect(await reach(pod)).toBe(28);
    expect(await reach(pod, '10.0.0.1')).toBe(0);
    expect(await reach(node)).toBe(0);
    // At every boot, and no second rule.
    expect(await step()).toExit(0);
    expect(await reach(pod)).toBe(28);
    const rules = await sh('ip', [
      'netns',
      'exec',
      node,
      ...(how === 'nft' ? ['nft', 'list', 'ruleset'] : ['iptables-save']),
    ]);
    expect(rules.stdout.match(/169\.254\.169\.254/g)).toHaveLength(1);
  });

  test('says what it lacks, and goes on when it has it', async () => {
    const { node } = await spaces();
    const root = new Root();
    root.standIn('nft', 'echo "no nft yet" >&2; exit 1');
    root.standIn('iptables', `test -e ${root.at('there')} || { echo "no iptables yet" >&2; exit 1; }`);
    const ended = run('metadata', root, { prefix: ['ip', 'netns', 'exec', node], env: { KNODE_RETRY: '0.2' } });
    await sleep(1000);
    root.write('there', '');
    expect(await ended).toExit(0, {
      out: expect.stringMatching(/pods can still reach .*no iptables yet[\s\S]*by iptables/),
    });
  });
});
