import * as z from 'zod';
import { nearest } from '../../base/nearest.ts';
import { osReleaseNames } from '../../release/os-release.ts';
import { dnsName, ipAddress } from './addresses.ts';
import { httpUrl, singleLine, text } from './primitives.ts';

/** journald.conf takes a backslash at the end of a line for its continuation. */
const journalValue = text((value) =>
  /^[A-Za-z0-9][A-Za-z0-9. ]*$/.test(value)
    ? undefined
    : {
        code: 'invalid-journal-limit',
        message: `'${value}' is no size and no time span of journald`,
        hint: 'write a number and a unit, for example 2G, 30s or 2week',
      },
);

const journald = z
  .strictObject({
    storage: z.enum(['persistent', 'volatile', 'auto', 'none']).default('persistent').describe('Storage=.'),
    compress: z.boolean().default(true).describe('Compress=.'),
    syncInterval: journalValue.default('5m').describe('SyncIntervalSec=.'),
    rateLimitInterval: journalValue.default('30s').describe('RateLimitIntervalSec=.'),
    rateLimitBurst: z
      .int()
      .min(0)
      .default(10000)
      .describe('RateLimitBurst=. The documents’ 1000 loses messages of a busy kubelet.'),
    maxUse: journalValue.default('2G').describe('SystemMaxUse=.'),
    maxFileSize: journalValue.default('200M').describe('SystemMaxFileSize=.'),
    maxRetention: journalValue.default('2week').describe('MaxRetentionSec=.'),
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

const release = text((value) => {
  if (osReleaseNames().includes(value)) return undefined;
  const near = nearest(value, osReleaseNames());
  return {
    code: 'os-release-unknown',
    message: `knode has no facts for the operating system '${value}'`,
    hint: `${near === undefined ? '' : `did you mean '${near}'? `}known: ${osReleaseNames().join(', ')}`,
  };
});

export const os = z
  .strictObject({
    release: release
      .optional()
      .describe(
        'The operating system’s release, for example debian-12, ubuntu-24.04, rocky-9. With it, what its kernel, glibc and cgroup hierarchy cannot run is told, and defaults follow it.',
      ),
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
        servers: z
          .array(singleLine)
          .default([])
          .describe('NTP servers. Empty: the time service of the image stays as its platform has configured it.'),
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
    packages: z
      .array(packageName)
      .default([])
      .describe(
        'Packages besides those that the node needs. A name that no source has holds up nothing but the receipt.',
      ),
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
      .describe('Lines of /etc/hosts besides those of masters, etcd nodes, balancers and the node itself.'),
    sshAuthorizedKeys: z
      .array(singleLine)
      .default([])
      .describe('Public keys for the image’s default user. Nobody needs to log in.'),
    journald,
    proxy: proxy.optional(),
  })
  .prefault({})
  .describe('The operating system of the nodes.');
