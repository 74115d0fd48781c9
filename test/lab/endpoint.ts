/** The surroundings of a cluster at the endpoint of its API: an external load balancer, if the file has one. */
import { spawn } from 'node:child_process';
import type { Cluster } from '../../src/model/cluster.ts';
import { onExit, sh } from '../referee/tools.ts';
import { say } from './say.ts';

/** TCP to the first server that accepts the connection, beginning with a different one each time. */
export const balancerScript = `
const net = require('node:net');
const [address, port, ...servers] = process.argv.slice(1);
let turn = 0;
const connect = (client, left) => {
  const [host, at] = servers[turn++ % servers.length].split(':');
  const server = net.connect({ host, port: Number(at) });
  const late = setTimeout(() => server.destroy(new Error('late')), 3000);
  let open = false;
  server.once('connect', () => { open = true; clearTimeout(late); client.pipe(server).pipe(client); });
  server.on('error', () => { clearTimeout(late); if (open || left === 0) client.destroy(); else connect(client, left - 1); });
  client.on('close', () => server.destroy());
};
net.createServer({ pauseOnConnect: false }, (client) => {
  client.on('error', () => client.destroy());
  connect(client, servers.length - 1);
}).listen(Number(port), address);`;

/** Why the lab cannot give this cluster its endpoint. */
export function endpointProblem({ spec }: Cluster): string | undefined {
  const { address, loadBalancer } = spec.apiEndpoint;
  return loadBalancer.type !== 'local' && address === undefined
    ? 'nodes reach the API by name (apiEndpoint without an address), and the lab has no DNS'
    : undefined;
}

/** Balances at the endpoint's address, when that is no node's own. */
export async function serveEndpoint(cluster: Cluster, netns: string): Promise<void> {
  const { address, port, loadBalancer } = cluster.spec.apiEndpoint;
  if (loadBalancer.type !== 'external' || address === undefined) return;
  if (cluster.nodes.some((node) => node.address === address)) return;
  await sh('ip', ['-n', netns, 'address', 'add', `${address}/32`, 'dev', 'lab0'], { check: true });
  const servers = cluster.masters.map((node) => `${node.address}:${cluster.spec.kubernetes.apiServer.port}`);
  const command = [process.execPath, '-e', balancerScript, address, String(port), ...servers];
  const child = spawn('ip', ['netns', 'exec', netns, 'setpriv', '--pdeathsig=KILL', ...command], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const forget = onExit(() => child.kill('SIGKILL'));
  child.on('exit', forget);
  say(`the external load balancer at ${address}:${port} is the lab’s: TCP to ${servers.join(', ')}`);
}
