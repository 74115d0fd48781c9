import type { DataPath } from '../../base/diagnostic.ts';
import { isSecretFlag } from '../../base/secret-keys.ts';
import { holdsLogin } from '../../base/secret-url.ts';
import { eachIntact } from '../intact.ts';
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
  const message = `${path} holds ${what}, which every user of the node can read and an image would carry`;
  return warning(at, 'secret-in-open-file', message, 'add secret: true');
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
    const message = `${name} holds ${what}: systemctl show tells every user of the node what is in a unit`;
    const hint = 'put it into an entry of extraFiles with secret: true, and name that as EnvironmentFile';
    return [warning(['extraUnits', index, 'content'], 'secret-in-unit', message, hint)];
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
      const what = login ? 'a URL with a login' : 'a secret';
      const message = `--${flag} holds ${what}: every user of the node can read a command line`;
      const hint = `give the program the ${login ? 'login' : 'secret'} in a file of its own, or use an address that wants none`;
      return [warning([...path, 'extraArgs', flag], 'secret-on-command-line', message, hint)];
    }),
  );
};
