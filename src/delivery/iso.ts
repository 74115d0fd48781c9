import { execFileSync } from 'node:child_process';
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { EnvironmentFailure } from '../base/failure.ts';
import { say } from './messages.ts';
import type { NoCloudSeed } from './nocloud.ts';

/** cloud-init finds the seed by this label. */
const label = 'cidata';
/** 1980-01-01, the first day that every file system supports. The time of rendering must not affect the bytes. */
const epoch = 315_532_800;

/** A program that writes ISO images, and its arguments. All of them understand mkisofs's options. */
interface IsoTool {
  readonly path: string;
  readonly arguments: readonly string[];
}

const tools: readonly { readonly name: string; readonly arguments: readonly string[] }[] = [
  // -graft-points is the default of the others; xorriso's own start-up files could change the image.
  { name: 'xorriso', arguments: ['-no_rc', '-as', 'mkisofs'] },
  { name: 'genisoimage', arguments: [] },
  { name: 'mkisofs', arguments: [] },
];

function executable(name: string, searchPath: string): string | undefined {
  for (const folder of searchPath.split(delimiter)) {
    const candidate = join(folder || '.', name);
    try {
      accessSync(candidate, constants.X_OK);
      return candidate;
    } catch {
      // Try the next folder.
    }
  }
  return undefined;
}

/** @throws EnvironmentFailure if there is none. */
export function findIsoTool(searchPath: string = process.env.PATH ?? ''): IsoTool {
  for (const tool of tools) {
    const path = executable(tool.name, searchPath);
    if (path !== undefined) return { path, arguments: tool.arguments };
  }
  throw new EnvironmentFailure(say('no-iso-tool'));
}

function run(tool: IsoTool, args: readonly string[], cwd: string): void {
  try {
    const env = { ...process.env, SOURCE_DATE_EPOCH: String(epoch), TZ: 'UTC', LC_ALL: 'C' };
    execFileSync(tool.path, [...tool.arguments, ...args], { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (error) {
    const said = (error as { stderr?: Buffer }).stderr?.toString().trim().split('\n').slice(-3).join('; ') ?? '';
    throw new EnvironmentFailure(say('iso-tool-failed', { path: tool.path, said }));
  }
}

/**
 * A NoCloud seed as an ISO image. The temporary folder is accessible only to its owner and removed afterwards, because
 * the seed holds keys. xorriso gives the same bytes for the same seed; genisoimage writes the current time into the
 * image.
 */
export function seedIso(seed: NoCloudSeed, tool: IsoTool): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'knode-iso-'));
  try {
    const names = Object.keys(seed).sort();
    for (const [name, content] of Object.entries(seed)) {
      writeFileSync(join(folder, name), content, { mode: 0o600 });
      utimesSync(join(folder, name), epoch, epoch);
    }
    run(tool, ['-quiet', '-volid', label, '-joliet', '-rational-rock', '-output', 'seed.iso', ...names], folder);
    return readFileSync(join(folder, 'seed.iso'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
