/** Whether an id matches a pattern: `*` stands for any characters, `?` for one. */
export function matchesId(pattern: string, id: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`).test(id);
}

/** Whether the text is a pattern, not the id of one certificate. */
export function isPattern(text: string): boolean {
  return /[*?]/.test(text);
}
