import { ownArtifactsOf } from '../../model/own-artifacts.ts';
import type { Component } from '../context.ts';

/** The user's own artifacts (`artifacts.extra`). `mirror` adds them to the catalogue, which says what they install. */
export const ownArtifacts: Component = {
  name: 'own-artifacts',
  purpose: 'your own programs and images, pinned like the others',
  contribute({ cluster, node }) {
    const own = ownArtifactsOf(cluster, node);
    if (own.length === 0) return undefined;
    return { artifacts: own.map(({ name, version }) => ({ name, version, arch: node.arch })) };
  },
};
