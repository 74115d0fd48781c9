import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { packagePath } from '../src/base/package-root.ts';
import { writeIndex } from '../src/mirror/folder-index.ts';
import type { IndexEntry } from '../src/mirror/layout.ts';
import { stringifyLock } from '../src/mirror/lock-file.ts';
import { clients, s3Environment } from '../test/referee/mirror-s3-support.ts';
import { type Radosgw, radosgwTools, startRadosgw } from '../test/referee/servers/radosgw.ts';
import { installed, median } from './measure.ts';
import type { Figure } from './report.ts';

const mebibyte = 1024 * 1024;
/** Files of 1 MiB to 500 MiB, 2 GiB together, for a total of 2048. */
const shares = [500, 400, 300, 200, 200, 100, 100, 80, 50, 50, 20, 20, 10, 10, 5, 2, 1];
const rounds = Number(process.env.KNODE_BENCH_ROUNDS ?? 3);
const filesAtOnce = 4;

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
    await timed('rclonePushPlain', rclone('--s3-disable-checksum', 'copy', folder, `ceph:bench/plain-${round}`));
    await timed('again', push(`knode-${round}`, folder));
    await timed('pull', pull(lock, `${out}-knode`));
    const stored = (key: string) => `s3://bench/s3cmd-${round}/${key}`;
    const put = entries.flatMap(({ key }) => [join(folder, key), stored(key)]);
    await timed('s3cmdPush', s3cmds('put', put));
    mkdirSync(`${out}-s3cmd`);
    const get = entries.flatMap(({ key, name }) => [stored(key), join(`${out}-s3cmd`, name)]);
    await timed('s3cmdPull', s3cmds('get', get));
    await timed('rclonePull', rclone('copy', 'ceph:bench/knode-0', `${out}-rclone`));
    await timed('sums', sums(`${out}-rclone`));
    for (const name of ['knode', 'rclone', 's3cmd']) rmSync(`${out}-${name}`, { recursive: true });
    for (const name of ['rclone', 'plain', 's3cmd']) await remove(`${name}-${round}`);
    // The first one's objects are what is pulled.
    if (round > 0) await remove(`knode-${round}`);
  }
  makeFiles(join(work, 'single'), [1024 * scale]);
  await timed('single', push('single', join(work, 'single')));
  return figures(times, entries);
}

/** Makes a bucket that everybody may read; gives what removes all below a prefix of it. */
async function makeBucket(server: Radosgw, work: string): Promise<(prefix: string) => Promise<unknown>> {
  const { s3cmd } = clients(server, work);
  await s3cmd('mb', 's3://bench');
  const policy = { Effect: 'Allow', Principal: '*', Action: ['s3:GetObject'], Resource: ['arn:aws:s3:::bench/*'] };
  const file = join(work, 'policy.json');
  writeFileSync(file, JSON.stringify({ Version: '2012-10-17', Statement: [policy] }));
  await s3cmd('setpolicy', file, 's3://bench');
  // The first object of all makes the server create its pool, which takes seconds.
  await s3cmd('put', file, 's3://bench/first');
  return (prefix) => s3cmd('rm', '-rfq', `s3://bench/${prefix}/`);
}

/** The programs that are compared, each with the same number of files at a time. */
function programs(cli: string, work: string, server: Radosgw) {
  const env = s3Environment(server.keys, work);
  const knode = (...args: string[]) => run(process.execPath, [cli, ...args], env);
  const atOnce = String(filesAtOnce);
  const common = ['--config', join(work, 'rclone.conf'), '--transfers', atOnce, '--s3-upload-concurrency', '4'];
  const to = ['--endpoint-url', server.endpoint, '--concurrency', atOnce];
  const cluster = ['-f', packagePath('examples/smallest/cluster.yaml'), '--quiet'];
  return {
    push: (target: string, from: string) => knode('mirror', 'push', `s3://bench/${target}`, '-i', from, ...to),
    pull: (lock: string, out: string) => knode(...cluster, 'mirror', 'pull', '--lock', lock, '-o', out),
    rclone: (...args: string[]) => run('rclone', [...common, ...args], env),
    /** It knows no concurrency, so there are as many of it. */
    s3cmds: (verb: 'put' | 'get', pairs: readonly string[]) => {
      const script = `printf '%s\\n' "$@" | xargs -P ${atOnce} -n 2 s3cmd -c "$0" -q ${verb}`;
      return run('sh', ['-c', script, join(work, 's3cfg'), ...pairs], env);
    },
    sums: (folder: string) => run('sh', ['-c', 'cd "$0" && sha256sum -c --quiet SHA256SUMS', folder], env),
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

interface Ended {
  readonly seconds: number;
  readonly peakMiB: number;
}

/** Runs a program and asks the kernel for its peak memory until it ends. */
function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    let [peak, stderr] = [0, ''];
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const timer = setInterval(() => {
      try {
        const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
        peak = Math.max(peak, Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024);
      } catch {
        // It has ended.
      }
    }, 50);
    child.once('error', reject);
    child.once('close', (code) => {
      clearInterval(timer);
      if (code === 0) resolve({ seconds: (performance.now() - begun) / 1000, peakMiB: peak });
      else reject(new Error(`${program} ${args.join(' ')} ended with ${code}: ${stderr}`));
    });
  });
}

/** Bytes a second of SHA-256 on one core, here and now. */
function hashRate(): number {
  const block = Buffer.alloc(64 * mebibyte);
  const begun = performance.now();
  createHash('sha256').update(block).digest();
  return (block.length / (performance.now() - begun)) * 1000;
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
