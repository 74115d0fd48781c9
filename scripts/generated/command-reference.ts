import { type CommandHelp, readHelp } from './command-help.ts';
import type { GeneratedFile } from './publish.ts';

const folder = 'docs/commands';
const made = '<!-- Made by `npm run docs` from `knode --help`: do not edit. -->';

const exitCodes = `| code | means |
|---|---|
| 0 | done |
| 1 | your mistake: stderr names the place and what to do |
| 2 | wrong usage of the command line |
| 3 | a bug, or a failure of the environment: a disk, a permission, a lock |
`;

function pageName({ words }: CommandHelp): string {
  return `${words.join('-')}.md`;
}

function title({ words }: CommandHelp): string {
  return ['knode', ...words].join(' ');
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, '')}.`;
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

function table(head: string, list: CommandHelp['options']): string {
  const lines = list.map(({ term, about }) => `| \`${term.replaceAll('|', '\\|')}\` | ${cell(about)} |`);
  return `| ${head} | |\n|---|---|\n${lines.join('\n')}\n`;
}

function section(heading: string, text: string): string {
  return text === '' ? '' : `\n## ${heading}\n\n${text}`;
}

function page(help: CommandHelp, all: readonly CommandHelp[]): string {
  const below = all.filter(
    (one) => one.words.length === help.words.length + 1 && help.words.every((word, i) => one.words[i] === word),
  );
  return [
    `# ${title(help)}\n\n${made}\n\n${sentence(help.about)}\n`,
    section('Usage', `\`\`\`text\n${help.usage}\n\`\`\`\n`),
    section('Commands', list(below)),
    section('Arguments', help.arguments.length > 0 ? table('argument', help.arguments) : ''),
    section('Options', table('option', help.options)),
    '\nThe [options of knode itself](README.md#options) go with every command.\n',
    section('Examples', help.examples.length > 0 ? `\`\`\`sh\n${help.examples.join('\n')}\n\`\`\`\n` : ''),
    section('Exit codes', exitCodes),
  ].join('');
}

function list(commands: readonly CommandHelp[]): string {
  return commands.map((one) => `- [${title(one)}](${pageName(one)}): ${one.about}\n`).join('');
}

function index(root: CommandHelp, commands: readonly CommandHelp[]): string {
  return [
    `# Commands\n\n${made}\n\n`,
    'Data goes to stdout, everything said to people to stderr.\n',
    section('All of them', list(commands)),
    section('Options', `They go with every command.\n\n${table('option', root.options)}`),
    section('Exit codes', exitCodes),
  ].join('');
}

/** docs/commands: an index, and a page for each command, of what `--help` says. */
export async function commandReference(): Promise<readonly GeneratedFile[]> {
  const [root, ...commands] = await readHelp();
  if (root === undefined) throw new Error('knode --help says nothing');
  return [
    { path: `${folder}/README.md`, content: index(root, commands) },
    ...commands.map((help) => ({ path: `${folder}/${pageName(help)}`, content: page(help, commands) })),
  ];
}
