import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { packagePath } from '../src/base/files/package-root.ts';
import { writeIndex } from '../src/mirror/layout/folder-index.ts';
import type { IndexEntry } from '../src/mirror/layout/layout.ts';
import { stringifyLock } from '../src/mirror/lock/file.ts';
import { clients, s3Environment } from '../test/referee/mirror/s3-support.ts';
import { type Radosgw, radosgwTools, startRadosgw } from '../test/referee/servers/radosgw.ts';
import { hashRate, installed, median } from './measure.ts';
import type { Figure } from './report.ts';
import { type Ended, type RunLimits, run } from './run.ts';

const mebibyte = 1024 * 1024;
/** Files of 1 MiB to 500 MiB, 2 GiB together, for a total of 2048. */
const shares = [500, 400, 300, 200, 200, 100, 100, 80, 50, 50, 20, 20, 10, 10, 5, 2, 1];
const rounds = Number(process.env.KNODE_BENCH_ROUNDS ?? 3);
const filesAtOnce = 4;
/** Of one program; the slowest takes a minute on a quiet machine. */
const longestSeconds = 900;

/** Push and pull of 2 GiB against radosgw on this machine, in turns with rclone at the same concurrency. */
export async function mirrorFigures(cli: string, work: string): Promise<readonly Figure[]> {
  const missing = [...Object.keys(radosgwTools), 'rclone', 's3cmd'].filter((name) => !installed(name));
  if (missing.length > 0) {
    console.log(`mirror: skipped, ${missing.join(', ')} not installed (scripts/setup-referees.sh)`);
    return [];
  }
  const server = await startRadosgw();
  try {
    return await measureMirror(cli, work, server);
  } finally {
    await server.stop();
  }
}

async function measureMirror(cli: string, work: string, server: Radosgw): Promise<readonly Figure[]> {
  const scale = Number(process.env.KNODE_BENCH_MIRROR_MIB ?? 2048) / 2048;
  const folder = join(work, 'mirror');
  const entries = makeFiles(
    folder,
    shares.map((share) => share * scale),
  );
  const remove = await makeBucket(server, work);
  const lock = join(work, 'knode.lock.yaml');
  writeFileSync(lock, lockOf(entries, `${server.endpoint}/bench/knode-0/`));
  const { push, pull, rclone, s3cmds, sums } = programs(cli, work, server);
  const times: Record<string, Ended[]> = {};
  const timed = async (name: string, ended: Promise<Ended>) => {
    times[name] = [...(times[name] ?? []), await ended];
  };
  for (let round = 0; round < rounds; round++) {
    const out = join(work, `out-${round}`);
    await timed('push', push(`knode-${round}`, folder));
    await timed('rclonePush', rclone('copy', folder, `ceph:bench/rclone-${round}`));
    await remove(`rclone-${round}`);
    await timed('rclonePushPlain', rclone('--s3-disable-checksum', 'copy', folder, `ceph:bench/plain-${round}`));
    await remove(`plain-${round}`);
    await timed('again', push(`knode-${round}`, folder));
    // The objects of the first run are the ones to pull.
    if (round > 0) await remove(`knode-${round}`);
    await timed('pull', pull(lock, `${out}-knode`));
    rmSync(`${out}-knode`, { recursive: true });
    const stored = (key: string) => `s3://bench/s3cmd-${round}/${key}`;
    const put = entries.flatMap(({ key }) => [join(folder, key), stored(key)]);
    await timed('s3cmdPush', s3cmds('put', put));
    mkdirSync(`${out}-s3cmd`);
    const get = entries.flatMap(({ key, name }) => [stored(key), join(`${out}-s3cmd`, name)]);
    await timed('s3cmdPull', s3cmds('get', get));
    rmSync(`${out}-s3cmd`, { recursive: true });
    await remove(`s3cmd-${round}`);
    await timed('rclonePull', rclone('copy', 'ceph:bench/knode-0', `${out}-rclone`));
    await timed('sums', sums(`${out}-rclone`));
    rmSync(`${out}-rclone`, { recursive: true });
  }
  rmSync(folder, { recursive: true });
  makeFiles(join(work, 'single'), [1024 * scale]);
  await timed('single', push('single', join(work, 'single')));
  return figures(times, entries);
}

/** Makes a public bucket; returns a function that removes everything below a prefix of it. */
async function makeBucket(server: Radosgw, work: string): Promise<(prefix: string) => Promise<unknown>> {
  const { s3cmd } = clients(server, work);
  await s3cmd('mb', 's3://bench');
  const policy = { Effect: 'Allow', Principal: '*', Action: ['s3:GetObject'], Resource: ['arn:aws:s3:::bench/*'] };
  const file = join(work, 'policy.json');
  writeFileSync(file, JSON.stringify({ Version: '2012-10-17', Statement: [policy] }));
  await s3cmd('setpolicy', file, 's3://bench');
  // The first object of all makes the server create its pool, which takes seconds.
  await s3cmd('put', file, 's3://bench/first');
  return async (prefix) => {
    await s3cmd('rm', '-rfq', `s3://bench/${prefix}/`);
    // The server keeps deleted objects for two hours, unless it is told to collect them now.
    await server.admin(['gc', 'process', '--include-all']);
  };
}

/** A full server accepts no object and does not answer: its clients would wait for ever. */
async function fullness(server: Radosgw): Promise<string | undefined> {
  const health = await server.health();
  return /\bfull osd/.test(health) ? `the server is full (${health.trim().replaceAll('\n', '; ')})` : undefined;
}

