import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { packagePath } from '../../src/base/files/package-root.ts';
import { allowableChanges } from '../../src/record/recall.ts';

test.each(allowableChanges)('docs/memory.md lists %s', (name) => {
  const text = readFileSync(packagePath('docs/memory.md'), 'utf8');
  expect(text.includes(`\`${name}\``) || text.includes(`--allow-change ${name}`)).toBe(true);
});
