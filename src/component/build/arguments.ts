import { NodeText } from './node-text.ts';

export type FlagValue = string | number | boolean | NodeText | readonly string[];
export type Flags = Readonly<Record<string, FlagValue>>;
/** The value of `extraArgs` in the cluster file. */
export type ExtraArgs = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/**
 * Flags as arguments of an `ExecStart=` line, sorted by name and escaped for systemd. The user's flags override
 * knode's; all these programs treat `_` and `-` in a name alike.
 */
export function unitArguments(flags: Flags, extraArgs: ExtraArgs = {}): readonly string[] {
  const own = Object.fromEntries(Object.entries(extraArgs).map(([name, value]) => [name.replaceAll('_', '-'), value]));
  return Object.entries<FlagValue>({ ...flags, ...own })
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((one) => argument(name, one)));
}

function argument(name: string, value: string | number | boolean | NodeText): string {
  return value instanceof NodeText ? `--${name}=${value.text}` : escapeArgument(`--${name}=${value}`);
}

/**
 * One word of an `ExecStart=` line that means exactly `text`: `%` and `$` are doubled, and the word is quoted if white
 * space, quotes or a backslash would change it (systemd.service(5), "Command lines"; systemd.syntax(7), "Quoting").
 */
export function escapeArgument(text: string): string {
  const doubled = text.replaceAll('%', '%%').replaceAll('$', '$$$$');
  if (!/[\s"'\\;]/.test(doubled)) return doubled;
  return `"${doubled.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
