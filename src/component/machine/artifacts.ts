import { nodePaths } from '../../base/node-paths.ts';
import { isSecretUrl } from '../../base/secret-url.ts';
import type { Merged } from '../build/merged.ts';
import type { NodeContext } from '../context.ts';
import type { Contribution, FileDecl } from '../contract.ts';

/** The mirrors: in a file that only root reads if a URL has a password or a signature, otherwise in cluster.env. */
function mirrors({ cluster }: NodeContext): { files: readonly FileDecl[]; environment: Record<string, string> } {
  const { mirrors: urls } = cluster.spec.artifacts;
  const values = { KNODE_MIRRORS: urls.join(' ') };
  if (!urls.some(isSecretUrl)) return { files: [], environment: values };
  const from = ['artifacts', 'mirrors'];
  const content = { kind: 'env', values } as const;
  return { files: [{ path: nodePaths.mirrorsEnv, layer: 'cluster', secret: true, from, content }], environment: {} };
}

/** Downloads the artifacts of the components; every byte is checked against the lock before it is put in place. */
export function artifactsContribution(context: NodeContext, merged: Merged): Contribution {
  const { files, environment } = mirrors(context);
  // A node without programs still gets its payload from the mirrors.
  if (merged.artifacts.length === 0)
    return context.cluster.spec.artifacts.payload === 'mirror' ? { files, environment } : {};
  const from = ['artifacts'];
  const needs = merged.artifacts;
  const sections = context.cluster.spec.artifacts.mirrors.length > 0 ? ['mirrors'] : [];
  return {
    files: [
      ...files,
      { path: nodePaths.artifactsList, layer: 'image', from, content: { kind: 'artifacts', needs } },
      { path: `${nodePaths.lib}/fetch`, layer: 'image', mode: '0755', content: { kind: 'static', sections, needs } },
    ],
    units: [{ name: 'knode-artifacts.service', layer: 'image', start: true, from, content: { kind: 'static' } }],
    packages: ['curl'],
    environment: { ...environment, KNODE_FETCH_JOBS: String(context.cluster.spec.artifacts.parallel) },
  };
}
