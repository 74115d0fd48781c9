import type { Diagnostic, Report } from '../base/diagnostic.ts';
import type { ArtifactNeed, ResolvedArtifact } from '../component/contract.ts';
import type { Catalogue } from './catalogue.ts';
import { artifactId, artifactLabel, sortedNeeds } from './identity.ts';
import { type Lock, lockFileName } from './lock.ts';
import { stringifyUnfinished, type UnfinishedEntry } from './lock-file.ts';
import type { LockEntry } from './lock-schema.ts';
import { messages } from './messages.ts';
import { publishedLockEntries } from './published.ts';
import { type UpstreamFile, upstreamFile } from './upstream-file.ts';

export interface ResolveOptions {
  /** Let nodes take the checksum that upstream publishes for what the lock does not pin. */
  readonly unlocked: boolean;
  /** Upstream host to its stand-in: `{'dl.k8s.io': 'https://mirror.example.com/k8s'}`; a bare host keeps the scheme. */
  readonly replaceHosts?: Readonly<Record<string, string>>;
  /** Where the lock is, or would be; for messages when there is none. */
  readonly lockFile?: string;
}

/** What a plan needs and the lock does not pin. */
interface Unpinned {
  readonly need: ArtifactNeed;
  readonly upstream: UpstreamFile;
}

/** Finds checksum, URL, mirror key and members of each artifact of a plan. The map's keys are `artifactId`s. */
export function resolveArtifacts(
  needs: readonly ArtifactNeed[],
  catalogue: Catalogue,
  lock: Lock | undefined,
  options: ResolveOptions,
): Report<Map<string, ResolvedArtifact>> {
  const pins = new Map(lock?.entries.map((entry) => [artifactId(entry), entry]));
  const resolved = new Map<string, ResolvedArtifact>();
  const unpinned: Unpinned[] = [];
  for (const need of sortedNeeds(needs)) {
    const upstream = upstreamFile(need, catalogue);
    const pin = pins.get(artifactId(need));
    const artifact = pin ? pinned(pin, upstream) : options.unlocked ? trusting(need, upstream) : undefined;
    if (pin === undefined) unpinned.push({ need, upstream });
    if (artifact !== undefined) resolved.set(artifactId(need), withHosts(artifact, options.replaceHosts ?? {}));
  }
  const diagnostics = explainUnpinned(unpinned, lock, options);
  return diagnostics.some((d) => d.severity === 'error') ? { diagnostics } : { value: resolved, diagnostics };
}

/** From the lock. Its URL may differ from the catalogue's: a mirror of the user's, whose bytes the checksum holds. */
function pinned(pin: LockEntry, upstream: UpstreamFile): ResolvedArtifact {
  const { name, version, arch, algorithm, checksum, url } = pin;
  const { format, members } = upstream;
  return { name, version, arch, algorithm, checksum, key: pin.key ?? upstream.key, url, format, members };
}

/** For looking at: the node takes upstream's checksum file, and refuses the artifact where upstream has none. */
function trusting(need: ArtifactNeed, upstream: UpstreamFile): ResolvedArtifact {
  const { published, key, url, format, members } = upstream;
  const { name, version, arch } = need;
  if (published === undefined) return { name, version, arch, algorithm: 'sha256', key, url, format, members };
  return { name, version, arch, algorithm: published.algorithm, checksumUrl: published.url, key, url, format, members };
}

function withHosts(artifact: ResolvedArtifact, hosts: Readonly<Record<string, string>>): ResolvedArtifact {
  const { url, checksumUrl } = artifact;
  return {
    ...artifact,
    url: replaceHost(url, hosts),
    ...(checksumUrl !== undefined && { checksumUrl: replaceHost(checksumUrl, hosts) }),
  };
}

function replaceHost(url: string, hosts: Readonly<Record<string, string>>): string {
  const [, scheme = '', host = '', rest = ''] = /^(https?:\/\/)([^/]+)(.*)$/.exec(url) ?? [];
  if (!Object.hasOwn(hosts, host)) return url;
  const base = (hosts[host] ?? host).replace(/\/+$/, '');
  return `${base.includes('://') ? '' : scheme}${base}${rest}`;
}

function explainUnpinned(unpinned: readonly Unpinned[], lock: Lock | undefined, options: ResolveOptions): Diagnostic[] {
  const file = lock?.file ?? options.lockFile ?? lockFileName;
  const lines = (list: readonly Unpinned[]) => stringifyUnfinished(list.map(toUnfinished), lock === undefined);
  const labels = (list: readonly Unpinned[]) => list.map(({ need }) => artifactLabel(need));
  if (unpinned.length === 0) return [];
  if (!options.unlocked) {
    const [message, hint] = [
      messages.notLocked(file, labels(unpinned)),
      messages.notLockedHint(file, lock === undefined),
    ];
    return [{ severity: 'error', code: 'artifact-not-locked', message, hint, snippet: lines(unpinned) }];
  }
  const silent = unpinned.filter(({ upstream }) => upstream.published === undefined);
  const refused: Diagnostic[] =
    silent.length === 0
      ? []
      : [
          {
            severity: 'warning',
            code: 'checksum-not-published',
            message: messages.unpublished(labels(silent)),
            hint: messages.unpublishedHint(file, lock === undefined),
            snippet: lines(silent),
          },
        ];
  const message = messages.unlocked(labels(unpinned));
  return [...refused, { severity: 'warning', code: 'artifact-unlocked', message, hint: messages.unlockedHint }];
}

function toUnfinished({ need, upstream }: Unpinned): UnfinishedEntry {
  const [known] = publishedLockEntries([need]);
  if (known !== undefined) return { ...known, comment: 'ships with knode' };
  const { name, version, arch } = need;
  const { url, published } = upstream;
  return {
    name,
    version,
    arch,
    url,
    algorithm: published?.algorithm ?? 'sha256',
    checksumFrom: published ? 'published' : 'first-download',
    comment: published ? `from ${published.url}` : 'compute it: sha256sum of the downloaded file',
  };
}
