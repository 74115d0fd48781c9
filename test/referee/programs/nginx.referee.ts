/** nginx on every rendered configuration, and one real run before three TLS servers that stand for API servers. */
import { afterEach, expect, it } from 'vitest';
import { type Daemon, NodeRoot } from '../machines/node-root.ts';
import { exampleNames, onDebian, type RenderedNode, readTree, treePaths } from '../rendered.ts';
import { describeReferee, sleep } from '../tools.ts';

const config = '/etc/knode/nginx.conf';
const roots: NodeRoot[] = [];
afterEach(async () => {
  for (const root of roots.splice(0)) await root.stop();
});

async function rootOf(node: RenderedNode): Promise<NodeRoot> {
  const root = await NodeRoot.of(node);
  roots.push(root);
  return root;
}

/** Seconds in nginx's words: 24h, 90s, 1m. */
function seconds(text: string): number {
  const [, count = '', unit = 's'] = /^(\d+)([smhd]?)$/.exec(text) ?? [];
  return Number(count) * ({ s: 1, m: 60, h: 3600, d: 86400 }[unit || 's'] ?? Number.NaN);
}

/** One TLS server an API server, with its own certificate; s_server's status page is the answer. */
async function startServers(root: NodeRoot, nodes: readonly RenderedNode[], port: number): Promise<Daemon[]> {
  const servers: Daemon[] = [];
  for (const node of nodes) {
    const { address } = node.plan.node;
    await root.run(['ip', 'address', 'add', `${address}/32`, 'dev', 'lo'], { check: true });
    // Keys of other nodes are not in this root: passed by standard input of a separate shell.
    const pki = `/run/${node.name}`;
    const pem =
      readTree(node, '/etc/kubernetes/pki/apiserver.crt') + readTree(node, '/etc/kubernetes/pki/apiserver.key');
    await root.run(['sh', '-c', `umask 077; cat >${pki}.pem`], { input: pem, check: true });
    const accept = ['-accept', `${address}:${port}`, '-cert', `${pki}.pem`, '-key', `${pki}.pem`];
    const server = root.start(['openssl', 's_server', '-www', ...accept]);
    await server.says(/ACCEPT/);
    servers.push(server);
  }
  return servers;
}

const needs = { root: true, tools: { nginx: 'nginx-light', openssl: 'openssl', curl: 'curl', ip: 'iproute2' } };

describeReferee('nginx', needs, () => {
  it.each(exampleNames)('accepts every configuration of %s', async (name) => {
    const { nodes, cluster } = await onDebian(name);
    const balanced = nodes.filter((node) => treePaths(node).includes(config));
    const { type } = cluster.spec.apiEndpoint.loadBalancer;
    if (type === 'external') expect(balanced).toEqual([]);
    else expect(balanced.length).toBeGreaterThan(0);
    for (const node of balanced) {
      const tested = await (await rootOf(node)).run(['nginx', '-t', '-c', config]);
      expect(tested, node.name).toExit(0, { stdout: '' });
      expect(tested.stderr).toMatch(
        /^nginx: the configuration file \S+ syntax is ok\nnginx: configuration file \S+ test is successful\n$/,
      );
      // A watch is silent for minutes, a shell in a pod for hours: nginx's own 10 minutes (and the seeds' 10 s) cut them off.
      const idle = /proxy_timeout (\S+);/.exec(readTree(node, config))?.[1] ?? '';
      expect(seconds(idle), idle).toBeGreaterThanOrEqual(3600);
    }
  });

  it('passes traffic to the API servers, continues without one, and leaves idle connections alone', async () => {
    const { nodes, cluster } = await onDebian('modern');
    const root = await rootOf(nodes.find((node) => node.role === 'worker') as RenderedNode);
    const masters = nodes.filter((node) => node.role === 'master');
    const servers = await startServers(root, masters, cluster.spec.kubernetes.apiServer.port);
    const nginx = await root.startUnit('knode-load-balancer.service');
    const url = `https://127.0.0.1:${cluster.spec.apiEndpoint.loadBalancer.port}`;
    // The same authority and address as kubelet's kubeconfig: the certificate must be good for the loopback address.
    expect(readTree(root.node, '/etc/kubernetes/bootstrap-kubelet.kubeconfig')).toContain(`server: ${url}\n`);
    const get = () => root.run(['curl', '-sS', '--max-time', '5', '--cacert', '/etc/kubernetes/pki/ca.crt', `${url}/`]);
    const getAll = async (times: number) => {
      for (let n = 0; n < times; n += 1) expect(await get()).toExit(0, { stdout: expect.stringContaining('s_server') });
    };
    for (let tries = 0; (await get()).code !== 0; tries += 1) {
      if (tries > 50 || !nginx.running) throw new Error(`nginx does not answer:\n${nginx.out}`);
      await sleep(100);
    }
    await getAll(9);

    const idle = root.start(['openssl', 's_client', '-quiet', '-connect', url.slice('https://'.length)]);
    await idle.says(/verify/);
    const since = Date.now();
    const [first] = servers;
    // nginx chooses the server of the idle connection: stop another one, found by asking which has a client.
    const busy = (await root.run(['ss', '-Htn', 'state', 'established'])).stdout;
    const free = servers.findIndex((_, n) => !busy.includes(`${masters[n]?.plan.node.address}:`));
    await (servers[free] ?? first)?.stop();
    await getAll(9);
    await sleep(Math.max(0, 12_000 - (Date.now() - since)));
    expect(idle.running).toBe(true);
    idle.write('GET / HTTP/1.0\r\n\r\n');
    await idle.says(/s_server/, 5);

    for (const server of servers) if (server.running) await server.stop();
    expect(await get()).not.toExit(0);
    expect(nginx.running).toBe(true);
  });
});
