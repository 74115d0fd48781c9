import type { FlagValue } from '../build/arguments.ts';

function pairs(words: readonly string[], separator: '=' | '<'): [string, string][] {
  return words.flatMap((word) => {
    const at = word.indexOf(separator);
    return at < 0 ? [] : [[word.slice(0, at).trim(), word.slice(at + 1).trim()] as [string, string]];
  });
}

/** The map in the file to which a flag adds entries. */
function under(written: unknown): Record<string, unknown> {
  return typeof written === 'object' && written !== null ? { ...(written as Record<string, unknown>) } : {};
}

/**
 * The value of a flag in the form of its field (cmd/kubelet/app/options/options.go). A value of the wrong type stays as
 * it is: the check of flags reports it.
 * @param written the value in the file: feature gates are added to it, everything else replaces it.
 */
export function flagValue(type: string, value: FlagValue | undefined, written: unknown): unknown {
  const words = (Array.isArray(value) ? value : [value]).flatMap((one) => String(one).split(','));
  const text = String(Array.isArray(value) ? value.at(-1) : value);
  if (type === 'bool') return /^(true|false)$/.test(text) ? text === 'true' : value;
  if (/^u?int(32|64)$/.test(type)) return /^[+-]?\d+$/.test(text) ? Number(text) : value;
  if (type === '[]string') return text === '' ? [] : words.map((word) => word.trim());
  if (type === 'map[string]bool') {
    const gates = pairs(words, '=').map(([name, on]) => [name, on === 'true']);
    return { ...under(written), ...Object.fromEntries(gates) };
  }
  if (type !== 'map[string]string') return text;
  return Object.fromEntries(pairs(words, text.includes('<') ? '<' : '='));
}
