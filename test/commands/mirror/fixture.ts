import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { stringify } from 'yaml';
import { EnvironmentFailure } from '../../../src/base/failure.ts';
import { type MirrorLockOptions, mirrorLock } from '../../../src/commands/mirror/lock.ts';
import { type MirrorPullOptions, mirrorPull } from '../../../src/commands/mirror/pull.ts';
import type { ArtifactNeed } from '../../../src/component/artifact.ts';
import { merge } from '../../../src/component/build/deep-merge.ts';
import { readCluster } from '../../../src/component/read-cluster.ts';
import { loadCatalogue } from '../../../src/mirror/catalogue/catalogue.ts';
import { sortedNeeds } from '../../../src/mirror/catalogue/identity.ts';
import { parseIndex } from '../../../src/mirror/layout/layout.ts';
import { planNodes } from '../../../src/workflow/plan-nodes.ts';
import { quickPatience } from '../../mirror/download-fixture.ts';
import { bytesOf, hashOf, publish, type Upstream } from '../../support/upstream.ts';
import { freshFolder, type MemoryIo, memoryIo } from '../fixture.ts';

/**
 * Versions whose checksums do not ship with knode, so that the small files of the test's upstream are as good as the real ones.
 * Kubernetes 1.16 with docker on top: etcd and docker of that time have no published checksums.
 */
const base = {
  apiVersion: 'knode.dev/v1',
  kind: 'Cluster',
  name: 'prod',
  kubernetes: { version: '1.35.8' },
  apiEndpoint: { address: '10.0.0.10' },
  nodes: {
    masters: [{ address: '10.0.0.11' }],
    workers: [{ address: '10.0.0.21' }],
    pools: { arm: { arch: 'arm64', names: 'arm-*', network: '10.0.1.0/24' } },
  },
  network: { provider: 'external' },
  etcd: { version: '3.6.5' },
};

export const oldVersions = {
  kubernetes: { version: '1.16.15' },
  etcd: { version: '3.3.15' },
  containerRuntime: { type: 'docker' },
};

export interface MirrorCluster {
  readonly folder: string;
  readonly file: string;
  readonly lockFile: string;
  readonly needs: readonly ArtifactNeed[];
}

/** A cluster file in a new folder, whose upstream hosts are the test's. */
export function mirrorCluster(
  hosts: Readonly<Record<string, string>>,
  over: Record<string, unknown> = {},
): MirrorCluster {
  const folder = freshFolder();
  const file = join(folder, 'cluster.yaml');
  const text = stringify(merge(merge(base, { artifacts: { upstreamHosts: hosts } }), over));
  writeFileSync(file, text);
  const { value } = readCluster(text, file);
  const nodes = value ? [...value.cluster.nodes, ...value.cluster.pools] : [];
  const needs = value ? planNodes(value, nodes).flatMap((plan) => plan.artifacts) : [];
  return { folder, file, lockFile: join(folder, 'knode.lock.yaml'), needs: sortedNeeds(needs) };
}

/** Publishes everything that a cluster needs, with different bytes for each file. */
export function publishAll(upstream: Upstream, { needs }: Pick<MirrorCluster, 'needs'>, size?: number): void {
  // The user's own are not in the catalogue.
  for (const need of needs.filter(({ name }) => loadCatalogue().has(name)))
    publish(upstream.files, need, contentOf(need, size));
}

export function contentOf(need: ArtifactNeed, size?: number): Buffer {
  return bytesOf(`${need.name} ${need.version} ${need.arch}`, size);
}

/** The real command, with an end to its patience. */
export async function lockIt(cluster: MirrorCluster, options: Partial<MirrorLockOptions> = {}): Promise<MemoryIo> {
  const io = memoryIo();
  await mirrorLock({ file: cluster.file, ...options }, io, quickPatience);
  return io;
}

export function mirrorFolder(cluster: MirrorCluster): string {
  return join(cluster.folder, 'mirror');
}

export async function pullIt(cluster: MirrorCluster, options: Partial<MirrorPullOptions> = {}): Promise<MemoryIo> {
  const io = memoryIo();
  await mirrorPull({ file: cluster.file, output: mirrorFolder(cluster), ...options }, io, quickPatience);
  return io;
}

/** A cluster with a lock of upstream's artifacts. */
export async function lockedCluster(
  upstream: Upstream,
  over: Record<string, unknown> = {},
  size?: number,
): Promise<MirrorCluster> {
  const cluster = mirrorCluster(upstream.hosts, over);
  publishAll(upstream, cluster, size);
  await lockIt(cluster);
  upstream.seen.length = 0;
  return cluster;
}

/** Every file of the mirror, by key, without its own two. */
export function filesOf(cluster: MirrorCluster): string[] {
  const folder = mirrorFolder(cluster);
  return (readdirSync(folder, { recursive: true }) as string[])
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort();
}

export function expectWhole(cluster: MirrorCluster, size?: number): void {
  const folder = mirrorFolder(cluster);
  const index = parseIndex(readFileSync(join(folder, 'index.json'), 'utf8'), 'index.json').value?.artifacts ?? [];
  expect(index).toHaveLength(cluster.needs.length);
  for (const entry of index) {
    const bytes = readFileSync(join(folder, entry.key));
    expect(bytes.equals(contentOf(entry, size)), entry.key).toBe(true);
    expect(entry).toMatchObject({ size: bytes.length, sha256: hashOf('sha256', bytes) });
  }
  expect(filesOf(cluster)).toEqual([...index.map((one) => one.key), 'SHA256SUMS', 'index.json'].sort());
}

/** The failure of the environment that the work ends in. */
export async function failureOf(work: Promise<unknown>): Promise<EnvironmentFailure> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof EnvironmentFailure)) throw new Error(`not a failure of the environment: ${error}`);
  return error;
}
