import * as z from 'zod';
import { port } from './addresses.ts';
import { say } from './messages.ts';
import { absolutePath, duration, extraArgs, httpUrl, singleLine, text } from './primitives.ts';
import { featureGates, verbosity } from './program-settings.ts';

const pluginName = text((value) => (/^[A-Z][A-Za-z]+$/.test(value) ? undefined : say('invalid-plugin', { value })));
/** The names become one flag, a=true,b=false: a ',' or '=' in a name would change it. */
const apiName = text((value) => (/^[a-z0-9][a-z0-9./-]*$/.test(value) ? undefined : say('invalid-api', { value })), {
  pattern: '^[a-z0-9][a-z0-9./-]*$',
});
const apiSwitch = text((value) => (/^(true|false)$/.test(value) ? undefined : say('invalid-api/switch', { value })), {
  pattern: '^(true|false)$',
});

const audit = z
  .strictObject({
    enabled: z.boolean().default(true).describe('Write an audit log.'),
    policy: singleLine
      .optional()
      .describe(
        'A policy file beside the cluster file. Default: metadata of everything but reads of events, leases and health.',
      ),
    directory: absolutePath.default('/var/log/kubernetes').describe('Folder of audit.log.'),
    maxAge: z.int().min(1).default(30).describe('Days to keep.'),
    maxBackup: z.int().min(1).default(10).describe('Files to keep.'),
    maxSize: z.int().min(1).default(100).describe('Megabytes of one file.'),
  })
  .prefault({})
  .describe('Audit log. It always has a policy: without one the API server logs nothing.');

const encryption = z
  .strictObject({
    provider: z
      .enum(['secretbox', 'aescbc', 'none'])
      .default('secretbox')
      .describe('Encryption of the resources in etcd.'),
    resources: z.array(singleLine).min(1).default(['secrets']).describe('Encrypted resources.'),
  })
  .prefault({})
  .describe('Encryption at rest. The key is made once and kept in the state.');

export const apiServer = z
  .strictObject({
    port: port.default(6443).describe('--secure-port.'),
    anonymousAuth: z.boolean().default(false).describe('--anonymous-auth. Nothing that knode sets up needs it.'),
    authorizationModes: z
      .array(z.enum(['Node', 'RBAC', 'ABAC', 'Webhook', 'AlwaysAllow', 'AlwaysDeny']))
      .min(1)
      .default(['Node', 'RBAC'])
      .describe('--authorization-mode. Left out beside a file given by --authorization-config.'),
    admissionPlugins: z
      .strictObject({
        enable: z
          .array(pluginName)
          .default([])
          .describe('Besides NodeRestriction and those that the version has on by default.'),
        disable: z
          .array(pluginName)
          .default([])
          .describe('Disabled plugins. Do not disable NodeRestriction without need.'),
      })
      .prefault({})
      .describe('Admission plugins.'),
    runtimeConfig: z
      .record(apiName, z.union([z.boolean(), apiSwitch]))
      .default({})
      .describe('--runtime-config, for example api/all: true.'),
    eventTTL: duration.default('1h').describe('--event-ttl.'),
    maxRequestsInflight: z.int().min(1).default(400).describe('--max-requests-inflight.'),
    maxMutatingRequestsInflight: z.int().min(1).default(200).describe('--max-mutating-requests-inflight.'),
    requestTimeout: duration.default('1m').describe('--request-timeout.'),
    etcdPrefix: absolutePath.default('/registry').describe('--etcd-prefix.'),
    serviceAccountIssuer: httpUrl
      .optional()
      .describe('--service-account-issuer. Default: https://kubernetes.default.svc.DOMAIN.'),
    aggregatorRouting: z
      .boolean()
      .default(false)
      .describe('--enable-aggregator-routing: the API server reaches extension servers by pod address.'),
    verbosity,
    audit,
    encryption,
    featureGates,
    extraArgs: extraArgs.describe('Further flags; they override knode’s, except those that hold the cluster together.'),
  })
  .prefault({})
  .describe('kube-apiserver.');
