/** Run by `temp-root.test.ts` in a vitest of its own: makes folders in every way that tests do, and ends as it is told. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempFolder } from '../temp-folder.ts';

test('leaves folders', async () => {
  writeFileSync(join(tempFolder('leaving'), 'key.pem'), 'secret');
  writeFileSync(join(tmpdir(), 'a-file'), '');
  const byShell = execFileSync('mktemp', ['-d'], { encoding: 'utf8' }).trim();
  expect(byShell.startsWith(`${process.env.KNODE_TEST_TMP}/`)).toBe(true);
  const { END } = process.env;
  process.stdout.write(`READY\n`);
  if (END === 'wait') await new Promise((resolve) => setTimeout(resolve, 60_000));
  expect(END).toBe('pass');
}, 70_000);
