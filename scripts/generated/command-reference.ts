import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { packagePath } from '../../src/base/package-root.ts';
import type { GeneratedFile } from './publish.ts';

const run = promisify(execFile);
const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** cli.ts runs when it is imported, so its help is read as people read it. */
async function help(words: readonly string[]): Promise<string> {
  const env = { ...process.env, NO_COLOR: '1' };
  const { stdout } = await run(process.execPath, ['--import', loader, packagePath('src/cli.ts'), ...words, '--help'], {
    env,
  });
  return stdout.trimEnd();
}

/** Names below `Commands:`; `help` itself is left out. */
function subcommands(text: string): string[] {
  const [, list = ''] = /^Commands:\n((?: {2}.*\n?)*)/m.exec(text) ?? [];
  const names = [...list.matchAll(/^ {2}([a-z][a-z-]*)/gm)].map((match) => match[1] ?? '');
  return names.filter((name) => name !== 'help');
}

interface Page {
  readonly words: readonly string[];
  readonly text: string;
}

async function pages(words: readonly string[]): Promise<Page[]> {
  const text = await help(words);
  const below = await Promise.all(subcommands(text).map((name) => pages([...words, name])));
  return [{ words, text }, ...below.flat()];
}

const intro = `# Commands

<!-- Made by \`npm run docs\` from \`knode --help\`: do not edit. -->

Data goes to stdout, everything said to people to stderr. The options of \`knode\` itself go with every command.
`;

/** docs/commands.md: what \`--help\` says of every command. */
export async function commandReference(): Promise<GeneratedFile> {
  const sections = (await pages([])).map(
    ({ words, text }) => `## ${['knode', ...words].join(' ')}\n\n\`\`\`text\n${text}\n\`\`\`\n`,
  );
  return { path: 'docs/commands.md', content: `${intro}\n${sections.join('\n')}` };
}
