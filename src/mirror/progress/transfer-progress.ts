import type { TransferEvent } from '../transfer-event.ts';
import { bytesText, rateText, secondsText } from './amounts.ts';
import { messages } from './messages.ts';

/**
 * Shows transfers on stderr: redrawn lines on a terminal, plain lines otherwise, and one JSON object per line with
 * `--json`, where stdout has the command's document.
 */
export interface TransferProgress {
  tell(event: TransferEvent): void;
  /** Removes the redrawn lines; later output begins on its own line. */
  end(): void;
}

/** Where progress is shown. */
export interface ProgressOutput {
  readonly stderr: (text: string) => void;
  /** Present if stderr is a terminal: lines on it may be drawn again. */
  readonly terminal?: { readonly columns: () => number };
}

export interface ProgressOptions {
  readonly json: boolean;
  /** What happens to a file: `pulled`. */
  readonly verb: string;
  /** Milliseconds of a monotonic clock. */
  readonly ticks: () => number;
}

/** One line of a running transfer. */
interface Running {
  readonly key: string;
  size: number | undefined;
  done: number;
  /** `[milliseconds, bytes]` of the last seconds, so that the rate is the current one. */
  samples: (readonly [number, number])[];
  /** Time of its last line. */
  said: number;
}

const redrawMs = 200;
const rateWindowMs = 5000;
/** Interval between two plain lines about one transfer. */
const plainMs = 15_000;
/** Interval between two JSON objects about one transfer. */
const jsonMs = 1000;

export function transferProgress(io: ProgressOutput, options: ProgressOptions): TransferProgress {
  return options.json ? jsonProgress(io, options) : new LineProgress(io, options);
}

function jsonProgress(io: ProgressOutput, { ticks }: ProgressOptions): TransferProgress {
  const said = new Map<string, number>();
  return {
    tell(event) {
      if (event.event === 'progress') {
        const now = ticks();
        if (now - (said.get(event.key) ?? now - jsonMs) < jsonMs) return;
        said.set(event.key, now);
      }
      io.stderr(`${JSON.stringify(event)}\n`);
    },
    end() {},
  };
}

class LineProgress implements TransferProgress {
  readonly #io: ProgressOutput;
  readonly #verb: string;
  readonly #ticks: () => number;
  readonly #running = new Map<string, Running>();
  #drawn = 0;
  #drawnAt = 0;

  constructor(io: ProgressOutput, { verb, ticks }: ProgressOptions) {
    this.#io = io;
    this.#verb = verb;
    this.#ticks = ticks;
  }

  tell(event: TransferEvent): void {
    const now = this.#ticks();
    switch (event.event) {
      case 'begin':
        this.#running.set(event.key, { key: event.key, size: event.size, done: 0, samples: [], said: now });
        if (event.instead !== undefined) this.#say(messages.fetchedAnew(event.instead));
        break;
      case 'progress':
        this.#progress(event.key, event.done, event.size, now);
        break;
      case 'retry':
        this.#say(messages.again(event.reason, secondsText(event.seconds)));
        break;
      case 'restart':
        this.#say(messages.fromTheBeginning(event.reason));
        break;
      case 'done': {
        this.#running.delete(event.key);
        const rate = rateText(event.transferred, event.seconds);
        this.#say(
          `${this.#verb} ${event.key}: ${bytesText(event.size)} in ${secondsText(event.seconds)}${rate && `, ${rate}`}`,
        );
        break;
      }
      case 'end':
        this.#running.delete(event.key);
        break;
      case 'failed':
        this.#running.delete(event.key);
        this.#say(`failed ${event.key}`);
        break;
      default:
    }
  }

  #progress(key: string, done: number, size: number | undefined, now: number): void {
    const one = this.#running.get(key);
    if (one === undefined) return;
    Object.assign(one, { done, size });
    // A restart begins again from zero.
    if (done < (one.samples.at(-1)?.[1] ?? 0)) one.samples = [];
    if (now - (one.samples.at(-1)?.[0] ?? 0) >= redrawMs) one.samples.push([now, done]);
    while (one.samples.length > 2 && now - (one.samples[0]?.[0] ?? now) > rateWindowMs) one.samples.shift();
    if (this.#io.terminal !== undefined) {
      if (now - this.#drawnAt >= redrawMs) this.#draw(now);
    } else if (now - one.said >= plainMs) {
      one.said = now;
      this.#io.stderr(`knode: ${stateOf(one, now)}\n`);
    }
  }

  #say(text: string): void {
    this.end();
    this.#io.stderr(`knode: ${text}\n`);
  }

  #draw(now: number): void {
    this.end();
    const width = Math.max(20, (this.#io.terminal?.columns() ?? 80) - 1);
    const lines = [...this.#running.values()].map((one) => `  ${stateOf(one, now)}`.slice(0, width));
    this.#io.stderr(lines.map((line) => `${line}\n`).join(''));
    this.#drawn = lines.length;
    this.#drawnAt = now;
  }

  end(): void {
    // Moves to the first of the redrawn lines, and erases everything below (ECMA-48: CUU, ED).
    if (this.#drawn > 0) this.#io.stderr(`\u001b[${this.#drawn}A\u001b[J`);
    this.#drawn = 0;
  }
}

/** `etcd-v3.6.14-linux-amd64.tar.gz  12.4 MB of 24.1 MB, 8.10 MB/s, 2 s left`. */
function stateOf({ key, size, done, samples }: Running, now: number): string {
  const [since, from] = samples[0] ?? [now, done];
  const [bytes, seconds] = [done - from, (now - since) / 1000];
  const left = size !== undefined && bytes > 0 && seconds > 0 ? ((size - done) * seconds) / bytes : undefined;
  const parts = [
    size === undefined ? bytesText(done) : `${bytesText(done)} of ${bytesText(size)}`,
    ...(bytes > 0 ? [rateText(bytes, seconds)] : []),
    ...(left === undefined ? [] : [`${secondsText(left)} left`]),
  ];
  return `${key.split('/').at(-1)}  ${parts.join(', ')}`;
}
