import { readdirSync, readFileSync } from 'node:fs';
import { transformSync } from 'esbuild';
import { expect, test } from 'vitest';
import { packagePath } from '../../src/base/files/package-root.ts';

/** A single executable and `cli.cjs` are CommonJS, which has no `await` outside of functions: esbuild refuses to turn it into that. */
const refusal = (code: string): string | undefined => {
  try {
    transformSync(code, { loader: 'ts', format: 'cjs', target: 'node20.19', logLevel: 'silent' });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
};

test('no module awaits outside of a function', () => {
  const folder = packagePath('src');
  const files = (readdirSync(folder, { recursive: true }) as string[]).filter((path) => path.endsWith('.ts'));
  const found = files.flatMap((path) => {
    const problem = refusal(readFileSync(`${folder}/${path}`, 'utf8'));
    return problem === undefined ? [] : [`${path}: ${problem}`];
  });
  expect(found).toEqual([]);
});

test('import.meta is asked for dirname alone, which the build translates', () => {
  const folder = packagePath('src');
  const files = (readdirSync(folder, { recursive: true }) as string[]).filter((path) => path.endsWith('.ts'));
  const asking = files.filter((path) => /import\.meta\.(?!dirname\b)/.test(readFileSync(`${folder}/${path}`, 'utf8')));
  expect(asking).toEqual([]);
});

test('the check finds what it is for', () => {
  expect(refusal('export const a = await Promise.resolve(1);')).toContain('Top-level await');
  expect(refusal('for await (const a of []) a;')).toContain('Top-level await');
  expect(refusal('export const a = async () => await Promise.resolve(1);')).toBeUndefined();
});