/** The programs that are compared, each with the same number of files at a time. */
function programs(cli: string, work: string, server: Radosgw) {
  const env = s3Environment(server.keys, work);
  const limits: RunLimits = { seconds: longestSeconds, trouble: () => fullness(server) };
  const bounded = (program: string, args: readonly string[]) => run(program, args, env, limits);
  const knode = (...args: string[]) => bounded(process.execPath, [cli, ...args]);
  const atOnce = String(filesAtOnce);
  const common = ['--config', join(work, 'rclone.conf'), '--transfers', atOnce, '--s3-upload-concurrency', '4'];
  const to = ['--endpoint-url', server.endpoint, '--concurrency', atOnce];
  const cluster = ['-f', packagePath('examples/smallest/cluster.yaml'), '--quiet'];
  return {
    push: (target: string, from: string) => knode('mirror', 'push', `s3://bench/${target}`, '-i', from, ...to),
    pull: (lock: string, out: string) => knode(...cluster, 'mirror', 'pull', '--lock', lock, '-o', out),
    rclone: (...args: string[]) => bounded('rclone', [...common, ...args]),
    /** It knows no concurrency, so there are as many of it. */
    s3cmds: (verb: 'put' | 'get', pairs: readonly string[]) => {
      const script = `printf '%s\\n' "$@" | xargs -P ${atOnce} -n 2 s3cmd -c "$0" -q ${verb}`;
      return bounded('sh', ['-c', script, join(work, 's3cfg'), ...pairs]);
    },
    sums: (folder: string) => bounded('sh', ['-c', 'cd "$0" && sha256sum -c --quiet SHA256SUMS', folder]),
  };
}

function makeFiles(folder: string, mebibytes: readonly number[]): readonly IndexEntry[] {
  // One block of noise is enough: nothing on the way compresses or compares.
  const block = randomBytes(mebibyte);
  const entries = mebibytes.map((share, at): IndexEntry => {
    const key = `file-${at}/1.0.0/linux-amd64/file-${at}.tar.gz`;
    const blocks = Math.max(1, Math.round(share));
    mkdirSync(dirname(join(folder, key)), { recursive: true });
    block.writeUInt32LE(at);
    writeFileSync(join(folder, key), Buffer.alloc(blocks * mebibyte, block));
    const sha256 = createHash('sha256')
      .update(readFileSync(join(folder, key)))
      .digest('hex');
    return { key, name: `file-${at}`, version: '1.0.0', arch: 'amd64', size: blocks * mebibyte, sha256 };
  });
  writeIndex(folder, { artifacts: entries });
  return entries;
}

function lockOf(entries: readonly IndexEntry[], base: string): string {
  return stringifyLock(
    entries.map(({ key, name, version, arch, size, sha256: checksum }) => {
      return { name, version, arch, url: base + key, size, algorithm: 'sha256', checksum, checksumFrom: 'user', key };
    }),
  );
}

function figures(times: Readonly<Record<string, readonly Ended[]>>, entries: readonly IndexEntry[]): readonly Figure[] {
  const seconds = (name: string) => median((times[name] ?? []).map((one) => one.seconds));
  const peak = (name: string) => Math.max(...(times[name] ?? []).map((one) => one.peakMiB));
  const bytes = entries.reduce((sum, { size }) => sum + size, 0);
  const rate = (name: string) => `${(bytes / seconds(name) / 1e6).toFixed(0)} MB/s`;
  const versus = (ours: string, theirs: string, name: string): Figure => ({
    ...{ name, value: seconds(theirs) / seconds(ours), unit: 'x', atLeast: 1 },
    note: `${rate(ours)}, against ${rate(theirs)}; ${rounds} rounds`,
  });
  const memory = (name: string, ours: string, theirs: string): Figure => ({
    ...{ name, value: peak(ours), unit: 'MiB' },
    note: `rclone ${peak(theirs).toFixed(0)} MiB`,
  });
  const hashing = bytes / hashRate() / availableParallelism();
  const withHashing = (ours: string, theirs: string): Figure => ({
    name: 'the same over rclone and SHA-256 on all cores',
    value: (seconds(theirs) + hashing) / seconds(ours),
    ...{ unit: 'x', atLeast: 0.7 },
    note: `${seconds(ours).toFixed(1)} s; rclone ${seconds(theirs).toFixed(1)} s, SHA-256 of it ${hashing.toFixed(1)} s`,
  });
  const gibibytes = `${(bytes / 1024 / mebibyte).toFixed(1)} GiB`;
  return [
    versus('push', 'rclonePush', `mirror push of ${gibibytes}, rate over rclone`),
    versus('push', 's3cmdPush', 'the same over four s3cmd'),
    withHashing('push', 'rclonePush'),
    { ...versus('push', 'rclonePushPlain', 'the same over rclone without its MD5'), atLeast: 0 },
    versus('pull', 'rclonePull', `mirror pull of ${gibibytes}, rate over rclone`),
    versus('pull', 's3cmdPull', 'the same over four s3cmd'),
    withHashing('pull', 'rclonePull'),
    {
      name: 'the same over rclone, and then sha256sum -c',
      value: (seconds('rclonePull') + seconds('sums')) / seconds('pull'),
      ...{ unit: 'x', atLeast: 1 },
      note: `sha256sum alone ${seconds('sums').toFixed(1)} s`,
    },
    {
      ...{ name: 'second push of the same', value: seconds('push') / seconds('again'), unit: 'x', atLeast: 50 },
      note: `${seconds('push').toFixed(1)} s, then ${seconds('again').toFixed(2)} s`,
    },
    { name: 'memory of a push of one file of 1 GiB', value: peak('single'), unit: 'MiB', atMost: 200 },
    memory('memory of a push, four files at a time', 'push', 'rclonePush'),
    memory('memory of a pull, four files at a time', 'pull', 'rclonePull'),
  ];
}
