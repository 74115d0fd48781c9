import type { ToldLine, ToldOneFile } from './file.ts';
import type { Influence } from './influence.ts';
import type { Origin } from './origin.ts';

/** `1, 4-6` */
function ranges(lines: readonly number[]): string {
  const found: [number, number][] = [];
  for (const line of lines) {
    const last = found.at(-1);
    if (last !== undefined && last[1] === line - 1) last[1] = line;
    else found.push([line, line]);
  }
  return found.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(', ');
}

const place = ({ from, setting }: Origin): string => (setting === undefined ? from : `${from} (${setting})`);

function settingLines(settings: readonly Influence[]): string[] {
  if (settings.length === 0) return ['  settings   none of the cluster file changes it'];
  return settings.map(({ lines, wholeFile, ...origin }, index) => {
    const what = [
      ...(wholeFile ? ['whether it is there'] : []),
      ...(lines.length > 0 ? [`${lines.length > 1 ? 'lines' : 'line'} ${ranges(lines)}`] : []),
    ];
    const effect = what.length > 0 ? `: ${what.join(', ')}` : '';
    return `  ${index === 0 ? 'settings ' : '         '}  ${place(origin)}${effect}`;
  });
}

function lineText(told: ToldOneFile, line: ToldLine): string {
  return [
    `${told.node}:${told.path}:${line.number}`,
    `  ${line.text === undefined ? '(secret)' : line.text.trim()}`,
    ...line.origins.map((origin, index) => `  ${index === 0 ? 'from     ' : '         '}  ${place(origin)}`),
    `  why        ${line.because}`,
    `  component  ${told.component}: ${told.purpose}`,
    '',
  ].join('\n');
}

/** One file, or one line of it, for people. */
export function oneFileText(told: ToldOneFile): string {
  if (told.line !== undefined) return lineText(told, told.line);
  return [
    `${told.node}:${told.path}`,
    `  component  ${told.component}: ${told.purpose}`,
    `  layer      ${told.layer}`,
    `  mode       ${told.mode}${told.secret ? ', secret' : ''}`,
    `  size       ${told.raw} bytes, ${told.compressed} compressed`,
    `  from       ${place(told)}`,
    ...told.request.map((words, index) => `  ${index === 0 ? 'holds    ' : '         '}  ${words}`),
    ...settingLines(told.settings),
    ...(told.untried > 0 ? [`             and ${told.untried} settings of other nodes, left out here`] : []),
    '',
    ...(told.content === undefined ? ['(its content is secret)', ''] : [told.content]),
  ].join('\n');
}
