import { fileURLToPath } from 'node:url';

/**
 * Absolute path of a file or folder that ships with knode (`templates/`, `facts/`, `artifacts/`, `schema/`).
 * Works from `src/` and from `dist/`, which lie equally deep in the package.
 */
export function packagePath(...segments: readonly string[]): string {
  return fileURLToPath(new URL(`../../${segments.join('/')}`, import.meta.url));
}
