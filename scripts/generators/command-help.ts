import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { packagePath } from '../../src/base/files/package-root.ts';

const run = promisify(execFile);
const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

interface Row {
  readonly term: string;
  readonly about: string;
}

/** The parsed `--help` of a command. */
export interface CommandHelp {
  /** `['pki', 'list']`; empty for knode itself. */
  readonly words: readonly string[];
  readonly usage: string;
  readonly about: string;
  readonly arguments: readonly Row[];
  readonly options: readonly Row[];
  readonly commands: readonly Row[];
  readonly examples: readonly string[];
}

/** cli.ts runs when it is imported, so its help is read as people read it. */
async function helpText(words: readonly string[]): Promise<string> {
  const env = { ...process.env, NO_COLOR: '1' };
  // Tests have knode built already; from source each of the many processes would compile it.
  const built = process.env.KNODE_TEST_CLI;
  const program = built === undefined ? ['--import', loader, packagePath('src/cli.ts')] : [built];
  const args = [...program, ...words, '--help'];
  const { stdout } = await run(process.execPath, args, { env });
  return stdout.trimEnd();
}

/** Lines below `Title:`, up to the next empty line. */
function section(text: string, title: string): readonly string[] {
  const lines = text.split('\n');
  const start = lines.indexOf(`${title}:`);
  if (start === -1) return [];
  const end = lines.indexOf('', start);
  return lines.slice(start + 1, end === -1 ? undefined : end);
}

/** `  term  description`, the description going on below itself. */
function rows(lines: readonly string[]): readonly Row[] {
  const found: Row[] = [];
  for (const line of lines) {
    const [, term, about = ''] = /^ {2}(\S.*?)(?: {2,}(.*))?$/.exec(line) ?? [];
    const last = found.at(-1);
    if (term !== undefined) found.push({ term, about });
    else if (last !== undefined) found[found.length - 1] = { ...last, about: `${last.about} ${line.trim()}`.trim() };
  }
  return found;
}

function parsed(words: readonly string[], text: string): CommandHelp {
  const [usage = '', about = ''] = text.split('\n\n').map((paragraph) => paragraph.replaceAll(/\s+/g, ' '));
  return {
    words,
    usage: usage.replace('Usage: ', ''),
    about,
    arguments: rows(section(text, 'Arguments')),
    options: rows(section(text, 'Options')),
    commands: rows(section(text, 'Commands')).filter((row) => !row.term.startsWith('help ')),
    examples: [...section(text, 'Examples'), ...section(text, 'Example')].map((line) => line.trim()),
  };
}

/** The help of a command and of all commands below it. */
export async function readHelp(words: readonly string[] = []): Promise<CommandHelp[]> {
  const help = parsed(words, await helpText(words));
  const names = help.commands.map((row) => row.term.split(/[ |]/)[0] ?? '');
  const below = await Promise.all(names.map((name) => readHelp([...words, name])));
  return [help, ...below.flat()];
}
