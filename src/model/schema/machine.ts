import * as z from 'zod';
import { absolutePath, cidr, dnsName, httpUrl, ipAddress, singleLine, text } from './primitives.ts';

/** Roles that a node may have. A master carries etcd too unless dedicated etcd nodes are named. */
export const roles = ['master', 'worker', 'etcd', 'balancer'] as const;
export const role = z.enum(roles);

const labelKey = text((value) =>
  /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/.test(value)
    ? undefined
    : {
        code: 'invalid-label',
        message: `'${value}' is not a label key`,
        hint: 'write prefix/name or name, for example example.com/tier',
      },
);
const labelValue = text((value) =>
  /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/.test(value)
    ? undefined
    : {
        code: 'invalid-label',
        message: `'${value}' is not a label value`,
        hint: "use at most 63 letters, digits, '-', '_' and '.'",
      },
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
  address: ipAddress.describe('The IPv4 address that the other nodes reach it by.'),
  arch: z.enum(['amd64', 'arm64']).optional().describe('CPU architecture, where it differs from the cluster’s.'),
  labels: labels.describe('Kubernetes labels of this node.'),
  taints: taints.describe('Kubernetes taints of this node.'),
});

export const nodes = z.strictObject({
  masters: z.array(node).min(1).describe('Control-plane nodes, in order: `--index 0` is the first.'),
  workers: z.array(node).default([]).describe('Nodes that run your pods.'),
  etcd: z.array(node).default([]).describe('Dedicated etcd nodes. Empty: every master carries an etcd member.'),
  balancers: z.array(node).default([]).describe('Nodes that run nginx before the API servers.'),
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
          .describe('Leave the NoSchedule role taint away, so that masters run pods too.'),
      })
      .prefault({})
      .describe('Masters.'),
    worker: roleSettings,
  })
  .prefault({})
  .describe('Labels and taints by role.');

const journald = z
  .strictObject({
    storage: z.enum(['persistent', 'volatile', 'auto', 'none']).default('persistent').describe('Storage=.'),
    compress: z.boolean().default(true).describe('Compress=.'),
    syncInterval: singleLine.default('5m').describe('SyncIntervalSec=.'),
    rateLimitInterval: singleLine.default('30s').describe('RateLimitIntervalSec=.'),
    rateLimitBurst: z
      .int()
      .min(0)
      .default(10000)
      .describe('RateLimitBurst=. The documents’ 1000 loses messages of a busy kubelet.'),
    maxUse: singleLine.default('2G').describe('SystemMaxUse=.'),
    maxFileSize: singleLine.default('200M').describe('SystemMaxFileSize=.'),
    maxRetention: singleLine.default('2week').describe('MaxRetentionSec=.'),
    forwardToSyslog: z.boolean().default(false).describe('ForwardToSyslog=.'),
  })
  .prefault({})
  .describe('Limits of the journal.');

const proxy = z
  .strictObject({
    http: httpUrl.optional().describe('HTTP_PROXY.'),
    https: httpUrl.optional().describe('HTTPS_PROXY.'),
    noProxy: z
      .array(singleLine)
      .default([])
      .describe('Added to NO_PROXY, which always holds the cluster’s own addresses, networks and domain.'),
  })
  .describe('HTTP proxy for downloads and for the container runtime.');

const sysctlKey = text((value) =>
  /^[a-z0-9_]+([./][A-Za-z0-9_*-]+)+$/.test(value)
    ? undefined
    : {
        code: 'invalid-sysctl',
        message: `'${value}' is not a sysctl key`,
        hint: 'write it with dots, for example net.ipv4.ip_forward',
      },
);
const moduleName = text((value) =>
  /^[A-Za-z0-9_-]+$/.test(value)
    ? undefined
    : {
        code: 'invalid-module',
        message: `'${value}' is not a kernel module name`,
        hint: 'write the bare name, for example ip_vs',
      },
);
const packageName = text((value) =>
  /^[A-Za-z0-9][A-Za-z0-9+._:=~-]*$/.test(value)
    ? undefined
    : {
        code: 'invalid-package',
        message: `'${value}' is not a package name`,
        hint: 'write the bare name, for example jq',
      },
);
const serviceName = text((value) =>
  /^[A-Za-z0-9@_.-]+$/.test(value)
    ? undefined
    : {
        code: 'invalid-unit',
        message: `'${value}' is not a unit name`,
        hint: 'write a name such as postfix or postfix.service',
      },
);

