import { isSecretFlag, isSecretPlace } from '../../base/secret-keys.ts';
import { holdsLogin } from '../../base/secret-url.ts';
import type { Content } from '../contract.ts';

/**
 * Whether a program's configuration holds a secret from the user (`extraConfig`): a registry's password, a proxy's
 * login. Such a file is readable by root only and is in no image, whatever else it holds.
 */
export function holdsSecret(content: Content): boolean {
  switch (content.kind) {
    case 'yaml':
      return isSecret(content.documents, []);
    case 'json':
    case 'toml':
      return isSecret(content.value, []);
    case 'env':
      return isSecret(content.values, []);
    case 'template':
      return isSecret(content.data, ['']);
    default:
      return false;
  }
}

/** An argument of a unit whose flag names a secret: `--etcd-password=…`. */
function isSecretArgument(text: string): boolean {
  const [, flag = ''] = /^"?--([A-Za-z0-9_-]+)=./.exec(text) ?? [];
  return isSecretFlag(flag);
}

function isSecret(value: unknown, keys: readonly string[]): boolean {
  if (typeof value === 'string')
    return holdsLogin(value) || isSecretArgument(value) || (value !== '' && isSecretPlace(keys));
  if (Array.isArray(value)) return value.some((item) => isSecret(item, keys));
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, item]) => isSecret(item, [...keys, key]));
}
