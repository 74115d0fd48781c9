import * as z from 'zod';
import { say } from './messages.ts';
import { singleLine, text } from './primitives.ts';

/** ParseVersion of k8s.io/pod-security-admission/api: `latest` or a minor of Kubernetes 1. */
const standardVersion = text(
  (value) => (/^(latest|v1\.(0|[1-9]\d*))$/.test(value) ? undefined : say('invalid-version', { value })),
  { pattern: '^(latest|v1\\.(0|[1-9][0-9]*))$' },
);

/** A namespace is a DNS label, the name of a RuntimeClass may have dots (admission/api/validation of pod-security-admission). */
const objectName = (what: string, pattern: RegExp) =>
  text((value) => (pattern.test(value) && value.length <= 253 ? undefined : say('invalid-name', { value, what })), {
    pattern: pattern.source,
  });
const namespaceName = objectName('namespace', /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
const runtimeClassName = objectName(
  'RuntimeClass',
  /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
);

const level = (what: string) =>
  z
    .enum(['privileged', 'baseline', 'restricted'])
    .default('privileged')
    .describe(`${what} Default: privileged, which allows everything.`);
const versionOf = (key: string) =>
  standardVersion.default('latest').describe(`The standard’s version for ${key}: latest, or a minor such as v1.36.`);

export const podSecurity = z
  .strictObject({
    enforce: level('Pods beyond this level are refused.'),
    enforceVersion: versionOf('enforce'),
    audit: level('Pods beyond this level are told in the audit log.'),
    auditVersion: versionOf('audit'),
    warn: level('Pods beyond this level are told to who makes them.'),
    warnVersion: versionOf('warn'),
    exempt: z
      .strictObject({
        namespaces: z.array(namespaceName).default(['kube-system']).describe('Namespaces that are exempt.'),
        runtimeClasses: z.array(runtimeClassName).default([]).describe('RuntimeClasses whose pods are exempt.'),
        usernames: z
          .array(singleLine)
          .default([])
          .describe('Users whose pods are exempt. Most pods are created by a controller, with its own user.'),
      })
      .prefault({})
      .describe('Exemptions.'),
  })
  .optional()
  .describe(
    'The pod security standard of namespaces without labels for it (admission plugin PodSecurity, from Kubernetes 1.22 on). Default: no level.',
  );
