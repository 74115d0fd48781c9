import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Argument, Command, Option } from 'commander';
import { beforeAll, describe, expect, test } from 'vitest';
import { completion } from '../../src/cli/completion.ts';
import { builtCli } from '../support/built-cli.ts';
import { freshFolder, memoryIo } from './fixture.ts';

/** A small tree with everything that a tree may have; quotes and colons included. */
function smallTree(): Command {
  const root = new Command('knode').option('-f, --file <path>', "the user's file").option('--json', 'a: b');
  root
    .command('render')
    .description('makes $HOME "user-data"')
    .addOption(new Option('--role <role>', 'which').choices(['master', 'worker']))
    .option('--node <name>', 'its name')
    .option('--platform <name>', 'where to');
  const pki = root.command('pki').description("it's the certificates");
  pki.command('list').description('all').option('--calendar', 'when');
  root.command('completion').addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']));
  return root;
}

function script(shell: string): string {
  const io = memoryIo();
  completion({ shell, root: smallTree() }, io);
  const file = join(freshFolder(), `knode.${shell}`);
  writeFileSync(file, io.out());
  return file;
}

const installed = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0;

/**
 * Each line is the text after `knode`, with the last word to be completed; returns the answers of the real bash, one
 * per line.
 */
function bashAnswers(file: string, lines: readonly (readonly string[])[]): string[] {
  const ask = lines.map((words) => {
    const quoted = ['knode', ...words].map((word) => `'${word}'`).join(' ');
    return `COMP_WORDS=(${quoted}); COMP_CWORD=${words.length}; _knode; echo "\${COMPREPLY[*]}"`;
  });
  const answer = execFileSync('bash', ['-euc', [`source ${file}`, ...ask].join('\n')], { encoding: 'utf8' });
  return answer.trimEnd().split('\n');
}

describe('bash', () => {
  test('knows that the script completes knode', () => {
    const out = execFileSync('bash', ['-c', `source ${script('bash')}; complete -p knode`], { encoding: 'utf8' });
    expect(out).toBe('complete -F _knode knode\n');
  });

  test('completes commands, options, and values', () => {
    const asked: [string[], string][] = [
      [['re'], 'render'],
      [['pki', 'l'], 'list'],
      [['pki', 'list', '--c'], '--calendar'],
      [['render', '--ro'], '--role'],
      [['render', '--role', ''], 'master worker'],
      [['render', '--role', 'w'], 'worker'],
      [['render', '--platform', 'a'], 'aws azure'],
      [['render', '--node', ''], ''],
      [['--json', '-f', 'pki', 'ren'], 'render'],
      [['completion', ''], 'bash zsh fish -f --file --json -h --help'],
      [['render', '-'], '--role --node --platform -f --file --json -h --help'],
    ];
    const answers = bashAnswers(
      script('bash'),
      asked.map(([words]) => words),
    );
    expect(answers).toEqual(asked.map(([, answer]) => answer));
  });

  test('completes files for options that take one', () => {
    const folder = freshFolder();
    writeFileSync(join(folder, 'my-cluster.yaml'), '');
    expect(bashAnswers(script('bash'), [['-f', `${folder}/my`]])).toEqual([`${folder}/my-cluster.yaml`]);
  });
});

describe.each([
  ['zsh', ['-n']],
  ['fish', ['--no-execute']],
] as const)('%s', (shell, check) => {
  beforeAll(() => {
    if (!installed(shell))
      process.stderr.write(`\n*** ${shell} is not installed: its completion was NOT checked ***\n`);
  });

  test.skipIf(!installed(shell))('reads the script', () => {
    execFileSync(shell, [...check, script(shell)], { stdio: 'pipe' });
  });

  test('names every command and value', () => {
    const io = memoryIo();
    completion({ shell, root: smallTree() }, io);
    for (const word of ['render', 'pki', 'list', 'calendar', 'master', 'worker', 'azure', 'fish'])
      expect(io.out()).toMatch(new RegExp(`\\b${word}\\b`));
  });
});

test('the real program makes a script that the real bash accepts, with every command', () => {
  const args = [builtCli(), 'completion', 'bash'];
  const file = join(freshFolder(), 'knode.bash');
  writeFileSync(file, execFileSync(process.execPath, args, { encoding: 'utf8' }));
  const [commands = '', roles, presets, pki = ''] = bashAnswers(file, [
    [''],
    ['explain', '--role', ''],
    ['init', '--preset', ''],
    ['pki', ''],
  ]);
  for (const name of ['init', 'validate', 'render', 'explain', 'pki', 'kubeconfig', 'token', 'schema', 'completion'])
    expect(commands.split(' ')).toContain(name);
  expect([roles, presets]).toEqual(['control-plane worker etcd balancer master', 'modern ansible-ha-1.16 smallest']);
  expect(pki.split(' ')).toContain('list');
});
