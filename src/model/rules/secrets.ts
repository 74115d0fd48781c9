import type { DataPath } from '../../base/diagnostic.ts';
import { isSecretFlag } from '../../base/secret-keys.ts';
import { holdsLogin } from '../../base/secret-url.ts';
import { eachIntact } from '../loading/intact.ts';
import { say, secretKinds } from './messages.ts';
import { type Finding, type Rule, warning } from './rule.ts';

/** Why a text is a secret, in words; undefined if everybody may read it. */
export function secretWithin(text: string): string | undefined {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) return secretKinds.key;
  return holdsLogin(text) ? secretKinds.login : undefined;
}

/** Whether a manifest holds a Secret of Kubernetes, or another key or login. */
export function isSecretManifest(text: string): boolean {
  return /(^|[\s{,-])["']?kind["']?\s*:\s*["']?Secret\b/m.test(text) || secretWithin(text) !== undefined;
}

/** Every user of the node can read an open file's content, and it is part of an image. */
export function openSecret(path: string, what: string, at: DataPath): Finding {
  return warning(at, say('secret-in-open-file', { path, what }));
}

/**
 * A private key or a password in the user's own files. Files beside the cluster file are checked when they are read.
 */
export const ownSecretsAreMarked: Rule = ({ spec }) => [
  ...eachIntact(spec.extraFiles, ({ path, content, secret }, index) => {
    const what = secretWithin(content ?? '');
    return secret || what === undefined ? [] : [openSecret(path, what, ['extraFiles', index, 'content'])];
  }),
  ...eachIntact(spec.extraUnits, ({ name, content }, index) => {
    const what = secretWithin(content ?? '');
    if (what === undefined) return [];
    return [warning(['extraUnits', index, 'content'], say('secret-in-unit', { name, what }))];
  }),
];

/** Every user of a machine can read its command lines, including a unit's. */
export const noSecretsOnCommandLines: Rule = ({ spec }) => {
  const { kubernetes, etcd, network } = spec;
  const programs = [
    [['kubernetes', 'apiServer'], kubernetes.apiServer],
    [['kubernetes', 'controllerManager'], kubernetes.controllerManager],
    [['kubernetes', 'scheduler'], kubernetes.scheduler],
    [['kubernetes', 'kubelet'], kubernetes.kubelet],
    [['kubernetes', 'kubeProxy'], kubernetes.kubeProxy],
    [['etcd'], etcd],
    [['network', 'flannel'], network.flannel],
  ] as const;
  return eachIntact(programs, ([path, { extraArgs }]) =>
    Object.entries(extraArgs).flatMap(([flag, value]) => {
      const login = [value].flat().some((one) => typeof one === 'string' && holdsLogin(one));
      if (!login && !isSecretFlag(flag)) return [];
      return [warning([...path, 'extraArgs', flag], say('secret-on-command-line', { flag, login }))];
    }),
  );
};
