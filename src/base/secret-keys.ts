/**
 * Keys whose text is a secret, in the cluster file and in configurations of programs. etcd's cluster token is a name,
 * not a secret.
 */
const secretKey =
  /((?<!cluster-?)token|password|passwd|authorization|api[-_]?key|secret[-_]?key|private[-_]?key|^auth|^psk)$/i;

/** HTTP headers carry keys under many names. */
const headers = /^(headers?|staticPodURLHeader|manifest[-_]url[-_]header)$/;

/** Whether the text at this place, given by its keys from the top of a document, is a secret. */
export function isSecretPlace(keys: readonly string[]): boolean {
  return keys.some((key) => headers.test(key)) || secretKey.test(keys.at(-1) ?? '');
}

/** Whether the value of a flag is a secret. etcd's --auth-token names a kind of token, so it is not. */
export function isSecretFlag(flag: string): boolean {
  return flag !== 'auth-token' && isSecretPlace([flag]);
}
