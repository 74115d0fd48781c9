import { nodePaths } from '../../base/node-paths.ts';
import { familyNamed } from '../../platform/families.ts';
import { clientCertificate, keyPairFiles } from '../build/key-pair.ts';
import { serviceSandbox } from '../build/sandbox.ts';
import { type Component, type NodeContext, runsPods } from '../context.ts';
import type { Contribution, FileDecl, UnitDecl } from '../contract.ts';
import { kubernetesAuthorityPath } from '../machine/trust.ts';

const configPath = `${nodePaths.etc}/nginx.conf`;

/**
 * On loopback every client has the same address, and its hash would choose one API server for all connections of all
 * nodes.
 */
function methodOf({ cluster, node }: NodeContext): string {
  const key = node.role === 'balancer' ? '$remote_addr' : '$remote_addr:$remote_port';
  const methods = { hash: `hash ${key} consistent`, least_conn: 'least_conn', round_robin: '' };
  return methods[cluster.spec.apiEndpoint.loadBalancer.method];
}

/** Client certificate of the health check: an API server answers 401 to anonymous requests, healthy or not. */
function healthClient({ node }: NodeContext): Contribution {
  if (node.role !== 'balancer') {
    const pair = nodePaths.kubeletCertificate;
    return { environment: { KNODE_BALANCE_CA: kubernetesAuthorityPath, KNODE_BALANCE_PAIR: `${pair} ${pair}` } };
  }
  const [pair, ca, id] = [
    `${nodePaths.etc}/balancer`,
    `${nodePaths.etc}/balancer-ca.crt`,
    `knode-balancer@${node.name}`,
  ];
  const authority = { kind: 'authority', authority: 'kubernetes', part: 'certificate' } as const;
  return {
    files: [...keyPairFiles(pair, id), { path: ca, layer: 'cluster', content: authority }],
    certificates: [clientCertificate(id, 'kubernetes', 'knode-balancer')],
    environment: { KNODE_BALANCE_CA: ca, KNODE_BALANCE_PAIR: `${pair}.crt ${pair}.key` },
  };
}

/** Listen address of nginx: loopback on nodes, all addresses on a balancer, or none. */
function listenAddress({ cluster, node }: NodeContext): string | undefined {
  const { port, loadBalancer } = cluster.spec.apiEndpoint;
  if (node.role === 'balancer') return `0.0.0.0:${port}`;
  return loadBalancer.type === 'local' && node.role !== 'etcd' ? `127.0.0.1:${loadBalancer.port}` : undefined;
}

/**
 * Layer-4 load balancer in front of the API servers: nginx, with its own unit and configuration. The package's service
 * stays off: an empty unit file in /etc masks it (systemd.unit(5)) before the package is installed.
 */
export const loadBalancer: Component = {
  name: 'load-balancer',
  purpose: 'spreads requests to the API over the masters',
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
          modules: familyNamed(cluster.spec.os.family).nginxModules,
          listen,
          method: methodOf(context),
          servers: cluster.masters.map((master) => `${master.address}:${cluster.spec.kubernetes.apiServer.port}`),
          maxFails: settings.maxFails,
          failTimeout: settings.failTimeout,
          connectTimeout: settings.connectTimeout,
          idleTimeout: settings.idleTimeout,
        },
      },
    };
    // Debian's package starts its service on installation, and the service would hold port 80.
    const mask: UnitDecl = {
      name: 'nginx.service',
      layer: 'image',
      start: false,
      content: { kind: 'text', text: '' },
    };
    const client = healthClient(context);
    const script: FileDecl = {
      path: `${nodePaths.lib}/balance`,
      layer: 'image',
      mode: '0755',
      content: { kind: 'static' },
    };
    const unit = { kind: 'template', data: { sandbox: serviceSandbox } } as const;
    return {
      files: [config, script, ...(client.files ?? [])],
      certificates: client.certificates ?? [],
      units: [
        { name: 'knode-load-balancer.service', layer: 'image', start: true, from, content: unit },
        { name: 'knode-balance.service', layer: 'image', start: true, from, content: unit },
        mask,
      ],
      packages: ['nginx'],
      environment: {
        ...client.environment,
        ...(node.role === 'balancer' ? { KNODE_BALANCER_PORT: String(cluster.spec.apiEndpoint.port) } : {}),
      },
    };
  },
};
