import { describe, expect, test } from 'vitest';
import { escapeArgument, unitArguments } from '../../src/component/build/arguments.ts';
import { nodeAddress } from '../../src/component/build/node-text.ts';
import { renderPlan } from '../../src/render/render-plan.ts';
import { clusterOf, planOf } from '../support/cluster-text.ts';
import { maskedMaterials } from '../support/masked-materials.ts';
import { unlockedFor } from '../support/unlocked.ts';

/**
 * The words of an ExecStart line as systemd hands them to execve: specifiers (systemd.unit(5)), quoting (systemd.syntax(7)), then
 * variables (systemd.service(5), "Command lines"). systemd itself is asked by the referees, which boot a machine.
 */
function systemdWords(line: string, environment: Readonly<Record<string, string>> = {}): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let at = 0; at < line.length; at++) {
    const char = line[at] ?? '';
    if (char === '\\') {
      const escapes: Record<string, string> = { s: ' ', n: '\n', t: '\t' };
      const next = line[++at] ?? '';
      word = (word ?? '') + (escapes[next] ?? next);
    } else if (quote !== '') {
      if (char === quote) quote = '';
      else word = (word ?? '') + char;
    } else if ((char === '"' || char === "'") && word === undefined) {
      [quote, word] = [char, ''];
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + char;
    }
  }
  if (quote !== '') throw new Error(`unbalanced quote in ${line}`);
  return (word === undefined ? words : [...words, word]).map((one) => expand(one, environment));
}

function expand(word: string, environment: Readonly<Record<string, string>>): string {
  const specified = word.replace(/%(.?)/g, (_, char: string) => {
    if (char !== '%') throw new Error(`specifier %${char}`);
    return '%';
  });
  return specified.replace(/\$\$|\$\{(\w+)\}/g, (match, name: string) =>
    match === '$$' ? '$' : (environment[name] ?? ''),
  );
}

const strange = [
  'plain',
  'a b',
  ' leading and trailing ',
  'say "hello"',
  "it's",
  `both ' and "`,
  'back\\slash',
  'ends in \\',
  '\\n is two characters',
  '\\\\"',
  '$HOME',
  '${NODE_IP}',
  '$$',
  '$$${x}',
  '%n %i %%',
  '100%',
  'a;b',
  ';',
  'a && b | c > d',
  '`id`',
  '$(id)',
  '#comment',
  'Größe 日本 🎉',
  'non\u00a0breaking',
  '--flag=in=value',
  '{"json": ["x", 1]}',
  '^(a|b)\\.example\\.com$',
  '*',
  '~',
  '@-+!:',
];

describe('an argument keeps its exact meaning', () => {
  test.each(strange)('%j', (value) => {
    expect(systemdWords(escapeArgument(`--flag=${value}`))).toEqual([`--flag=${value}`]);
  });

  test('among others on one line', () => {
    const words = strange.map((value) => `--flag=${value}`);
    expect(systemdWords(words.map(escapeArgument).join(' '))).toEqual(words);
  });

  test('plain values stay plain', () => {
    expect(escapeArgument('--v=2')).toBe('--v=2');
    expect(escapeArgument('--feature-gates=A=true,B=false')).toBe('--feature-gates=A=true,B=false');
  });

  test('only the node’s own variables are expanded on the node', () => {
    const line = unitArguments({ 'advertise-address': nodeAddress, name: '${NODE_IP}' }).join(' ');
    expect(systemdWords(line, { NODE_IP: '10.0.0.11' })).toEqual([
      '--advertise-address=10.0.0.11',
      '--name=${NODE_IP}',
    ]);
  });
});

describe('flags', () => {
  test('are sorted, and the user’s override knode’s, in either spelling', () => {
    const flags = unitArguments({ zone: 'a', 'event-ttl': '1h', v: 2 }, { event_ttl: '2h', alpha: true });
    expect(flags).toEqual(['--alpha=true', '--event-ttl=2h', '--v=2', '--zone=a']);
  });

  test('a list repeats its flag in its order; an empty one leaves it out', () => {
    expect(unitArguments({ a: ['2', '1'] }, { b: [] })).toEqual(['--a=2', '--a=1']);
    expect(unitArguments({ a: 'ours' }, { a: [] })).toEqual([]);
  });

  test('numbers and booleans are written as Go reads them', () => {
    expect(unitArguments({}, { a: 0, b: false, c: -1, d: 1.5, e: '' })).toEqual([
      '--a=0',
      '--b=false',
      '--c=-1',
      '--d=1.5',
      '--e=',
    ]);
  });
});

test('an unusual extraArg survives a whole unit', () => {
  const value = `a "b" 'c' $HOME \${NODE_IP} %n \\ ; <%= it %> # 日本`;
  const cluster = clusterOf({ kubernetes: { apiServer: { extraArgs: { 'external-hostname': value } } } });
  const plan = planOf(cluster);
  const materials = { ...maskedMaterials({ ...plan, artifacts: [] }, undefined, String), artifact: unlockedFor };
  const unit = renderPlan(plan, materials).find((file) => file.path.endsWith('/kube-apiserver.service'));
  const exec = /^ExecStart=((?:.*\\\n)*.*)$/m.exec(unit?.content ?? '')?.[1] ?? '';
  const words = systemdWords(exec.replaceAll('\\\n', ' '), { NODE_IP: '10.0.0.11' });
  expect(words).toContain(`--external-hostname=${value}`);
  expect(words).toContain('--advertise-address=10.0.0.11');
});
