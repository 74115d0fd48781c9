import type { ArtifactNeed, ResolvedArtifact } from '../../src/component/artifact.ts';

/** An artifact for tests that do not care which bytes it has. */
export function unlockedFor(need: ArtifactNeed): ResolvedArtifact {
  return {
    ...need,
    algorithm: 'sha256',
    checksum: '0'.repeat(64),
    key: need.name,
    url: `https://example.com/${need.name}`,
    format: 'binary',
    members: [],
  };
}
