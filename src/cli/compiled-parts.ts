import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import runtime from 'node:module';
import { basename, dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';

/** A module of CommonJS, as far as its loader needs it. */
interface Loaded {
  readonly exports: unknown;
  require(id: string): unknown;
}

type Loader = (module: Loaded, file: string) => void;

/** `require.extensions`: the loader of each kind of file. */
const loaders = (runtime as unknown as { readonly _extensions: Record<string, Loader> })._extensions;

/** A part that this process loaded. */
interface Part {
  readonly script: Script;
  readonly cache: string;
  /** True if V8 took the compiled code, so that there was none to make. */
  readonly wasCompiled: boolean;
}

/** Bytes of the checksum at the end of a file of compiled code: CRC-32, little-endian. */
const trailer = 4;

/**
 * Compiled code that was written whole and has not changed since. V8 checks only its head: of damaged code it makes a program that
 * never ends, or ends Node.
 */
function readIntact(file: string): Buffer | undefined {
  let data: Buffer;
  try {
    data = readFileSync(file);
  } catch {
    return undefined;
  }
  const code = data.subarray(0, -trailer);
  return data.length > trailer && crc32(code) === data.readUInt32LE(code.length) ? code : undefined;
}

function withChecksum(code: Buffer): Buffer {
  const sum = Buffer.alloc(trailer);
  sum.writeUInt32LE(crc32(code));
  return Buffer.concat([code, sum]);
}

/**
 * Makes a folder, if it is not there, in one that is. `recursive` is not asked for: below /proc Node would try for ever.
 * @throws Error if it cannot be made.
 */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Another process may read the file at the same time, so it appears as a whole or not at all. */
function writeWhole(file: string, data: Buffer): void {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, data, { mode: 0o600 });
  renameSync(draft, file);
}

/**
 * Loads the parts of the bundle with V8's compiled code of an earlier run, where there is some.
 *
 * Damaged code is made anew. V8 itself refuses code of another V8, of other flags or of a text of another length. The texts differ by the hash in a part's name, and
 * by its size. A process that meets a part without compiled code writes all parts again when it ends, because a new command also calls
 * functions of the old parts.
 * @param parts the folder of the bundle's parts; other files are loaded as usual.
 * @param folder of compiled code for this version of Node; it need not exist yet, nor the folder above it.
 */
export function loadPartsCompiled(parts: string, folder: string): void {
  const loaded: Part[] = [];
  const usual = loaders['.js'];
  loaders['.cjs'] = (module, file) => {
    if (dirname(file) !== parts) return usual?.(module, file);
    const cache = join(folder, `${basename(file)}.${statSync(file).size}`);
    const text = `(function (exports, require, module, __filename, __dirname) {${readFileSync(file, 'utf8')}\n})`;
    const cachedData = readIntact(cache);
    const script = new Script(text, { filename: file, ...(cachedData && { cachedData }) });
    loaded.push({ script, cache, wasCompiled: cachedData !== undefined && script.cachedDataRejected === false });
    const require = (id: string) => module.require(id);
    script.runInThisContext().call(module.exports, module.exports, require, module, file, dirname(file));
  };
  process.once('exit', () => keep(loaded, folder));
}

/** Writes the compiled code of all loaded parts, if one of them had none. A full or read-only disk costs only the speed of the next start. */
function keep(loaded: readonly Part[], folder: string): void {
  if (loaded.every(({ wasCompiled }) => wasCompiled)) return;
  try {
    for (const one of [dirname(folder), folder]) makeFolder(one);
    for (const { script, cache } of loaded) writeWhole(cache, withChecksum(script.createCachedData()));
  } catch {}
}
