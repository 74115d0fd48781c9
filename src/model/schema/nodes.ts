import * as z from 'zod';
import { archs } from '../../platform/arch.ts';
import { roles } from '../roles.ts';
import { cidr, dnsLabel, dnsName, ipAddress } from './addresses.ts';
import { say } from './messages.ts';
import { text } from './primitives.ts';

export const role = z.enum(roles);

const labelKey = text((value) =>
  /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/.test(value)
    ? undefined
    : say('invalid-label', { value }),
);
const labelValue = text((value) =>
  /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/.test(value) ? undefined : say('invalid-label/value', { value }),
);

export const labels = z.record(labelKey, labelValue).default({});
export const taints = z
  .array(
    z.strictObject({
      key: labelKey,
      value: labelValue.default(''),
      effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
    }),
  )
  .default([]);

const node = z.strictObject({
  name: dnsName
    .optional()
    .describe(
      'Host name and Kubernetes node name, DNS-1123. Default: cluster name, role letter and number, for example prod-m1.',
    ),
  address: ipAddress.describe('The IPv4 address at which other nodes reach it.'),
  arch: z.enum(archs).optional().describe('CPU architecture, if it differs from the cluster’s.'),
  labels: labels.describe('Kubernetes labels of this node.'),
  taints: taints.describe('Kubernetes taints of this node.'),
});

const interfaceName = text((value) =>
  /^[A-Za-z0-9_.-]{1,15}$/.test(value) ? undefined : say('invalid-interface', { value }),
);

const namePattern = text(
  (value) =>
    /^[a-z0-9*]([-a-z0-9.*]{0,61}[a-z0-9*])?$/.test(value) && /[a-z0-9]/.test(value)
      ? undefined
      : say('invalid-name-pattern', { value }),
  { pattern: '^[-a-z0-9.*]*[a-z0-9][-a-z0-9.*]*$' },
);

const pool = z.strictObject({
  arch: z.enum(archs).optional().describe('CPU architecture, if it differs from the cluster’s.'),
  labels: labels.describe('Kubernetes labels of the pool’s nodes; only those that a kubelet may set itself.'),
  taints: taints.describe('Kubernetes taints of the pool’s nodes.'),
  nodeName: z
    .enum(['hostname', 'address'])
    .default('hostname')
    .describe(
      'How a node gets its name at boot. hostname: the name that cloud-init set from the instance’s metadata. address: pool name and address, for example web-10-0-0-31.',
    ),
  names: namePattern
    .optional()
    .describe(
      'Pattern of the machines’ host names, where * stands for any characters: web-*. With the pool’s credential a machine can take no other name. Default: any name that no master, etcd node or balancer has.',
    ),
  network: cidr
    .optional()
    .describe(
      'Network of the pool’s machines. No machine gets a certificate for another address. Default: network.host.cidr.',
    ),
  interface: interfaceName
    .optional()
    .describe('Interface whose IPv4 address is the node’s. Default: the one of the default route.'),
});

export const nodes = z.strictObject({
  controlPlane: z.array(node).min(1).describe('Control-plane nodes, in order: `--index 0` is the first.'),
  workers: z.array(node).default([]).describe('Nodes that run your pods.'),
  etcd: z.array(node).default([]).describe('Dedicated etcd nodes. Empty: every master runs an etcd member.'),
  pools: z
    .record(dnsLabel, pool)
    .default({})
    .describe('Workers without fixed names and addresses: one user-data for a whole autoscaling group.'),
  balancers: z.array(node).default([]).describe('Nodes that run nginx in front of the API servers.'),
});

const roleSettings = z
  .strictObject({
    labels: labels.describe('Labels of every node of the role.'),
    taints: taints.describe('Taints of every node of the role.'),
  })
  .prefault({})
  .describe('Workers.');

export const roleDefaults = z
  .strictObject({
    master: z
      .strictObject({
        labels: labels.describe('Labels of every master, besides the role label that the version uses.'),
        taints: taints.describe('Taints of every master, besides the role taint that the version uses.'),
        schedulable: z
          .boolean()
          .default(false)
          .describe('Leave out the NoSchedule role taint, so that masters run pods, too.'),
      })
      .prefault({})
      .describe('Masters.'),
    worker: roleSettings,
  })
  .prefault({})
  .describe('Labels and taints by role.');
