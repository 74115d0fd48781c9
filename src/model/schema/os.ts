import * as z from 'zod';
import { nearest } from '../../base/nearest.ts';
import { families } from '../../platform/families.ts';
import { osReleaseNames } from '../../release/program/os-release.ts';
import { dnsName, ipAddress } from './addresses.ts';
import { say } from './messages.ts';
import { brokenLine, httpUrl, singleLine, text } from './primitives.ts';

/** journald.conf(5): bytes with a unit of 1024. */
const journalSize = text((value) =>
  /^\d+(\.\d+)?[KMGTPE]?$/.test(value) ? undefined : say('invalid-journal-limit', { value }),
);

/** systemd.time(7), time spans: numbers with units, seconds without one. */
const spanUnit = '(usec|us|µs|msec|ms|seconds?|sec|s|minutes?|min|months?|m|hours?|hr|h|days?|d|weeks?|w|M|years?|y)';
const journalSpan = text((value) =>
  new RegExp(`^(\\d+(\\.\\d+)? ?${spanUnit}? ?)+$`).test(value) || value === 'infinity'
    ? undefined
    : say('invalid-journal-limit/span', { value }),
);

/** sshd(8), AUTHORIZED_KEYS: options, the type, the key in base64, a comment. The key itself begins with its type. */
const sshKey = text((value) => {
  const broken = brokenLine(value);
  if (broken !== undefined) return broken;
  const [, type = '', data = ''] =
    /^(?:\S.*\s)?((?:sk-)?(?:ssh|ecdsa)-[a-z0-9@.-]+)\s+([A-Za-z0-9+/]+={0,2})(?:\s.*)?$/s.exec(value) ?? [];
  const named = Buffer.from(data, 'base64')
    .subarray(4, 4 + type.length)
    .toString('latin1');
  if (type !== '' && named === type) return undefined;
  return say('invalid-ssh-key');
});

/** A server's name or address; the time daemons read one word. */
const ntpServer = text((value) =>
  /^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9.])?$/.test(value) ? undefined : say('invalid-ntp-server', { value }),
);

/** An item of NO_PROXY: programs split it at commas, and some at white space. */
const noProxyItem = text((value) => (/^[^\s,]+$/.test(value) ? undefined : say('invalid-no-proxy', { value })));

const journald = z
  .strictObject({
    storage: z.enum(['persistent', 'volatile', 'auto', 'none']).default('persistent').describe('Storage=.'),
    compress: z.boolean().default(true).describe('Compress=.'),
    syncInterval: journalSpan.default('5m').describe('SyncIntervalSec=.'),
    rateLimitInterval: journalSpan.default('30s').describe('RateLimitIntervalSec=.'),
    rateLimitBurst: z
      .int()
      .min(0)
      .default(10000)
      .describe('RateLimitBurst=. With 1000, as in the seed documents, messages of a busy kubelet are lost.'),
    maxUse: journalSize.default('2G').describe('SystemMaxUse=.'),
    maxFileSize: journalSize.default('200M').describe('SystemMaxFileSize=.'),
    maxRetention: journalSpan.default('2week').describe('MaxRetentionSec=.'),
    forwardToSyslog: z.boolean().default(false).describe('ForwardToSyslog=.'),
  })
  .prefault({})
  .describe('Limits of the journal.');

const proxy = z
  .strictObject({
    http: httpUrl.optional().describe('HTTP_PROXY.'),
    https: httpUrl.optional().describe('HTTPS_PROXY.'),
    noProxy: z
      .array(noProxyItem)
      .default([])
      .describe('Added to NO_PROXY, which always contains the cluster’s own addresses, networks and domain.'),
  })
  .describe('HTTP proxy for downloads and for the container runtime.');

const sysctlKey = text((value) =>
  /^[a-z0-9_]+([./][A-Za-z0-9_*-]+)+$/.test(value) ? undefined : say('invalid-sysctl', { value }),
);
const moduleName = text((value) => (/^[A-Za-z0-9_-]+$/.test(value) ? undefined : say('invalid-module', { value })));
const packageName = text((value) =>
  /^[A-Za-z0-9][A-Za-z0-9+._:=~-]*$/.test(value) ? undefined : say('invalid-package', { value }),
);
const serviceName = text((value) => (/^[A-Za-z0-9@_.-]+$/.test(value) ? undefined : say('invalid-unit', { value })));

const release = text((value) => {
  if (osReleaseNames().includes(value)) return undefined;
  const near = nearest(value, osReleaseNames());
  return say('os-release-unknown', { value, near, known: osReleaseNames() });
});

export const os = z
  .strictObject({
    release: release
      .optional()
      .describe(
        'The operating system’s release, for example debian-12, ubuntu-24.04, rocky-9. With it, knode reports settings that its kernel, glibc or cgroup hierarchy cannot run, and defaults follow it.',
      ),
    family: z
      .enum(families.map((one) => one.name))
      .default(families[0].name)
      .describe(`${families.map((one) => `${one.name}: ${one.distributions}`).join('; ')}. Decides package names.`),
    timezone: text((value) => {
      if (/^[A-Za-z0-9_+-]+(\/[A-Za-z0-9_+-]+){0,2}$/.test(value)) return undefined;
      return say('invalid-timezone', { value });
    })
      .default('Etc/UTC')
      .describe('Name in the tz database.'),
    locale: text((value) =>
      /^[A-Za-z_]+(\.[A-Za-z0-9-]+)?$/.test(value) ? undefined : say('invalid-locale', { value }),
    )
      .default('C.UTF-8')
      .describe('System locale.'),
    ntp: z
      .strictObject({
        enabled: z.boolean().default(true).describe('Keep the clock by NTP. Certificates and etcd need it.'),
        servers: z
          .array(ntpServer)
          .default([])
          .describe('NTP servers. Empty: the time service of the image stays as its platform has configured it.'),
      })
      .prefault({})
      .describe('Time synchronisation.'),
    swap: z
      .enum(['off', 'keep'])
      .default('off')
      .describe('off: swap is disabled permanently. keep: kubelet tolerates it.'),
    selinux: z.enum(['permissive', 'disabled', 'keep']).default('permissive').describe('SELinux on RHEL-like systems.'),
    firewall: z
      .enum(['off', 'keep'])
      .default('off')
      .describe('off: firewalld and ufw are stopped and disabled. keep: you open the ports.'),
    disableServices: z.array(serviceName).default([]).describe('Services to stop and disable, for example postfix.'),
    packages: z
      .array(packageName)
      .default([])
      .describe('Packages besides those that the node needs. A name that no source has delays only the receipt.'),
    packageUpgrade: z
      .boolean()
      .default(false)
      .describe('Upgrade all packages at the first boot. Off: two nodes made on the same day are alike.'),
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
      .array(sshKey)
      .default([])
      .describe('Public keys for the image’s default user. No login is needed to run the cluster.'),
    journald,
    proxy: proxy.optional(),
  })
  .prefault({})
  .describe('The operating system of the nodes.');
