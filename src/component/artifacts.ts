import { nodePaths } from '../base/node-paths.ts';
import type { NodeContext } from './context.ts';
import type { Contribution } from './contract.ts';
import type { Merged } from './merged.ts';

/** Downloads what the components asked for; every byte is checked against the lock before it is put in place. */
export function artifactsContribution({ cluster }: NodeContext, merged: Merged): Contribution {
  if (merged.artifacts.length === 0) return {};
  const from = ['artifacts'];
  return {
    files: [
      { path: nodePaths.artifactsList, layer: 'image', from, content: { kind: 'artifacts', needs: merged.artifacts } },
      { path: `${nodePaths.lib}/fetch`, layer: 'image', mode: '0755', content: { kind: 'static' } },
    ],
    units: [{ name: 'knode-artifacts.service', layer: 'image', start: true, from, content: { kind: 'static' } }],
    packages: ['curl'],
    environment: {
      KNODE_MIRRORS: cluster.spec.artifacts.mirrors.join(' '),
      KNODE_FETCH_JOBS: String(cluster.spec.artifacts.parallel),
    },
  };
}
