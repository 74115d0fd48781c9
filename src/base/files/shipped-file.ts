import { readFileSync } from 'node:fs';
import { shortened, withSections } from '../shell-script.ts';
import { packagePath } from './package-root.ts';

/**
 * The text of a file that ships with knode and goes to nodes unchanged, by its path in the package. A shell script is
 * shortened, and keeps only the sections that `sections` names.
 */
export function shippedFile(path: string, sections: readonly string[] = []): string {
  const text = readFileSync(packagePath(path), 'utf8');
  return text.startsWith('#!') ? shortened(withSections(text, sections)) : text;
}
