import type { DataPath } from '../../base/diagnostic.ts';
import { isSecretFlag } from '../../base/secret-keys.ts';
import { holdsLogin } from '../../base/secret-url.ts';
import { eachIntact } from '../intact.ts';
import { say } from './messages.ts';
import { type Finding, type Rule, warning } from './rule.ts';

/** What makes a text a secret, in words; undefined for one that everybody may read. */
export function secretWithin(text: string): string | undefined {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) return 'a private key';
  return holdsLogin(text) ? 'a URL with a login' : undefined;
}

/** Whether a manifest holds a Secret of Kubernetes, or a key or login of another kind. */
export function isSecretManifest(text: string): boolean {
  return /(^|[\s{,-])["']?kind["']?\s*:\s*["']?Secret\b/m.test(text) || secretWithin(text) !== undefined;
}

/** An open file's content is read by every user of the node and is part of an image. */
export function openSecret(path: string, what: string, at: DataPath): Finding {
  return warning(at, say('secret-in-open-file', { path, what }));
}

/** A private key or a password among the user's own files. Files beside the cluster file are looked at when they are read. */
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

/** Every user of a machine reads its command lines, and a unit's as well. */
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
