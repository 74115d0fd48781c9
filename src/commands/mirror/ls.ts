import { ofOption, together } from '../../base/option-mistakes.ts';
import type { MirrorIndex } from '../../mirror/layout/layout.ts';
import { demandIndex } from '../../mirror/layout/store-index.ts';
import { bytesText } from '../../mirror/progress/amounts.ts';
import { parseLocation } from '../../object-store/location.ts';
import type { S3Options } from '../../object-store/s3/client.ts';
import { interruptible } from '../../workflow/interrupt.ts';
import { checkEndpointOption, withStore } from '../../workflow/mirror/open-store.ts';
import { type CommandIo, type GlobalOptions, printJson } from '../io.ts';

export interface MirrorLsOptions extends GlobalOptions, S3Options {
  readonly target: string;
}

/** `knode mirror ls`: lists the index of a mirror. */
export async function mirrorLs(options: MirrorLsOptions, io: CommandIo): Promise<void> {
  const [location] = together([
    () => ofOption('<target>', () => parseLocation(options.target)),
    () => checkEndpointOption(options),
  ]);
  const { index } = await interruptible((signal) => withStore(location, options, signal, demandIndex), 'stopped');
  if (options.json) printJson({ target: options.target, artifacts: index.artifacts }, io);
  else io.stdout(table(index));
}

function table({ artifacts }: MirrorIndex): string {
  const rows = [
    ['artifact', 'version', 'arch', 'size', 'sha256', 'file'],
    ...artifacts.map(({ name, version, arch, size, sha256, key }) => {
      return [name, version, arch, bytesText(size), sha256.slice(0, 12), key.split('/').at(-1) ?? key];
    }),
  ];
  const widths = rows[0]?.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0))) ?? [];
  const lines = rows.map((row) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  '));
  const total = bytesText(artifacts.reduce((sum, { size }) => sum + size, 0));
  return `${lines.map((text) => `${text.trimEnd()}\n`).join('')}${artifacts.length} files, ${total}\n`;
}
