/** Shared by the S3 referees: knode as a separate process, and other clients. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { builtCli } from '../../support/built-cli.ts';
import type { Keys, Radosgw } from '../servers/radosgw.ts';
import { type Finished, onExit, sh } from '../tools.ts';

/** No profile of the machine's user, no instance role, and no certificates of a proxy of theirs. */
export function s3Environment(keys: Keys | undefined, home: string): NodeJS.ProcessEnv {
  const dropped = Object.keys(process.env).filter((name) => /^AWS_|proxy$/i.test(name));
  return {
    ...process.env,
    // Undefined, not left out: the runner may merge this over the environment.
    ...Object.fromEntries(dropped.map((name) => [name, undefined])),
    HOME: home,
    AWS_EC2_METADATA_DISABLED: 'true',
    ...(keys && { AWS_ACCESS_KEY_ID: keys.accessKeyId, AWS_SECRET_ACCESS_KEY: keys.secretAccessKey }),
  };
}

/**
 * Keeps every processor busy twice over.
 * @returns a function that ends it.
 */
export function busyProcessors(): () => void {
  const busy = Array.from({ length: 2 * cpus().length }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  );
  const end = (): void => {
    for (const one of busy) one.kill('SIGKILL');
    forget();
  };
  const forget = onExit(end);
  return end;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Finished>;
  /** Standard error so far. */
  stderr(): string;
}

/** Starts knode as it is built. */
export function startKnode(args: readonly string[], env: NodeJS.ProcessEnv, cwd: string): Running {
  const child = spawn(process.execPath, [builtCli(), ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const forget = onExit(() => child.kill('SIGKILL'));
  const out = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    out.stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    out.stderr += text;
  });
  const ended = new Promise<Finished>((resolve) => {
    child.once('close', (code, signal) => {
      forget();
      resolve({ code: code ?? (signal === 'SIGINT' ? 130 : 137), ...out });
    });
  });
  return { child, ended, stderr: () => out.stderr };
}

export function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  return new Promise((resolve, reject) => {
    createReadStream(path)
      .on('data', (chunk) => hash.update(chunk))
      .on('error', reject)
      .on('end', () => resolve(hash.digest('hex')));
  });
}

/** A file of pseudo-random bytes, written in pieces. */
export async function bigFile(path: string, megabytes: number): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  await sh('bash', ['-c', 'head -c "$2" /dev/urandom > "$1"', 'bash', path, String(megabytes * 1024 * 1024)], {
    check: true,
  });
}

export interface Clients {
  s3cmd(...args: string[]): Promise<Finished>;
  rclone(...args: string[]): Promise<Finished>;
}

/** Clients that nobody here wrote. Their remote is called `ceph`. */
export function clients(server: Pick<Radosgw, 'endpoint' | 'keys'>, home: string): Clients {
  const { accessKeyId, secretAccessKey } = server.keys;
  const host = new URL(server.endpoint).host;
  const [s3cfg, rcloneConf] = [join(home, 's3cfg'), join(home, 'rclone.conf')];
  const common = `access_key = ${accessKeyId}\nsecret_key = ${secretAccessKey}\nhost_base = ${host}\nhost_bucket = ${host}\n`;
  writeFileSync(s3cfg, `[default]\n${common}use_https = False\n`, { mode: 0o600 });
  const remote = `type = s3\nprovider = Ceph\naccess_key_id = ${accessKeyId}\nsecret_access_key = ${secretAccessKey}\n`;
  writeFileSync(rcloneConf, `[ceph]\n${remote}endpoint = ${server.endpoint}\n`, { mode: 0o600 });
  const env = s3Environment(undefined, home);
  return {
    s3cmd: (...args) => sh('s3cmd', ['-c', s3cfg, ...args], { env, check: true }),
    rclone: (...args) => sh('rclone', ['--config', rcloneConf, ...args], { env, check: true }),
  };
}
