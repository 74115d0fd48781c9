import { readFileSync } from 'node:fs';
import { packagePath } from './package-root.ts';

/**
 * The text of a file that ships with knode and goes to nodes as it stands, by its path in the package. Shell scripts lose their
 * full-line comments: those are for people who read the source, and user-data has little room.
 */
export function shippedFile(...segments: readonly string[]): string {
  const text = readFileSync(packagePath(...segments), 'utf8');
  return text.startsWith('#!') ? text.replace(/^[ \t]*#(?!!).*\n/gm, '') : text;
}
