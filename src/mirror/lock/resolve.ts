import type { Diagnostic, Report } from '../../base/diagnostic.ts';
import type { ArtifactNeed, ResolvedArtifact } from '../../component/artifact.ts';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { artifactId, artifactLabel, sortedNeeds } from '../catalogue/identity.ts';
import { publishedLockEntries } from '../catalogue/published.ts';
import { type UpstreamFile, upstreamFile } from '../catalogue/upstream-file.ts';
import { replaceHost, type UpstreamHosts } from '../catalogue/upstream-hosts.ts';
import { pinsOtherImage } from '../container-images/reference.ts';
import { messages, say as words } from '../messages.ts';
import { type ArtifactLock, entrySpan, lockFileName } from './lock.ts';
import { explainOther } from './plan.ts';
import type { LockEntry } from './schema.ts';

export interface ResolveOptions {
  /** Lets nodes use the checksum that upstream publishes for artifacts that the lock does not pin. */
  readonly unlocked: boolean;
  readonly replaceHosts?: UpstreamHosts;
  /** The path of the lock, for messages if there is none. */
  readonly lockFile?: string;
}

/** Artifacts of a plan that the lock does not pin. */
interface Unpinned {
  readonly need: ArtifactNeed;
  readonly upstream: UpstreamFile;
}

/** Finds checksum, URL, mirror key and members of each artifact of a plan. The map's keys are `artifactId`s. */
export function resolveArtifacts(
  needs: readonly ArtifactNeed[],
  catalogue: Catalogue,
  lock: ArtifactLock | undefined,
  options: ResolveOptions,
): Report<Map<string, ResolvedArtifact>> {
  const pins = new Map(lock?.entries.map((entry) => [artifactId(entry), entry]));
  const resolved = new Map<string, ResolvedArtifact>();
  const unpinned: Unpinned[] = [];
  const others: Diagnostic[] = [];
  for (const need of sortedNeeds(needs)) {
    const upstream = upstreamFile(need, catalogue);
    const pin = fitting(pins.get(artifactId(need)), upstream);
    const artifact = pin ? pinned(pin, upstream) : options.unlocked ? trusting(need, upstream) : undefined;
    if (pin === undefined) unpinned.push({ need, upstream });
    if (artifact !== undefined) resolved.set(artifactId(need), forNodes(artifact, options.replaceHosts ?? {}));
    if (lock && pin) others.push(...explainShipped(pin, upstream, lock), ...explainOwn(pin, upstream, lock));
  }
  const diagnostics = [...others, ...explainUnpinned(unpinned, lock, options)];
  return diagnostics.some((d) => d.severity === 'error') ? { diagnostics } : { value: resolved, diagnostics };
}

/** One of the user's own files whose checksums in cluster file and lock differ. */
function explainOwn(pin: LockEntry, { own }: UpstreamFile, lock: ArtifactLock): Diagnostic[] {
  const differs = pin.algorithm === 'sha256' && own !== undefined && pin.checksum !== own.sha256;
  return differs ? [explainOther(pin, own.sha256, lock)] : [];
}

/**
 * The checksum that ships with knode, if the lock pins upstream's own file by another one and does not mark it as the
 * user's.
 */
function explainShipped(pin: LockEntry, upstream: UpstreamFile, lock: ArtifactLock): Diagnostic[] {
  const [shipped] = pin.checksumFrom === 'user' || pin.url !== upstream.url ? [] : publishedLockEntries([pin]);
  if (shipped === undefined || shipped.algorithm !== pin.algorithm || shipped.checksum === pin.checksum) return [];
  const span = entrySpan(lock, pin, pin.algorithm);
  return [
    {
      severity: 'warning',
      ...words('checksum-not-upstreams', { pin: artifactLabel(pin), checksum: shipped.checksum, name: pin.name }),
      ...(span && { span }),
    },
  ];
}

/** An image that is locked under another name does not count as pinned. */
function fitting(pin: LockEntry | undefined, upstream: UpstreamFile): LockEntry | undefined {
  return pin !== undefined && pinsOtherImage(pin.url, upstream.url) ? undefined : pin;
}

/**
 * From the lock. Its URL may differ from the catalogue's: it may be the user's mirror, whose bytes the checksum
 * verifies.
 */
function pinned(pin: LockEntry, upstream: UpstreamFile): ResolvedArtifact {
  const { name, version, arch, algorithm, checksum, url } = pin;
  const { format, members } = upstream;
  const size = pin.size === undefined ? {} : { size: pin.size };
  return { name, version, arch, algorithm, checksum, ...size, key: pin.key ?? upstream.key, url, format, members };
}

/** For inspection: the node uses upstream's checksum file, and refuses the artifact if there is none. */
function trusting(need: ArtifactNeed, upstream: UpstreamFile): ResolvedArtifact {
  const { published, key, url, format, members } = upstream;
  const { name, version, arch } = need;
  const artifact = { name, version, arch, algorithm: 'sha256', key, url, format, members } as const;
  if (published !== undefined) return { ...artifact, algorithm: published.algorithm, checksumUrl: published.url };
  return upstream.own === undefined ? artifact : { ...artifact, checksum: upstream.own.sha256 };
}

/**
 * The artifact for nodes: with replaced hosts, and without URLs that nodes cannot use (an image, the user's own file).
 */
function forNodes(artifact: ResolvedArtifact, hosts: UpstreamHosts): ResolvedArtifact {
  const { url, checksumUrl } = artifact;
  return {
    ...artifact,
    url: /^https?:/.test(url) ? replaceHost(url, hosts) : '-',
    ...(checksumUrl !== undefined && { checksumUrl: replaceHost(checksumUrl, hosts) }),
  };
}

function explainUnpinned(
  unpinned: readonly Unpinned[],
  lock: ArtifactLock | undefined,
  options: ResolveOptions,
): Diagnostic[] {
  const file = lock?.file ?? options.lockFile ?? lockFileName;
  const labels = (list: readonly Unpinned[]) => list.map(({ need }) => artifactLabel(need));
  if (unpinned.length === 0) return [];
  const told = (severity: Diagnostic['severity'], code: string, message: string, hint: string) => ({
    severity,
    code,
    message,
    hint,
  });
  if (!options.unlocked) {
    const [message, hint] =
      lock === undefined
        ? [messages.noLockFile(file, labels(unpinned)), messages.noLockFileHint]
        : [messages.notLocked(file, labels(unpinned)), messages.notLockedHint];
    return [told('error', 'artifact-not-locked', message, hint)];
  }
  const silent = unpinned.filter(({ upstream }) => upstream.published === undefined && upstream.own === undefined);
  const refused =
    silent.length === 0
      ? []
      : [told('warning', 'checksum-not-published', messages.unpublished(labels(silent)), messages.unpublishedHint)];
  return [...refused, told('warning', 'artifact-unlocked', messages.unlocked(labels(unpinned)), messages.unlockedHint)];
}
