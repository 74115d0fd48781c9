import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packagePath } from '../../src/base/files/package-root.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** Runs `test.sh` with these stages in place of its own. */
function withStages(stages: string): { code: number | null; lines: string[]; error: string } {
  const [functions] = readFileSync(packagePath('test.sh'), 'utf8').split('\nstage modules ');
  const script = join(tempFolder('test-sh'), 'test.sh');
  writeFileSync(script, `${functions}\n${stages}\nfinish\n`);
  const ended = spawnSync('bash', [script], { encoding: 'utf8' });
  return { code: ended.status, lines: ended.stdout.split('\n'), error: ended.stderr };
}

const stages = [
  "tests() { printf '\\e[31m FAIL \\e[0m a.test.ts > adds\\nAssertionError: expected 1 to be 2\\n'; seq 100 200; return 1; }",
  'program() { seq 500 600; return 4; }',
  'stage quick echo done',
  'stage tests tests',
  'beside program program',
].join('\n');

test('the end of the output says which stages failed and why', () => {
  const { code, lines, error } = withStages(stages);
  expect([code, error]).toEqual([1, '']);
  const end = lines.slice(lines.indexOf('==> why tests failed'));
  expect(end.slice(1, 3)).toEqual([' FAIL  a.test.ts > adds', 'AssertionError: expected 1 to be 2']);
  expect(end).not.toContain('150');
  const program = end.slice(end.indexOf('==> why program failed') + 1);
  expect(program.slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, at) => String(581 + at)));
  expect(program.join('\n')).toMatch(
    /quick +passed\n.*tests +FAILED \(exit code 1\)\n.*program +FAILED \(exit code 4\)\n/,
  );
  expect(lines.at(-2)).toMatch(/^test\.sh: FAILED: 2 of 3 stages/);
});

test('a test that passed at its second try is reported', () => {
  const { code, lines } = withStages("stage tests printf '  \\342\\234\\223 adds \\033[33m(retry x1)\\033[39m\\n'");
  expect(code).toBe(0);
  const told = lines.findIndex((line) => line.includes('second try'));
  expect(lines[told + 1]).toMatch(/adds \(retry x1\)$/);
});

test('no reasons are given when all stages passed', () => {
  const { code, lines } = withStages('stage quick echo done');
  expect([code, lines.filter((line) => line.includes('why'))]).toEqual([0, []]);
  expect(lines.at(-2)).toMatch(/^test\.sh: all 1 stages passed/);
});
