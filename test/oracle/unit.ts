/**
 * Reads the command lines of a systemd unit like systemd (systemd.service(5), "Command lines"; systemd.syntax(7)).
 * Deliberately independent of src/, because it judges the output of src/.
 */

export interface CommandLine {
  readonly argv: string[];
}

/** Joins continued lines: a backslash at the end becomes a space; comment lines in between are skipped. */
function logicalLines(text: string): string[] {
  const lines: string[] = [];
  let open: string | undefined;
  for (const line of text.split('\n')) {
    if (/^\s*[#;]/.test(line)) continue;
    const joined = open === undefined ? line : `${open} ${line.trimStart()}`;
    open = joined.endsWith('\\') ? joined.slice(0, -1) : undefined;
    if (open === undefined) lines.push(joined);
  }
  if (open !== undefined) lines.push(open);
  return lines;
}

const escapes: Record<string, string> = { n: '\n', t: '\t', r: '\r', s: ' ', '\\': '\\', '"': '"', "'": "'" };

/** Splits into words: quotes group and go away, backslashes escape, also inside of both kinds of quotes. */
function words(text: string): string[] {
  const found: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c === '\\') {
      const next = text[++i] ?? '';
      const hex = next === 'x' ? /^[0-9a-fA-F]{2}/.exec(text.slice(i + 1))?.[0] : undefined;
      if (hex) i += 2;
      const escaped = hex ? String.fromCharCode(Number.parseInt(hex, 16)) : escapes[next];
      if (escaped === undefined) throw new Error(`unknown escape \\${next} in: ${text}`);
      word = (word ?? '') + escaped;
    } else if (quote !== '') {
      if (c === quote) quote = '';
      else word = (word ?? '') + c;
    } else if (c === '"' || c === "'") {
      quote = c;
      word ??= '';
    } else if (/\s/.test(c)) {
      if (word !== undefined) found.push(word);
      word = undefined;
    } else word = (word ?? '') + c;
  }
  if (quote !== '') throw new Error(`unbalanced ${quote} in: ${text}`);
  if (word !== undefined) found.push(word);
  return found;
}

/** `%%` is a percent sign and `$$` a dollar sign; other specifiers and variables are left unchanged. */
function unescapeSpecials(word: string, keepDollars: boolean): string {
  const percent = word.replaceAll('%%', '%');
  return keepDollars ? percent : percent.replaceAll('$$', () => '$');
}

/**
 * The command lines of `ExecStart=` (or of another setting of the same form), in order. An empty one resets the list.
 */
export function parseUnitExec(unitText: string, setting = 'ExecStart'): CommandLine[] {
  let commands: CommandLine[] = [];
  for (const line of logicalLines(unitText)) {
    const match = /^\s*([A-Za-z]+)\s*=\s*(.*)$/s.exec(line);
    if (match?.[1] !== setting) continue;
    const value = match[2]!.trim();
    if (value === '') {
      commands = [];
      continue;
    }
    const prefix = /^[-@:+!|]*/.exec(value)![0];
    const argv = words(value.slice(prefix.length)).map((word) => unescapeSpecials(word, prefix.includes(':')));
    commands.push({ argv });
  }
  return commands;
}
