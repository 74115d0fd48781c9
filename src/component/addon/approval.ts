import { nodePaths } from '../../base/node-paths.ts';
import type { Cluster } from '../../model/cluster.ts';
import { apiClient, localApiUrl } from '../build/api-client.ts';
import { sandbox } from '../build/sandbox.ts';
import { type Component, isMaster } from '../context.ts';
import type { FileDecl, UnitDecl } from '../contract.ts';

/** User of the API that approves certificates and marks nodes; its role is in `rbac.ts`. */
export const nodesUser = 'knode-nodes';

/** Networks that contain no node of a cluster (RFC 6890). */
const specialNetworks = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/4', '240.0.0.0/4'] as const;

/**
 * One line each: names and addresses that no worker may have in a certificate. They are those of masters, etcd members,
 * balancers and the API only: adding or removing a worker changes no master.
 */
function reservedList(cluster: Cluster): string {
  const { spec, apiServerNames } = cluster;
  const machines = [...cluster.masters, ...cluster.etcdMembers, ...cluster.balancers];
  const { gateway } = spec.network.host;
  const names = [...apiServerNames.dnsNames, ...machines.map(({ name }) => name)];
  const lines = [
    ...names.map((name) => (name.startsWith('*.') ? `domain ${name.slice(2)}` : `name ${name}`)),
    `domain ${spec.network.dnsDomain}`,
    ...[...apiServerNames.ipAddresses, ...machines.map(({ address }) => address)]
      .filter((address) => !address.includes(':'))
      .map((address) => `address ${address}`),
    ...(gateway === undefined ? [] : [`address ${gateway}`]),
    ...[spec.network.serviceCIDR, spec.network.podCIDR, ...specialNetworks].map((network) => `network ${network}`),
  ];
  return [...new Set(lines)].map((line) => `${line}\n`).join('');
}

const units: readonly UnitDecl[] = ['knode-nodes', 'knode-approve-csrs'].flatMap((name): UnitDecl[] => [
  { name: `${name}.service`, layer: 'image', start: false, content: { kind: 'template', data: { sandbox } } },
  { name: `${name}.timer`, layer: 'image', start: true, content: { kind: 'static' } },
]);

function script(name: string, mode: '0755' | '0644'): FileDecl {
  return { path: `${nodePaths.lib}/${name}`, layer: 'image', mode, content: { kind: 'static' } };
}

/** The last two are sourced by the others. */
const scripts: readonly FileDecl[] = [
  script('approve-csrs', '0755'),
  script('marks', '0755'),
  script('csr', '0644'),
  script('passports', '0644'),
];

/** Masters read the passports of nodes, and give nodes certificates, labels and taints accordingly. */
export const approval: Component = {
  name: 'approval',
  purpose: 'approves certificates, and sets labels and taints, by the passports that nodes show',
  contribute(context) {
    if (!isMaster(context)) return undefined;
    const client = apiClient(context, {
      program: nodesUser,
      file: 'nodes',
      user: nodesUser,
      server: localApiUrl(context),
    });
    return {
      files: [
        ...client.files,
        ...scripts,
        { path: `${nodePaths.pki}/passport.pub`, layer: 'cluster', content: { kind: 'passport-key' } },
        {
          path: nodePaths.reservedList,
          layer: 'cluster',
          content: { kind: 'text', text: reservedList(context.cluster) },
        },
      ],
      units,
      certificates: client.certificates,
    };
  },
};
