import { nearest } from '../../base/nearest.ts';
import { unitLine } from '../messages.ts';
import { say } from './messages.ts';
import type { FileProblem } from './problem.ts';

/** Sections of each kind of unit (systemd.unit(5) and the page of each kind). */
const ownSection: Readonly<Record<string, string>> = {
  service: 'Service',
  timer: 'Timer',
  socket: 'Socket',
  path: 'Path',
  mount: 'Mount',
};

/** Settings that start something; a unit that only stops or reloads does nothing. */
const starts = ['ExecStart', 'ExecStop', 'SuccessAction'];

/** Mandatory settings of a unit, by kind; one of each row is enough. */
const needed: Readonly<Record<string, readonly (readonly string[])[]>> = {
  service: [starts],
  timer: [
    [
      'OnActiveSec',
      'OnBootSec',
      'OnStartupSec',
      'OnUnitActiveSec',
      'OnUnitInactiveSec',
      'OnCalendar',
      'OnClockChange',
      'OnTimezoneChange',
    ],
  ],
  socket: [
    [
      'ListenStream',
      'ListenDatagram',
      'ListenSequentialPacket',
      'ListenFIFO',
      'ListenSpecial',
      'ListenNetlink',
      'ListenMessageQueue',
      'ListenUSBFunction',
    ],
  ],
  path: [['PathExists', 'PathExistsGlob', 'PathChanged', 'PathModified', 'DirectoryNotEmpty']],
  mount: [['What']],
};

interface Assignment {
  readonly section: string;
  readonly key: string;
  readonly value: string;
}

interface Parsed {
  readonly sections: ReadonlySet<string>;
  readonly assignments: readonly Assignment[];
  readonly problems: readonly FileProblem[];
}

/**
 * Lines joined as in systemd (systemd.syntax(7)): a backslash at the end continues a line, comments in between are
 * skipped.
 */
function logicalLines(text: string): { readonly line: number; readonly text: string }[] {
  const result: { line: number; text: string }[] = [];
  let open: { line: number; text: string } | undefined;
  for (const [index, raw] of text.split('\n').entries()) {
    if (/^\s*[#;]/.test(raw)) continue;
    const on = raw.endsWith('\\');
    const part = (on ? raw.slice(0, -1) : raw).trim();
    if (open === undefined) open = { line: index + 1, text: part };
    else open.text += ` ${part}`;
    if (on) continue;
    result.push(open);
    open = undefined;
  }
  if (open !== undefined) result.push(open);
  return result.filter((one) => one.text.trim() !== '');
}

/** systemd logs and ignores such a line. */
function ignored(line: number, why: string): FileProblem {
  return { ...say('unit-line', { line, why }), severity: 'warning' };
}

function parse(text: string): Parsed {
  const sections = new Set<string>();
  const assignments: Assignment[] = [];
  const problems: FileProblem[] = [];
  let section = '';
  for (const { line, text: content } of logicalLines(text)) {
    const header = /^\[([^\]]*)\]$/.exec(content);
    const pair = /^([A-Za-z0-9][A-Za-z0-9-]*)\s*=\s*(.*)$/s.exec(content);
    if (header !== null) {
      section = header[1] ?? '';
      sections.add(section);
    } else if (section === '') {
      problems.push(ignored(line, unitLine.outside));
    } else if (pair === null) {
      problems.push(ignored(line, unitLine.noPair));
    } else assignments.push({ section, key: pair[1] ?? '', value: pair[2] ?? '' });
  }
  return { sections, assignments, problems };
}

function missing(kind: string, own: string, { assignments }: Parsed): FileProblem[] {
  const keys = assignments.filter(({ section, value }) => section === own && value !== '').map(({ key }) => key);
  return (needed[kind] ?? []).flatMap((choice) => {
    if (choice.some((key) => keys.includes(key))) return [];
    const near = keys.map((key) => [key, nearest(key, choice)] as const).find(([, found]) => found !== undefined);
    return [say('unit-setting-missing', { own, key: choice[0] ?? '', near })];
  });
}

/** A command's first word; systemd's own prefixes before it are `@-:+!|`. */
function badCommands({ assignments }: Parsed): FileProblem[] {
  return assignments.flatMap(({ section, key, value }) => {
    if (section !== 'Service' || !/^Exec(Start|StartPre|StartPost|Condition|Reload|Stop|StopPost)$/.test(key))
      return [];
    const program = /^["']?([^\s"']*)/.exec(value.replace(/^[@:+!|-]+/, ''))?.[1] ?? '';
    if (value === '' || program.startsWith('/') || /^[%$]/.test(program) || (program !== '' && !program.includes('/')))
      return [];
    return [say('unit-command', { key, program })];
  });
}

/** Whether systemd loads a unit: its sections, the section of its kind, and the mandatory settings of that kind. */
export function checkUnitText(name: string, text: string): readonly FileProblem[] {
  // An empty file masks the unit (systemd.unit(5)).
  if (text.trim() === '') return [];
  const parsed = parse(text);
  const kind = name.slice(name.lastIndexOf('.') + 1);
  const own = ownSection[kind];
  if (parsed.sections.size === 0) return [say('unit-without-section/check-unit-text')];
  // An instance of a template, or a drop-in, completes a unit of another name.
  if (own === undefined || kind === 'target') return [...parsed.problems, ...badCommands(parsed)];
  if (!parsed.sections.has(own)) return [say('unit-without-section/own', { own, kind })];
  return [...parsed.problems, ...missing(kind, own, parsed), ...badCommands(parsed)];
}
