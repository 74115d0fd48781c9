/** Daemons in the foreground that belong to one test server: they log into its folder, and end with it or with this process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { onExit, sleep } from '../tools.ts';

const readyMs = 90_000;

export class Daemons {
  readonly #folder: string;
  readonly #running: ChildProcess[] = [];
  readonly #forget: () => void;

  /** @param folder is gone after `stop`, unless KNODE_KEEP is set. */
  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(join(folder, 'log'), { recursive: true });
    this.#forget = onExit(() => {
      for (const one of this.#running) one.kill('SIGKILL');
    });
  }

  /** @param name of its log, `log/NAME.out`. */
  start(name: string, command: string, args: readonly string[]): void {
    const log = openSync(join(this.#folder, 'log', `${name}.out`), 'a');
    this.#running.push(spawn(command, args, { cwd: this.#folder, stdio: ['ignore', log, log] }));
    closeSync(log);
  }

  /**
   * Waits for an answer of the web server that is `right`.
   * @throws with the logs if a daemon ends, or no answer arrives in time.
   */
  async answering(endpoint: string, right: (status: number) => boolean): Promise<void> {
    const limit = Date.now() + readyMs;
    for (;;) {
      if (this.#running.some(hasEnded) || Date.now() > limit)
        throw new Error(`${endpoint} does not answer\n${this.#logs()}`);
      const answer = await fetch(endpoint).catch(() => undefined);
      await answer?.arrayBuffer();
      if (answer !== undefined && right(answer.status)) return;
      await sleep(100);
    }
  }

  #logs(): string {
    const folder = join(this.#folder, 'log');
    const outputs = readdirSync(folder).filter((name) => name.endsWith('.out'));
    return outputs.map((name) => `--- ${name}\n${readFileSync(join(folder, name), 'utf8').slice(-2000)}`).join('\n');
  }

  /** In reverse order. Nothing of them is kept: an orderly end is not needed. */
  async stop(): Promise<void> {
    for (const one of this.#running.toReversed()) {
      if (hasEnded(one)) continue;
      const closed = new Promise((resolve) => one.once('exit', resolve));
      one.kill('SIGKILL');
      await closed;
    }
    this.#forget();
    if (!process.env.KNODE_KEEP) rmSync(this.#folder, { recursive: true, force: true });
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
