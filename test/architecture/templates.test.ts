import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packagePath } from '../../src/base/files/package-root.ts';
import { goldenNames, renderExample } from '../support/examples.ts';

const folder = packagePath('templates/cloud-init');
const templates = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
  statSync(join(folder, name)).isFile(),
);

/** template path to the components whose plans use it, over all examples. */
function owners(): Map<string, Set<string>> {
  const result = new Map<string, Set<string>>();
  for (const name of goldenNames) {
    for (const file of renderExample(name).nodes.flatMap((node) => node.plan.files)) {
      const suffix = { static: '', template: '.ejs' }[file.content.kind as string];
      if (suffix === undefined) continue;
      const path = `${file.path.slice(1)}${suffix}`;
      result.set(path, (result.get(path) ?? new Set()).add(file.component));
    }
  }
  return result;
}

describe('templates', () => {
  const used = owners();

  it.each(templates)('%s belongs to exactly one component', (template) => {
    expect([...(used.get(template) ?? [])]).toHaveLength(1);
  });

  it('every requested template exists', () => {
    expect(templates).toEqual(expect.arrayContaining([...used.keys()]));
  });
});
