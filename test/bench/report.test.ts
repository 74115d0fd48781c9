import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type Figure, figureLine, isMet } from '../../bench/report.ts';
import { packagePath } from '../../src/base/files/package-root.ts';

const ratio = { name: 'knode --help', value: 1.35, unit: 'x', atMost: 1.6 } as const;

it('states for each figure whether it meets its bound', () => {
  expect(figureLine(ratio)).toMatch(/^knode --help +1\.35 x +<= 1\.6 x {2}met$/);
  expect(figureLine({ ...ratio, value: 1.61 })).toMatch(/MISSED$/);
  const faster: Figure = { name: 'faster', value: 2.9, unit: 'x', atLeast: 3, note: '10 ms' };
  expect(figureLine(faster)).toMatch(/>= 3 x {2}MISSED {2}\(10 ms\)$/);
  expect([isMet({ ...faster, value: 3 }), isMet({ ...faster, value: Number.NaN })]).toEqual([true, false]);
  expect(figureLine({ name: 'node -e 0', value: 1, unit: 'x' })).toMatch(/^node -e 0 +1\.00 x$/);
});

it('has documentation with the same bounds', () => {
  const sources = ['startup', 'scale', 'certificates', 'ansible'].map((name) =>
    readFileSync(packagePath('bench', `${name}.ts`), 'utf8'),
  );
  const bounds = sources.flatMap((text) =>
    [...text.matchAll(/(?:atMost|atLeast|node20|later): ([\d.]+)/g)].map((match) => match[1]),
  );
  expect(bounds.length).toBeGreaterThan(3);
  const page = readFileSync(packagePath('docs/benchmarks.md'), 'utf8');
  for (const bound of bounds) expect(page).toMatch(new RegExp(`[<>]= ${bound?.replace('.', '\\.')}\\b`));
});
