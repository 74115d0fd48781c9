import { parse } from 'yaml';
import type { Cluster } from './cluster.ts';
import { extraFlag } from './final-flags.ts';

/** How kube-apiserver is told whom it lets in, where a file of the user's own may say it instead of a flag. */
export interface ApiAccess {
  /** --anonymous-auth; absent where the authentication file decides. */
  readonly anonymousAuth?: boolean;
  /** The file decides about anonymous requests, and knode cannot read there what it says. */
  readonly anonymousUnknown: boolean;
  /** --authorization-mode; absent where an authorization file decides. */
  readonly authorizationModes?: readonly string[];
}

/** The `anonymous` block of the user's authentication file: there, not there, or in a file that is not at hand. */
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
