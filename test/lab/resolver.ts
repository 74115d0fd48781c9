/** Asks the cluster's DNS by its service address for a name, every second, from a machine's own network. */
import { type ChildProcess, spawn } from 'node:child_process';
import { onExit } from '../referee/tools.ts';
import { type Answer, type Coverage, coverage } from './coverage.ts';
import type { Machine } from './node.ts';

/** One question a second, each given up after 900 ms and not repeated; the lab's node runs it, in the machine's network. */
export const askingScript = `
const { Resolver } = require('node:dns').promises;
const [server, name] = process.argv.slice(1);
setInterval(async () => {
  const resolver = new Resolver({ timeout: 900, tries: 1 });
  resolver.setServers([server]);
  const answer = await resolver.resolve4(name).then((found) => found.join(), () => 'no');
  console.log(answer);
}, 1000);`;

export class DnsAsker {
  readonly answers: Answer[] = [];
  readonly #began = Date.now();
  readonly #child: ChildProcess;
  readonly #forget: () => void;

  /** @param wanted the address that is the right answer. */
  constructor(on: Machine, server: string, name: string, wanted: string) {
    const command = ['-t', String(on.initPid), '-n', '--', process.execPath, '-e', askingScript, server, name];
    this.#child = spawn('nsenter', command, { stdio: ['ignore', 'pipe', 'inherit'] });
    let rest = '';
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.answers.push({ at: Date.now(), good: line === wanted });
    });
    this.#forget = onExit(() => this.#child.kill('SIGKILL'));
  }

  stop(): Coverage {
    this.#child.kill('SIGKILL');
    this.#forget();
    return coverage(this.answers, this.#began, Date.now());
  }
}
