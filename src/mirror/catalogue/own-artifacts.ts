import type { DataPath, Diagnostic } from '../../base/diagnostic.ts';
import { nodePaths } from '../../base/node-paths.ts';
import type { ArtifactNeed } from '../../component/artifact.ts';
import type { OwnArtifact } from '../../model/own-artifacts.ts';
import { messages } from '../messages.ts';
import type { Catalogue, CatalogueEntry } from './catalogue.ts';
import { artifactId } from './identity.ts';
import { upstreamFile } from './upstream-file.ts';

const arches = ['amd64', 'arm64'] as const;

/** The catalogue with the artifacts of the cluster file added. Call it after `checkOwnNames`. */
export function withOwnArtifacts(catalogue: Catalogue, own: readonly OwnArtifact[]): Catalogue {
  const entries = own.flatMap((one) =>
    (one.arch === undefined ? arches : [one.arch]).map((arch): [string, CatalogueEntry] => [
      artifactId({ ...one, arch }),
      entryOf(one),
    ]),
  );
  return entries.length === 0 ? catalogue : new Map([...catalogue, ...entries]);
}

function entryOf({ name, url, file, format, members, sha256 }: OwnArtifact): CatalogueEntry {
  return {
    name,
    description: name,
    url: url ?? `file:${file}`,
    format,
    arch: { amd64: 'amd64', arm64: 'arm64' },
    checksums: [],
    // tar stores the members of `tar -C folder .` as `./file`; every reader accepts both.
    members:
      format === 'image'
        ? [{ from: '', to: `${nodePaths.images}/${name}.tar`, mode: '0644' }]
        : members.map(({ from, to, mode }) => ({ from: from.replace(/^\.\//, ''), to, mode })),
    own: { sha256 },
  };
}

/** Reports names that knode uses itself: those of its catalogue, and of the node layer archives that it makes. */
export function checkOwnNames(own: readonly OwnArtifact[], catalogue: Catalogue): Diagnostic[] {
  return own.flatMap(({ name }, index) => {
    if (!catalogue.has(name) && !name.startsWith('payload-')) return [];
    const path = ['artifacts', 'extra', index, 'name'];
    const [message, hint] = [messages.nameTaken(name), messages.nameTakenHint];
    return [{ severity: 'error', code: 'artifact-name-taken', message, hint, path }];
  });
}

/** The part of a plan that is needed here. */
interface Installed {
  readonly artifacts: readonly ArtifactNeed[];
  readonly files: readonly { readonly path: string; readonly component: string }[];
}

/**
 * Reports paths that one of the user's own artifacts installs, and that something else installs on the same node, too.
 */
export function checkOwnPaths(plan: Installed, own: readonly OwnArtifact[], catalogue: Catalogue): Diagnostic[] {
  const owners = new Map(plan.files.map((file) => [file.path, file.component]));
  const isOwn = (need: ArtifactNeed) => catalogue.get(artifactId(need))?.own !== undefined;
  for (const need of plan.artifacts.filter((one) => !isOwn(one)))
    for (const { to } of upstreamFile(need, catalogue).members) owners.set(to, need.name);
  return plan.artifacts.filter(isOwn).flatMap((need) => {
    const index = own.findIndex(
      ({ name, version, arch = need.arch }) => name === need.name && version === need.version && arch === need.arch,
    );
    return upstreamFile(need, catalogue).members.flatMap(({ to }, at): Diagnostic[] => {
      const owner = owners.get(to);
      owners.set(to, need.name);
      const path: DataPath = ['artifacts', 'extra', index, 'members', at, 'to'];
      if (owner === undefined) return [];
      const [message, hint] = [messages.pathTaken(to, owner), messages.pathTakenHint];
      return [{ severity: 'error', code: 'artifact-path-taken', message, hint, path }];
    });
  });
}
