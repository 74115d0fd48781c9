import { readFileSync } from 'node:fs';
import { packagePath } from '../base/files/package-root.ts';
import type { FactFiles } from './fact-files.ts';

const read = new Map<string, unknown>();

/** One file of `facts/`, read on first use. The files ship with knode and never change while it runs. */
export function facts<Name extends keyof FactFiles>(name: Name): FactFiles[Name] {
  if (!read.has(name)) read.set(name, JSON.parse(readFileSync(packagePath('facts', `${name}.json`), 'utf8')));
  return read.get(name) as FactFiles[Name];
}
