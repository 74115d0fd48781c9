import { readFileSync } from 'node:fs';
import { shortened, withSections } from '../shell-script.ts';
import { packagePath } from './package-root.ts';

/**
 * The text of a file that ships with knode and goes to nodes as it stands, by its path in the package. A shell script is shortened,
 * and of its sections it has those that `sections` name.
 */
export function shippedFile(path: string, sections: readonly string[] = []): string {
  const text = readFileSync(packagePath(path), 'utf8');
  return text.startsWith('#!') ? shortened(withSections(text, sections)) : text;
}
