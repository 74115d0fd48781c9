import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { packagePath } from '../../src/base/files/package-root.ts';

const folder = packagePath('test');
const files = (readdirSync(folder, { recursive: true }) as string[]).filter(
  (path) => path.endsWith('.ts') && path !== 'architecture/exits.test.ts',
);

/** Expectations of an exit without the program's output: a failure then shows only a number. */
const mute: readonly RegExp[] = [
  /\.(code|status|exitCode)\)\.(not\.)?(toBe|toEqual)\(\d{1,2}\)/,
  /toMatchObject\(\{\s*(code|status|exitCode): \d{1,2}\s*[,}]/,
  /\.(code|status|exitCode), [^\]]*\.length[^\]]*\]\)\.(toEqual|toMatchObject)\(\[\d{1,2},/,
];

test('a program’s exit is expected by toExit, which shows its words', () => {
  const found = files.flatMap((path) =>
    readFileSync(`${folder}/${path}`, 'utf8')
      .split('\n')
      .flatMap((line, at) => (mute.some((pattern) => pattern.test(line)) ? [`${path}:${at + 1}: ${line.trim()}`] : [])),
  );
  expect(found).toEqual([]);
});

test('the patterns match what they are for', () => {
  for (const line of [
    'expect(ended.code).toBe(0);',
    'expect((await run()).status).not.toBe(1);',
    'expect(first, first.out).toMatchObject({ code: 0 });',
  ])
    expect(
      mute.some((pattern) => pattern.test(line)),
      line,
    ).toBe(true);
  for (const line of [
    'expect(answer.status).toBe(200);',
    "expect(first?.code).toBe('pki-authority-expired');",
    'expect(ended).toExit(0);',
  ])
    expect(
      mute.some((pattern) => pattern.test(line)),
      line,
    ).toBe(false);
});
