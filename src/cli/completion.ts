import { type CommandIo, printJson } from '../commands/io.ts';
import {
  type CommandTree,
  type Completable,
  type CompletableOption,
  completables,
  valueNames,
} from './completion-tree.ts';

export interface CompletionOptions {
  readonly shell: string;
  /** The commands of knode; the script is made from them. */
  readonly root: CommandTree;
  readonly json?: boolean;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function wordsOf({ commands, options, words }: Completable): string {
  return [...commands.map((one) => one.name), ...words, ...options.flatMap((one) => one.names)].join(' ');
}

/** `case` lines of the words that may follow an option: `'render --role') …`. */
function valueCases(
  tree: readonly Completable[],
  files: string,
  words: (values: readonly string[]) => string,
): string[] {
  return tree.flatMap(({ path, options }) =>
    options
      .filter((option) => option.takesValue)
      .map((option) => {
        const patterns = option.names.map((name) => quoted(`${path} ${name}`)).join('|');
        const answer = option.path ? files : option.values.length > 0 ? words(option.values) : ':';
        return `    ${patterns}) ${answer}; return ;;`;
      }),
  );
}

/** Shared by bash and zsh: walks the words before the cursor to find their command. */
function walk(tree: readonly Completable[], words: string): string {
  const paths = tree.filter((one) => one.path !== '').map((one) => quoted(one.path));
  return `  local command='' word skip=''
  for word in ${words}; do
    if [[ -n $skip ]]; then skip=''; continue; fi
    case $word in
      ${valueNames(tree).join('|')}) skip=1; continue ;;
      -*) continue ;;
    esac
    case "\${command:+$command }$word" in
      ${paths.join('|')}) command="\${command:+$command }$word" ;;
    esac
  done`;
}

function bash(tree: readonly Completable[]): string {
  const reply = (flags: string) => `COMPREPLY=($(compgen ${flags} -- "$current"))`;
  const words = (values: readonly string[]) => reply(`-W ${quoted(values.join(' '))}`);
  // Fails if there is no completion.
  const files = `compopt -o filenames 2>/dev/null || :; ${reply('-f')}`;
  const before = `"\${COMP_WORDS[@]:1:COMP_CWORD-1}"`;
  return `# bash completion of knode: source <(knode completion bash)
_knode() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
${walk(tree, before)}
  case "$command $previous" in
${valueCases(tree, files, words).join('\n')}
  esac
  case $command in
${tree.map((one) => `    ${quoted(one.path)}) ${words([wordsOf(one)])} ;;`).join('\n')}
  esac
}
complete -F _knode knode
`;
}

function zsh(tree: readonly Completable[]): string {
  const described = ({ commands, options, words }: Completable) => {
    const about = (name: string, text: string) => quoted(`${name.replaceAll(':', '\\:')}:${text}`);
    return [
      ...commands.map((one) => about(one.name, one.about)),
      ...words.map((one) => quoted(one)),
      ...options.flatMap((one) => one.names.map((name) => about(name, one.about))),
    ].join(' ');
  };
  const before = `"\${(@)words[2,CURRENT-1]}"`;
  return `#compdef knode
# zsh completion of knode: source <(knode completion zsh), or a file _knode in a folder of $fpath
_knode() {
  local current=\${words[CURRENT]} previous=\${words[CURRENT-1]}
  local -a answers
${walk(tree, before)}
  case "$command $previous" in
${valueCases(tree, '_files', (values) => `compadd -- ${values.map(quoted).join(' ')}`).join('\n')}
  esac
  case $command in
${tree.map((one) => `    ${quoted(one.path)}) answers=(${described(one)}) ;;`).join('\n')}
  esac
  _describe knode answers
}
if [[ $funcstack[1] == _knode ]]; then _knode "$@"; else compdef _knode knode; fi
`;
}

function fish(tree: readonly Completable[]): string {
  const lines = tree.flatMap(({ path, commands, options, words }) => {
    const when = `-n ${quoted(`__knode_at ${quoted(path)}`).replaceAll("'\\''", "\\'")}`;
    const about = (text: string) => `-d ${quoted(text).replaceAll("'\\''", "\\'")}`;
    const of = (option: CompletableOption) => [
      ...option.names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`)),
      ...(option.takesValue ? [option.path ? '-r -F' : '-x'] : []),
      ...(option.values.length > 0 ? [`-a ${quoted(option.values.join(' '))}`] : []),
    ];
    return [
      ...commands.map((one) => `complete -c knode ${when} -a ${one.name} ${about(one.about)}`),
      ...words.map((word) => `complete -c knode ${when} -a ${word}`),
      ...options.map((one) => `complete -c knode ${when} ${of(one).join(' ')} ${about(one.about)}`),
    ];
  });
  return `# fish completion of knode: knode completion fish | source
function __knode_at
    set -l command
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
            continue
        end
        switch $word
            case ${valueNames(tree).join(' ')}
                set skip 1
            case '-*'
            case '*'
                set -l longer (string join ' ' $command $word)
                contains -- $longer ${tree.flatMap((one) => (one.path === '' ? [] : [quoted(one.path)])).join(' ')}
                and set command $longer
        end
    end
    test "$command" = "$argv[1]"
end
complete -c knode -f
${lines.join('\n')}
`;
}

const scripts: Readonly<Record<string, (tree: readonly Completable[]) => string>> = { bash, zsh, fish };

/** `knode completion`: a script that completes commands, options and their values, made from the commands themselves. */
export function completion({ shell, root, json }: CompletionOptions, io: CommandIo): void {
  const write = scripts[shell];
  if (write === undefined) throw new Error(`no completion for ${shell}`);
  const script = write(completables(root));
  if (json) printJson({ shell, script }, io);
  else io.stdout(script);
}
