/** A regular file of an archive. Owner, group and times are fixed, so that the same files give the same bytes. */
export interface TarEntry {
  /** Relative to the folder it is unpacked in; `/` between its parts. At most 255 bytes, of which the last part 100. */
  readonly path: string;
  /** Length of the content after the header. */
  readonly size: number;
  /** Four octal digits. */
  readonly mode: string;
}

/** Archives consist of blocks of this many bytes. */
export const tarBlock = 512;

/**
 * The header of one file, in the ustar format (POSIX.1-1988), which every tar reads: owner root, time 0.
 * @throws Error if the format cannot hold the path or the size.
 */
export function tarHeader({ path, size, mode }: TarEntry): Buffer {
  const { prefix, name } = splitPath(path);
  if (size > 0o77777777777) throw new Error(`${path}: ${size} bytes are more than a ustar archive holds`);
  const header = Buffer.alloc(tarBlock);
  header.write(name, 0, 100, 'utf8');
  header.write(`000${mode}\0`, 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  // The checksum is computed over a header whose checksum is blanks.
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\x0000', 257);
  header.write('root', 265);
  header.write('root', 297);
  header.write(prefix, 345, 155, 'utf8');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

/** Zero bytes between the end of a file and the next block. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc((tarBlock - (size % tarBlock)) % tarBlock);
}

/** Two empty blocks end an archive. */
export const tarEnd: Buffer = Buffer.alloc(2 * tarBlock);

/** A whole archive in memory, its files in the order given. */
export function tarArchive(files: readonly { path: string; mode: string; content: string | Uint8Array }[]): Buffer {
  const parts = files.flatMap(({ path, mode, content }) => {
    const bytes = Buffer.from(content);
    return [tarHeader({ path, mode, size: bytes.length }), bytes, tarPadding(bytes.length)];
  });
  return Buffer.concat([...parts, tarEnd]);
}

/** Long paths are cut at a `/` between the two fields that ustar has for them. */
function splitPath(path: string): { prefix: string; name: string } {
  const bytes = (text: string) => Buffer.byteLength(text);
  if (bytes(path) <= 100) return { prefix: '', name: path };
  for (let cut = path.indexOf('/'); cut !== -1; cut = path.indexOf('/', cut + 1)) {
    const [prefix, name] = [path.slice(0, cut), path.slice(cut + 1)];
    if (name !== '' && bytes(prefix) <= 155 && bytes(name) <= 100) return { prefix, name };
  }
  throw new Error(`${path} is too long for a ustar archive`);
}
