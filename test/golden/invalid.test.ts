import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '../../src/base/diagnostic.ts';
import { UserMistake } from '../../src/base/failure.ts';
import { formatDiagnostics } from '../../src/base/format-diagnostic.ts';
import { packagePath } from '../../src/base/files/package-root.ts';
import { finalValueRules } from '../../src/component/final-values/index.ts';
import { readCluster } from '../../src/component/read-cluster.ts';
import { deriveCluster } from '../../src/model/derive.ts';
import { decodeClusterFile, loadClusterFile } from '../../src/model/loading/load.ts';
import { rules as modelRules } from '../../src/model/rules/index.ts';
import { planNodes } from '../../src/workflow/plan-nodes.ts';

/**
 * knode's diagnostics for a wrong cluster file, as the user sees them. A new mistake is a folder `invalid/<why>` with a
 * cluster.yaml; `KNODE_UPDATE=1` writes its diagnostics.txt, which is then reviewed and committed.
 */
const folder = packagePath('test/golden/invalid');
const cases = readdirSync(folder);

function diagnose(bytes: Uint8Array): readonly Diagnostic[] {
  const text = decodeClusterFile(bytes, 'cluster.yaml');
  if (text.value === undefined) return text.diagnostics;
  const read = readCluster(text.value, 'cluster.yaml');
  if (read.value === undefined) return read.diagnostics;
  try {
    planNodes(read.value, read.value.cluster.nodes);
    return read.diagnostics;
  } catch (error) {
    if (!(error instanceof UserMistake)) throw error;
    return [...read.diagnostics, ...error.diagnostics];
  }
}

const diagnosed = cases.map((name) => {
  const bytes = readFileSync(`${folder}/${name}/cluster.yaml`);
  return { name, bytes, diagnostics: diagnose(bytes) };
});

describe('diagnostics', () => {
  test.each(diagnosed)('$name', ({ name, diagnostics }) => {
    const file = `${folder}/${name}/diagnostics.txt`;
    const text = formatDiagnostics(diagnostics, false);
    const want = readdirSync(`${folder}/${name}`).includes('diagnostics.txt') ? readFileSync(file, 'utf8') : '';
    if (process.env.KNODE_UPDATE === '1' && text !== want) writeFileSync(file, text);
    expect(text).toBe(want);
    expect(text).not.toBe('');
  });

  test('there are enough of them', () => {
    expect(cases.length).toBeGreaterThanOrEqual(40);
  });
});

describe('every diagnostic', () => {
  test.each(diagnosed)('of $name has a place and a remedy', ({ diagnostics }) => {
    for (const { span, hint, message } of diagnostics) {
      expect(span, message).toMatchObject({ file: 'cluster.yaml' });
      expect(hint, message).toMatch(/\S/);
    }
  });

  test.each(diagnosed)('of $name is reported once', ({ diagnostics }) => {
    const said = diagnostics.map(({ span, message }) => `${span?.line}:${span?.column} ${message}`);
    expect(said).toEqual([...new Set(said)]);
  });
});

const rules = [...modelRules, ...finalValueRules];

test('every rule has a golden with one of its findings', () => {
  const spoken = new Set<string>();
  for (const { bytes } of diagnosed) {
    const file = loadClusterFile(new TextDecoder().decode(bytes), 'cluster.yaml').value?.file;
    const cluster = file === undefined ? undefined : deriveCluster(file).value;
    if (cluster === undefined) continue;
    for (const rule of rules) if (rule(cluster).length > 0) spoken.add(rule.name);
  }
  expect(rules.map((rule) => rule.name).filter((name) => !spoken.has(name))).toEqual([]);
});
