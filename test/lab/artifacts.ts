/**
 * The lab's mirror: programs from Debian's packages and from the Kubernetes build, packed as upstream lays them out, in
 * the layout of `knode mirror pull`, with a matching lock. KNODE_LAB_ARTIFACTS names a folder with other versions, in
 * the same layout (NAME/VERSION/linux-ARCH/FILE).
 */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ArtifactNeed } from '../../src/component/artifact.ts';
import type { Catalogue } from '../../src/mirror/catalogue/catalogue.ts';
import { type UpstreamFile, upstreamFile } from '../../src/mirror/catalogue/upstream-file.ts';
import { writeIndex } from '../../src/mirror/layout/folder-index.ts';
import { indexEntry } from '../../src/mirror/layout/layout.ts';
import { stringifyLock } from '../../src/mirror/lock/file.ts';
import type { LockEntry } from '../../src/mirror/lock/schema.ts';
import { sh } from '../referee/tools.ts';
import { cacheDir, kubernetesScript, programsScript } from './paths.ts';

export interface Programs {
  /** ARTIFACT/VERSION/PROGRAM */
  readonly debian: string;
  readonly kubernetes: string;
  readonly kubernetesVersion: string;
}

const half = 30 * 60_000;

/** Builds or finds the lab's programs. The first time it takes ten minutes and more. */
export async function collectPrograms(): Promise<Programs> {
  const path = async (script: string): Promise<string> =>
    (await sh(script, [], { check: true, timeoutMs: half })).stdout.trim();
  const [debian, kubernetes] = [await path(programsScript), await path(kubernetesScript)];
  return { debian, kubernetes, kubernetesVersion: /kubernetes-([\d.]+)-/.exec(kubernetes)?.[1] ?? '' };
}

export interface LabMirror {
  readonly folder: string;
  readonly lock: string;
  /** Missing artifacts of the cluster, as keys below KNODE_LAB_ARTIFACTS. */
  readonly missing: readonly string[];
  readonly notes: readonly string[];
}

/** Makes the mirror folder of a cluster below `work` from existing and new archives. */
export async function makeMirror(
  needs: readonly ArtifactNeed[],
  catalogue: Catalogue,
  programs: Programs,
  work: string,
): Promise<LabMirror> {
  const folder = join(work, 'mirror');
  const [entries, missing, notes]: [LockEntry[], string[], string[]] = [[], [], []];
  const index = [];
  for (const need of needs) {
    const file = upstreamFile(need, catalogue);
    const source = fromCluster(file, work) ?? fromUser(file) ?? (await fromPrograms(need, file, programs, notes));
    if (source === undefined) {
      missing.push(file.key);
      continue;
    }
    place(source, join(folder, file.key));
    const size = statSync(source).size;
    const checksum = createHash('sha256').update(readFileSync(source)).digest('hex');
    const entry: LockEntry = { ...need, url: file.url, size, algorithm: 'sha256', checksum, checksumFrom: 'user' };
    entries.push(entry);
    index.push(indexEntry(entry, file.key, { size, sha256: checksum }));
  }
  mkdirSync(folder, { recursive: true });
  writeIndex(folder, { artifacts: index.sort((a, b) => (a.key < b.key ? -1 : 1)) });
  const lock = join(work, 'knode.lock.yaml');
  writeFileSync(lock, stringifyLock(entries));
  return { folder, lock, missing, notes };
}

/** A file of the cluster file's own (`artifacts.extra`) lies beside it. */
function fromCluster(file: UpstreamFile, work: string): string | undefined {
  return file.url.startsWith('file:') ? join(work, file.url.slice('file:'.length)) : undefined;
}

function fromUser(file: UpstreamFile): string | undefined {
  const folder = process.env.KNODE_LAB_ARTIFACTS;
  const path = folder === undefined ? undefined : join(folder, file.key);
  return path !== undefined && existsSync(path) ? path : undefined;
}

/** Hard links cost nothing; across file systems it is a copy. */
function place(source: string, target: string): void {
  mkdirSync(dirname(target), { recursive: true });
  try {
    linkSync(source, target);
  } catch {
    copyFileSync(source, target);
  }
}

/** Debian 12 has no package for it; no node needs it by itself. */
const noCrictl = '#!/bin/sh\necho "crictl: the lab has none" >&2\nexit 1\n';

function programOf(need: ArtifactNeed, name: string, programs: Programs): string | undefined {
  const path = join(programs.debian, need.name, need.version, name);
  if (existsSync(path)) return path;
  const built = join(programs.kubernetes, name);
  return need.version === programs.kubernetesVersion && existsSync(built) ? built : undefined;
}

async function fromPrograms(
  need: ArtifactNeed,
  file: UpstreamFile,
  programs: Programs,
  notes: string[],
): Promise<string | undefined> {
  const packed = join(cacheDir, 'packed', `${basename(programs.debian)}-${basename(programs.kubernetes)}`, file.key);
  if (need.name === 'crictl') notes.push('crictl is a stand-in that says so (Debian 12 has no package of it)');
  if (existsSync(packed)) return packed;
  const stage = `${packed}.stage-${process.pid}`;
  mkdirSync(stage, { recursive: true });
  try {
    for (const { from, to } of file.members) {
      const target = join(stage, from || 'file');
      mkdirSync(dirname(target), { recursive: true });
      const program = programOf(need, basename(to), programs);
      if (program !== undefined) copyFileSync(program, target);
      else if (need.name === 'crictl') writeFileSync(target, noCrictl);
      else return undefined;
      chmodSync(target, 0o755);
    }
    const whole = join(stage, 'whole');
    if (file.format === 'binary') renameSync(join(stage, 'file'), whole);
    else {
      // As upstream's tar has it: the CNI plugins begin with `./`, the others do not.
      const tops = [...new Set(file.members.map(({ from }) => from.split('/')[0] ?? ''))];
      const names = need.name === 'cni-plugins' ? tops.map((name) => `./${name}`) : tops;
      await sh('tar', ['-C', stage, '--owner=0', '--group=0', '-I', 'gzip -1', '-cf', whole, ...names], {
        check: true,
      });
    }
    renameSync(whole, packed);
    return packed;
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}
