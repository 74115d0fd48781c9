import { type CommandHelp, readHelp } from './command-help.ts';
import { outputSchemaPath } from './output-schemas.ts';
import type { GeneratedFile } from './publish.ts';

const folder = 'docs/commands';
const made = '<!-- Made by `npm run docs` from `knode --help`: do not edit. -->';

const exitCodes = `| code | means |
|---|---|
| 0 | success |
| 1 | a mistake in the input: stderr names the place and what to do |
| 2 | wrong usage of the command line |
| 3 | a bug, or a failure of the environment: a disk, a permission, a lock |
`;

const json = `With \`--json\` a command prints one JSON document on stdout and nothing else there, errors included: a command that fails
prints \`{"error": [...]}\`, with what it found out until then beside it. Each entry has \`severity\`, \`code\`, \`message\` and mostly
\`hint\`; its place is \`span\` (a file), \`path\` (a setting) or \`option\` (the command line). Exit codes are the same as without it.
Notices and warnings stay on stderr; \`mirror pull\`, \`push\` and \`serve\` write one JSON object a line there about what goes on.

The schema of each command's document is in the package and in the repository, under [schema/output](../../schema/output). No document holds
a key, a token, a kubeconfig or a presigned URL: \`-o\` writes those to a file (0600), and the document names it.
\`image build\` shows on stderr what Packer says.
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
    section('JSON', help.commands.length > 0 ? '' : jsonOf(help)),
  ].join('');
}

function jsonOf({ words }: CommandHelp): string {
  const file = outputSchemaPath(words.join(' '));
  return `\`--json\` prints one document, [${file}](../../${file}); [more about it](README.md#json).\n`;
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
    section('JSON', json),
  ].join('');
}

/** docs/commands: an index, and a page for each command, from `--help`. */
export async function commandReference(): Promise<readonly GeneratedFile[]> {
  const [root, ...commands] = await readHelp();
  if (root === undefined) throw new Error('knode --help says nothing');
  return [
    { path: `${folder}/README.md`, content: index(root, commands) },
    ...commands.map((help) => ({ path: `${folder}/${pageName(help)}`, content: page(help, commands) })),
  ];
}
