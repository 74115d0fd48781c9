import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { packagePath } from '../../src/base/files/package-root.ts';
import { formatDiagnostics } from '../../src/base/format-diagnostic.ts';
import { readCluster } from '../../src/component/read-cluster.ts';
import { builtCli } from '../support/built-cli.ts';
import { anchorsOf, type Block, blocksOf, linksOf, pages, pageText } from './markdown.ts';

const blocks = pages.flatMap(blocksOf);
const place = ({ page, line }: Block) => `${page}:${line}`;
const withInfo = (info: string) =>
  blocks.filter((block) => block.info === info).map((block) => [place(block), block] as const);

function expectValid(text: string): void {
  const { diagnostics } = readCluster(text, 'cluster.yaml');
  const errors = diagnostics.filter((one) => one.severity === 'error');
  expect(formatDiagnostics(errors)).toBe('');
}

type Mapping = Record<string, unknown>;
const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Mappings merge, everything else is replaced: how a reader would type a fragment into a file. */
function merged(base: unknown, over: unknown): unknown {
  if (!isMapping(base) || !isMapping(over)) return over;
  const result: Mapping = { ...base };
  for (const [key, value] of Object.entries(over)) result[key] = key in base ? merged(base[key], value) : value;
  return result;
}

describe('cluster files in the docs', () => {
  it.each(withInfo('yaml'))('%s is complete and valid', (_, block) => {
    expect(block.text).toMatch(/^(#.*\n)*apiVersion: knode\.dev\/v1\nkind: Cluster\n/);
    expectValid(block.text);
  });

  it.each(withInfo('yaml fragment'))('%s is valid within the smallest cluster file', (_, block) => {
    const smallest: unknown = parse(pageText('examples/smallest/cluster.yaml'));
    expectValid(stringify(merged(smallest, parse(block.text))));
  });

  it('knows what every block is', () => {
    const known = ['yaml', 'yaml fragment', 'sh', 'sh run', 'text', 'ts', 'mermaid', 'json'];
    const unknown = blocks.filter(({ info }) => !known.includes(info)).map((block) => `${place(block)} ${block.info}`);
    expect(unknown).toEqual([]);
  });
});

describe('commands in the docs', () => {
  let folder = '';
  let env: NodeJS.ProcessEnv = {};

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'knode-docs-'));
    const bin = join(folder, '.bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'knode'), `#!/bin/sh\nexec '${process.execPath}' '${builtCli()}' "$@"\n`);
    chmodSync(join(bin, 'knode'), 0o755);
    env = { ...process.env, PATH: `${bin}:${process.env.PATH}`, NO_COLOR: '1' };
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Fails with the script's own words. */
  function shell(script: string, cwd: string): string {
    return execFileSync('bash', ['-euo', 'pipefail', '-c', script], { cwd, env, encoding: 'utf8', stdio: 'pipe' });
  }

  const scripted = [...new Set(blocks.filter(({ info }) => info === 'sh run').map(({ page }) => page))];

  it.each(scripted)(
    '%s: its blocks run one after the other, in an empty folder',
    (page) => {
      const cwd = join(folder, page.replaceAll('/', '-'));
      mkdirSync(cwd);
      const script = blocksOf(page).filter(({ info }) => info === 'sh run');
      shell(script.map(({ text, line }) => `: ${page}:${line}\n${text}`).join('\n'), cwd);
    },
    120_000,
  );

  it('the first command of the README renders a node', () => {
    const [, command = ''] = /npm ci && npm run build && node dist\/cli\.cjs (.+)$/m.exec(pageText('README.md')) ?? [];
    expect(shell(`knode ${command}`, packagePath('.'))).toMatch(/^#cloud-config\n/);
  });
});

describe('tables in the docs', () => {
  it.each([...pages, 'facts/README.md', 'test/lab/README.md'])('%s: every row has a pipe at both ends', (page) => {
    const prose = pageText(page).replace(/^```[\s\S]*?^```$/gm, '');
    const rows = prose.split('\n').filter((line) => line.startsWith('|') !== line.endsWith('|'));
    expect(rows).toEqual([]);
  });
});

describe('links in the docs', () => {
  const links = pages.flatMap((page) => linksOf(page).map((target) => [page, target] as const));

  it.each(links.filter(([, target]) => !/^[a-z]+:/.test(target)))('%s: %s', (page, target) => {
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? page : normalize(join(dirname(page), path));
    expect(existsSync(packagePath(file)), `${file} is not there`).toBe(true);
    if (anchor !== undefined && file.endsWith('.md')) expect(anchorsOf(file)).toContain(anchor);
  });
});