export const os = z
  .strictObject({
    family: z
      .enum(['debian', 'rhel'])
      .default('debian')
      .describe('debian: Debian and Ubuntu; rhel: RHEL, Rocky, Alma, CentOS. Decides package names.'),
    timezone: text((value) => {
      if (/^[A-Za-z0-9_+-]+(\/[A-Za-z0-9_+-]+){0,2}$/.test(value)) return undefined;
      return {
        code: 'invalid-timezone',
        message: `'${value}' is not a time zone`,
        hint: 'write a name of the tz database, for example Europe/Berlin',
      };
    })
      .default('Etc/UTC')
      .describe('Name in the tz database.'),
    locale: text((value) =>
      /^[A-Za-z_]+(\.[A-Za-z0-9-]+)?$/.test(value)
        ? undefined
        : { code: 'invalid-locale', message: `'${value}' is not a locale`, hint: 'for example en_US.UTF-8' },
    )
      .default('C.UTF-8')
      .describe('System locale.'),
    ntp: z
      .strictObject({
        enabled: z.boolean().default(true).describe('Keep the clock by NTP. Certificates and etcd need it.'),
        servers: z.array(singleLine).default([]).describe('NTP servers; empty: those of the distribution.'),
      })
      .prefault({})
      .describe('Time synchronisation.'),
    swap: z
      .enum(['off', 'keep'])
      .default('off')
      .describe('off: swap is switched off for good. keep: kubelet is told to tolerate it.'),
    selinux: z.enum(['permissive', 'disabled', 'keep']).default('permissive').describe('SELinux on RHEL-like systems.'),
    firewall: z
      .enum(['off', 'keep'])
      .default('off')
      .describe('off: firewalld and ufw are stopped and disabled. keep: you open the ports.'),
    disableServices: z.array(serviceName).default([]).describe('Services to stop and disable, for example postfix.'),
    packages: z.array(packageName).default([]).describe('Packages besides those that the node needs.'),
    packageUpgrade: z
      .boolean()
      .default(false)
      .describe('Upgrade all packages at the first boot. Off: two nodes of one day are alike.'),
    kernelModules: z.array(moduleName).default([]).describe('Modules besides those that the components need.'),
    sysctls: z
      .record(sysctlKey, z.union([singleLine, z.int()]))
      .default({})
      .describe('Kernel settings besides, or instead of, the defaults.'),
    hosts: z
      .array(z.strictObject({ address: ipAddress, names: z.array(dnsName).min(1) }))
      .default([])
      .describe('Lines of /etc/hosts besides the nodes of the cluster.'),
    sshAuthorizedKeys: z
      .array(singleLine)
      .default([])
      .describe('Public keys for the image’s default user. Nobody needs to log in.'),
    journald,
    proxy: proxy.optional(),
  })
  .prefault({})
  .describe('The operating system of the nodes.');

const dataTenants = ['etcd', 'docker', 'containerd', 'kubelet'] as const;

export const dataDisks = z
  .array(
    z.strictObject({
      device: absolutePath.optional().describe('Device node, for example /dev/vdb.'),
      id: singleLine.optional().describe('Name below /dev/disk/by-id.'),
      serial: singleLine.optional().describe('Serial number, as lsblk shows it.'),
      filesystem: z.enum(['ext4', 'xfs']).default('ext4').describe('File system that an empty device gets.'),
      mount: absolutePath.describe('Where it is mounted.'),
      holds: z
        .array(z.enum(dataTenants))
        .default([])
        .describe('Whose data lives on it, each in a folder of its own name.'),
      roles: z.array(role).default(['master', 'worker', 'etcd']).describe('Nodes that have this disk.'),
    }),
  )
  .default([])
  .describe(
    'Disks for data. Only a provably empty one is formatted; one of this cluster and node is reused; anything else is refused.',
  );

const ownFile = {
  source: singleLine.optional().describe('A file beside the cluster file.'),
  content: z.string().optional().describe('The content itself.'),
  roles: z
    .array(role)
    .default([...roles])
    .describe('Nodes that get it.'),
};

export const extraFiles = z
  .array(
    z.strictObject({
      path: absolutePath.describe('Path on the node.'),
      mode: text((value) =>
        /^0[0-7]{3}$/.test(value)
          ? undefined
          : {
              code: 'invalid-mode',
              message: `'${value}' is not a file mode`,
              hint: "write four octal digits in quotes, for example '0644'",
            },
      )
        .optional()
        .describe('Mode, four octal digits in quotes. Default: 0644, or 0600 when secret.'),
      secret: z.boolean().default(false).describe('Never shown, never in an image.'),
      ...ownFile,
    }),
  )
  .default([])
  .describe('Files of your own.');

export const extraUnits = z
  .array(
    z.strictObject({
      name: text((value) =>
        /^[A-Za-z0-9:_.@-]+\.(service|timer|socket|path|mount|target)$/.test(value)
          ? undefined
          : {
              code: 'invalid-unit',
              message: `'${value}' is not a unit name`,
              hint: 'end it in .service, .timer, .socket, .path, .mount or .target',
            },
      ).describe('Unit name.'),
      start: z.boolean().default(true).describe('Start it with the node.'),
      ...ownFile,
    }),
  )
  .default([])
  .describe('systemd units of your own.');

export const hostNetwork = z
  .strictObject({
    cidr: cidr.optional().describe('The network that the nodes’ addresses are in.'),
    gateway: ipAddress
      .optional()
      .describe('Default route. With `cidr` it makes the seed’s network-config static; without, DHCP.'),
    nameservers: z.array(ipAddress).default([]).describe('DNS servers of the nodes.'),
    interface: text((value) =>
      /^[A-Za-z0-9_.*-]{1,15}$/.test(value)
        ? undefined
        : {
            code: 'invalid-interface',
            message: `'${value}' is not an interface name`,
            hint: 'for example eth0 or en*',
          },
    )
      .default('e*')
      .describe('Interface name or pattern in network-config.'),
  })
  .prefault({})
  .describe('The network that the nodes stand in.');
