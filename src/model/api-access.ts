import { parse } from 'yaml';
import type { Cluster } from './cluster.ts';
import { extraFlag } from './final-flags.ts';

/** kube-apiserver's settings for authentication and authorization; one of the user's own files may replace a flag. */
export interface ApiAccess {
  /** --anonymous-auth; undefined if the authentication file decides. */
  readonly anonymousAuth?: boolean;
  /** The file decides on anonymous requests, but knode cannot read it. */
  readonly anonymousUnknown: boolean;
  /** --authorization-mode; undefined if an authorization file decides. */
  readonly authorizationModes?: readonly string[];
}

/**
 * The `anonymous` block of the user's authentication file: there, absent, or unknown because the file is not available.
 */
function anonymousBlock(cluster: Cluster, path: string): 'there' | 'absent' | 'unknown' {
  const file = cluster.spec.extraFiles.find((entry) => entry.path === path);
  if (file?.content === undefined) return 'unknown';
  try {
    const document: unknown = parse(file.content);
    if (typeof document !== 'object' || document === null) return 'unknown';
    return 'anonymous' in document ? 'there' : 'absent';
  } catch {
    return 'unknown';
  }
}

/**
 * kube-apiserver refuses --anonymous-auth beside a file with an `anonymous` block, and --authorization-mode beside any
 * authorization file (pkg/kubeapiserver/options/authentication.go and authorization.go, 1.30 to 1.36).
 */
export function apiAccess(cluster: Cluster): ApiAccess {
  const { anonymousAuth, authorizationModes } = cluster.spec.kubernetes.apiServer;
  const authentication = extraFlag(cluster, 'kube-apiserver', 'authentication-config');
  const modes = extraFlag(cluster, 'kube-apiserver', 'authorization-config') ? {} : { authorizationModes };
  if (!authentication || !cluster.kubernetes.hasAnonymousBlock()) {
    return { anonymousAuth, anonymousUnknown: false, ...modes };
  }
  const block = anonymousBlock(cluster, authentication.value);
  if (block === 'absent') return { anonymousAuth, anonymousUnknown: false, ...modes };
  return { anonymousUnknown: block === 'unknown', ...modes };
}
