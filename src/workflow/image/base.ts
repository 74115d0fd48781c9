import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { optionMistake } from '../../base/failure.ts';
import { nearest } from '../../base/nearest.ts';
import { together } from '../../base/option-mistakes.ts';
import { messages } from '../../image/messages.ts';
import type { Arch } from '../../platform/arch.ts';
import { builders, imageFor, type NamedBuilder } from '../../platform/builders.ts';
import type { System } from '../../platform/family.ts';
import { systems } from '../../platform/systems.ts';
import { say } from './messages.ts';

/** The base of an image, by the user's options. */
export interface BaseChoice {
  readonly builder: string;
  readonly os?: string;
  readonly base?: string;
  readonly checksum?: string;
}

/** @throws UserMistake naming the available ones. */
export function chooseBuilder(word: string): NamedBuilder {
  const found = builders.find(({ name, aliases }) => name === word || aliases.includes(word));
  if (found !== undefined) return found;
  const names = builders.map((one) => one.name);
  const near = nearest(word, [...names, ...builders.flatMap((one) => one.aliases)]);
  throw optionMistake('--builder', say('unknown-builder', { name: word, what: 'builders', names, near }));
}

/** The distribution; by default the first of the cluster file's family. */
export function chooseSystem(word: string | undefined, family: string): System {
  const fitting = systems.filter((one) => one.family === family);
  const names = fitting.map((one) => one.name);
  const found = word === undefined ? fitting[0] : systems.find((one) => one.name === word);
  if (found === undefined) {
    const near = nearest(word ?? '', names);
    throw optionMistake('--os', say('unknown-os', { name: word ?? family, what: 'systems', names, near }));
  }
  if (found.family !== family) {
    throw optionMistake(
      '--os',
      say('os-of-other-family', { name: found.name, family, what: 'systems of it', names, near: undefined }),
    );
  }
  return found;
}

/** Checks that do not read the base: reports all missing and superfluous options at once. */
export function demandBase(builder: NamedBuilder, system: System, arch: Arch, choice: BaseChoice): void {
  together([
    () => demandImage(builder, system, arch, choice),
    () => demandBaseName(builder, system, arch, choice),
    () => demandChecksum(builder, choice),
  ]);
}

function demandImage(builder: NamedBuilder, system: System, arch: Arch, { base }: BaseChoice): void {
  const hasBase = base !== undefined && builder.base !== 'none';
  if (!builder.findsImage || hasBase || imageFor(builder, system, arch) !== undefined) return;
  const free = systems.filter((one) => imageFor(builder, one, arch) !== undefined).map((one) => one.name);
  throw optionMistake(
    '--os',
    say('os-not-there', {
      system: system.name,
      builder: builder.name,
      what: 'there are',
      names: free,
      near: undefined,
    }),
  );
}

function demandBaseName(builder: NamedBuilder, system: System, arch: Arch, { base }: BaseChoice): void {
  const isFile = builder.base === 'file';
  if ((isFile || builder.base === 'name') && base === undefined) {
    const example = isFile ? `, for example ${system.cloudImage(arch)}` : '';
    throw optionMistake('--base', say('no-base', { builder: builder.name, words: builder.baseWords ?? '', example }));
  }
  if (builder.base !== 'none' || base === undefined) return;
  throw optionMistake(
    '--base',
    say('base-unused', {
      builder: builder.name,
      what: 'leave it out; those with a base',
      names: namesOf((one) => one.base !== 'none'),
      near: undefined,
    }),
  );
}

function demandChecksum(builder: NamedBuilder, { base, checksum }: BaseChoice): void {
  const isFile = builder.base === 'file';
  const wrong = (code: string, message: string, hint: string) => optionMistake('--checksum', { code, message, hint });
  if (!isFile && checksum !== undefined) {
    const hint = messages.knownOf(
      'those with files',
      namesOf((one) => one.base === 'file'),
    );
    throw wrong('checksum-unused', messages.checksumUnused(builder.name), hint);
  }
  // Without a base there is nothing to compare a checksum with.
  if (isFile && base !== undefined && checksum === undefined)
    throw wrong('no-checksum', messages.noChecksum, messages.noChecksumHint);
  if (checksum !== undefined && !/^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/.test(checksum))
    throw wrong('bad-checksum', messages.badChecksum(checksum), messages.badChecksumHint);
}

function namesOf(wanted: (builder: NamedBuilder) => boolean): readonly string[] {
  return builders.filter(wanted).map((one) => one.name);
}

/**
 * The base in the form that Packer takes. A file is hashed here, so that a wrong one is reported before a machine is
 * started. Packer hashes it again, and is the first to hash one that it downloads.
 */
export async function checkedBase(builder: NamedBuilder, { base, checksum }: BaseChoice): Promise<string | undefined> {
  if (base === undefined || builder.base !== 'file' || /^https?:\/\//.test(base)) return base;
  const path = resolve(base);
  if (checksum === undefined) throw new Error('a file without a checksum, and nobody refused it');
  if (!statSync(path, { throwIfNoEntry: false })?.isFile())
    throw optionMistake('--base', say('base-missing', { file: path }));
  const [algorithm = '', wanted] = checksum.split(':');
  const hash = createHash(algorithm);
  await pipeline(createReadStream(path), hash);
  const got = hash.digest('hex');
  if (got !== wanted)
    throw optionMistake(
      '--checksum',
      say('base-corrupt', { file: path, got: `${algorithm}:${got}`, wanted: checksum }),
    );
  return path;
}
