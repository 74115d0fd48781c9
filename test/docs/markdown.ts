import { readdirSync, readFileSync } from 'node:fs';
import { packagePath } from '../../src/base/files/package-root.ts';

/** Every page that people read, relative to the root of the repository. */
export const pages: readonly string[] = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'],
  ...markdownIn('docs'),
  ...markdownIn('examples'),
];

function markdownIn(folder: string): string[] {
  const names = readdirSync(packagePath(folder), { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => `${folder}/${name}`);
}

export interface Block {
  readonly page: string;
  /** Of the opening fence, from 1. */
  readonly line: number;
  /** The text after the fence: `yaml`, `yaml fragment`, `sh run`. */
  readonly info: string;
  readonly text: string;
}

export function pageText(page: string): string {
  return readFileSync(packagePath(page), 'utf8');
}

/** The fenced blocks of a page. */
export function blocksOf(page: string): readonly Block[] {
  const blocks: Block[] = [];
  let open: { line: number; info: string; text: string[] } | undefined;
  for (const [index, line] of pageText(page).split('\n').entries()) {
    const fence = /^```(.*)$/.exec(line);
    if (open === undefined && fence) open = { line: index + 1, info: fence[1]?.trim() ?? '', text: [] };
    else if (open !== undefined && fence) {
      blocks.push({ page, line: open.line, info: open.info, text: `${open.text.join('\n')}\n` });
      open = undefined;
    } else open?.text.push(line);
  }
  if (open !== undefined) throw new Error(`${page}:${open.line}: the block is never closed`);
  return blocks;
}

/** Targets of the page's links, those in code blocks left out. */
export function linksOf(page: string): readonly string[] {
  const prose = pageText(page)
    .replaceAll(/^```[\s\S]*?^```/gm, '')
    .replaceAll(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
}

/** Anchors of a page's headings, as GitHub makes them. */
export function anchorsOf(page: string): readonly string[] {
  const headings = [...pageText(page).matchAll(/^#+ (.+)$/gm)].map((match) => match[1] ?? '');
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[`*]/g, '')
      .replaceAll(' ', '-')
      .replaceAll(/[^\p{L}\p{N}_-]/gu, ''),
  );
}
