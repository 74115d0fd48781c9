import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { clusterText } from './cluster-text.ts';
import { installed, median, time } from './measure.ts';
import type { Figure } from './report.ts';

const nodeName = 'w1';
const nodeAddress = '10.10.0.1';

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  );
}

/** A rendered file as a Jinja template: the node's own values become variables, all other text is taken unchanged. */
function template(text: string): string {
  const raw = (part: string) => (part === '' ? '' : `{% raw %}${part}{% endraw %}`);
  const own = new RegExp(`(\\b${nodeName}\\b|\\b${nodeAddress.replaceAll('.', '\\.')}\\b)`);
  return text
    .split(own)
    .map((part) => {
      if (part === nodeName) return '{{ inventory_hostname }}';
      return part === nodeAddress ? '{{ address }}' : raw(part);
    })
    .join('');
}

/** Writes a playbook that puts the files of a rendered worker onto every host, one task for all files. */
function writePlaybook(folder: string, tree: string, hosts: number): void {
  const files = filesBelow(tree);
  const templates = join(folder, 'templates');
  for (const file of files) {
    const path = join(templates, `${file}.j2`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, template(readFileSync(join(tree, file), 'utf8')));
  }
  const folders = [...new Set(files.map((file) => dirname(file)))];
  const host = (index: number) => `w${index + 1} address=10.10.0.${index + 1} ansible_connection=local`;
  writeFileSync(join(folder, 'hosts'), `${Array.from({ length: hosts }, (_, index) => host(index)).join('\n')}\n`);
  const out = join(folder, 'out', '{{ inventory_hostname }}');
  // JSON is YAML. The folders are there before the clock starts: only the template module is measured.
  const task = { template: { src: `${templates}/{{ item }}.j2`, dest: `${out}/{{ item }}` }, loop: files };
  writeFileSync(join(folder, 'play.yaml'), JSON.stringify([{ hosts: 'all', gather_facts: false, tasks: [task] }]));
  for (let index = 0; index < hosts; index++)
    for (const each of folders) mkdirSync(join(folder, 'out', `w${index + 1}`, each), { recursive: true });
  console.log(`  ansible: ${files.length} files a host, ${hosts} hosts`);
}

/**
 * The files of addressed workers by knode, from a cluster file and an existing state, and by Ansible's template module over its
 * local connection, with as many forks as serve it best on this machine.
 */
export function ansibleFigures(cli: string, work: string, hosts: number): readonly Figure[] {
  if (!installed('ansible-playbook')) {
    console.log('SKIPPED files against Ansible: no ansible-playbook; apt-get install ansible-core');
    return [];
  }
  const folder = join(work, 'ansible');
  mkdirSync(folder);
  const file = join(folder, 'cluster.yaml');
  writeFileSync(file, clusterText(hosts));
  const knode = (...args: string[]) => [
    cli,
    '-f',
    file,
    '--state',
    join(folder, 'state'),
    'render',
    '--unlocked',
    ...args,
  ];
  time(process.execPath, knode('--node', nodeName, '--files', join(folder, 'tree')));
  const ours = [1, 2, 3].map((run) => time(process.execPath, knode('--all', '--files', join(folder, `all-${run}`))));
  writePlaybook(folder, join(folder, 'tree'), hosts);
  const forks = Math.max(5, 2 * availableParallelism());
  const theirs = time('ansible-playbook', [
    '-i',
    join(folder, 'hosts'),
    '-f',
    String(forks),
    join(folder, 'play.yaml'),
  ]);
  const made = filesBelow(join(folder, 'out')).map((name) => relative('.', name));
  const wanted = filesBelow(join(folder, 'tree')).length * hosts;
  if (made.length !== wanted) throw new Error(`ansible wrote ${made.length} files, not ${wanted}`);
  // Three masters are rendered as well: knode pays for them.
  const perNode = median(ours) / hosts;
  return [
    {
      name: 'files of a node, faster than Ansible',
      value: theirs / hosts / perNode,
      unit: 'x',
      atLeast: 50,
      note: `${perNode.toFixed(1)} ms a node, Ansible ${(theirs / hosts).toFixed(0)} ms`,
    },
  ];
}
