import { nodePaths } from '../base/node-paths.ts';
import { type Component, type NodeContext, runsPods } from './context.ts';
import type { FileDecl, UnitDecl } from './contract.ts';

const configPath = `${nodePaths.etc}/nginx.conf`;

/** Where each OS family puts nginx's dynamic modules, the stream module among them. */
const moduleIncludes = {
  debian: '/etc/nginx/modules-enabled/*.conf',
  rhel: '/usr/share/nginx/modules/*.conf',
} as const;

/** Where nginx listens here: on loopback of every node, on all addresses of a balancer, or not at all. */
function listenAddress({ cluster, node }: NodeContext): string | undefined {
  const { port, loadBalancer } = cluster.spec.apiEndpoint;
  if (node.role === 'balancer') return `0.0.0.0:${port}`;
  return loadBalancer.type === 'local' && node.role !== 'etcd' ? `127.0.0.1:${loadBalancer.port}` : undefined;
}

/**
 * Layer-4 load balancer before the API servers: nginx, as a unit of its own with a configuration of its own. The package's
 * service stays shut: an empty unit file in /etc masks it (systemd.unit(5)), before the package is installed.
 */
export const loadBalancer: Component = {
  name: 'load-balancer',
  contribute(context) {
    const listen = listenAddress(context);
    if (listen === undefined || !(runsPods(context) || context.node.role === 'balancer')) return undefined;
    const { cluster, node } = context;
    const settings = cluster.spec.apiEndpoint.loadBalancer;
    const from = ['apiEndpoint', 'loadBalancer'];
    const config: FileDecl = {
      path: configPath,
      layer: 'cluster',
      from,
      content: {
        kind: 'template',
        data: {
          modules: moduleIncludes[cluster.spec.os.family],
          listen,
          method: { hash: 'hash $remote_addr consistent', least_conn: 'least_conn', round_robin: '' }[settings.method],
          servers: cluster.masters.map((master) => `${master.address}:${cluster.spec.kubernetes.apiServer.port}`),
          maxFails: settings.maxFails,
          failTimeout: settings.failTimeout,
          connectTimeout: settings.connectTimeout,
          idleTimeout: settings.idleTimeout,
        },
      },
    };
    // Debian's package starts its service as it is installed, and would hold port 80.
    const mask: UnitDecl = {
      name: 'nginx.service',
      layer: 'image',
      early: true,
      start: false,
      content: { kind: 'text', text: '' },
    };
    return {
      files: [config],
      units: [
        { name: 'knode-load-balancer.service', layer: 'image', start: true, from, content: { kind: 'static' } },
        mask,
      ],
      packages: ['nginx'],
      ...(node.role === 'balancer'
        ? { environment: { KNODE_BALANCER_PORT: String(cluster.spec.apiEndpoint.port) } }
        : {}),
    };
  },
};
