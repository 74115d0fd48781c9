import { once } from 'node:events';
import { mistake } from '../../base/failure.ts';
import { ofOption, together } from '../../base/option-mistakes.ts';
import { readFolderIndex } from '../../mirror/layout/folder-index.ts';
import type { MirrorIndex } from '../../mirror/layout/layout.ts';
import { parseListen, startListening, stopListening } from '../../mirror/serve/listen.ts';
import { serveMessages } from '../../mirror/serve/messages.ts';
import { openMirrorFolder } from '../../mirror/serve/mirror-folder.ts';
import { type Access, mirrorServer } from '../../mirror/serve/server.ts';
import { folderStore } from '../../object-store/folder-store.ts';
import { type Interrupt, listenForInterrupt } from '../../workflow/interrupt.ts';
import { demandAllRight, verifyByIndex } from '../../workflow/mirror/verify.ts';
import { type CommandIo, demand, type GlobalOptions } from '../io.ts';
import { say as words } from '../messages.ts';
import { verdictLine } from './verify.ts';

export interface MirrorServeOptions extends GlobalOptions {
  readonly folder: string;
  readonly listen: string;
  /** Hash every file before serving. */
  readonly verify?: boolean;
}

/** How long running transfers may continue after the signal to stop. */
const graceMs = 10_000;

/**
 * `knode mirror serve`: serves the folder over HTTP until a signal arrives. The address goes to stdout, requests to
 * stderr.
 */
export async function mirrorServe(
  options: MirrorServeOptions,
  io: CommandIo,
  interrupt: Interrupt = listenForInterrupt(),
): Promise<void> {
  try {
    const { folder, json } = options;
    const [address, index] = together([
      () => ofOption('--listen', () => parseListen(options.listen)),
      () => ofOption('<dir>', () => demandMirror(folder, io)),
    ]);
    const say = (text: string) => io.stderr(`knode: ${text}\n`);
    if (options.verify) await verifyFolder(folder, json ? () => {} : say);
    const access = (one: Access) => io.stderr(`${json ? accessJson(one, io) : accessLine(one, io)}\n`);
    const server = mirrorServer({ folder: openMirrorFolder(folder, index, say), access, say });
    const url = await startListening(server, address);
    const files = index.artifacts.length;
    io.stdout(json ? `${JSON.stringify({ url, folder, files })}\n` : `${serveMessages.serving(folder, files, url)}\n`);
    if (!interrupt.signal.aborted) await once(interrupt.signal, 'abort');
    say(serveMessages.stopping);
    await stopListening(server, graceMs);
    say(serveMessages.stopped);
  } finally {
    interrupt.dispose();
  }
}

/** Reports missing or wrong files, and stops. */
async function verifyFolder(folder: string, say: (text: string) => void): Promise<void> {
  const store = folderStore(folder);
  const verdicts = await verifyByIndex(store, (one) => {
    if (one.status !== 'ok') say(verdictLine(one));
  });
  demandAllRight(verdicts, store.place);
}

function demandMirror(folder: string, io: CommandIo): MirrorIndex {
  const report = readFolderIndex(folder);
  if (report.value !== undefined || report.diagnostics.length > 0) return demand(report, io);
  throw mistake(words('not-a-mirror/serve', { folder }));
}

function accessLine({ client, method, url, status, bytes, milliseconds, whole }: Access, io: CommandIo): string {
  const time = io.clock.now().toISOString();
  return `${time} ${client} ${method} ${url} ${status} ${bytes} ${milliseconds.toFixed(0)}ms${whole ? '' : ' cut'}`;
}

function accessJson(access: Access, io: CommandIo): string {
  const milliseconds = Math.round(access.milliseconds);
  return JSON.stringify({ time: io.clock.now().toISOString(), ...access, milliseconds });
}
