/** Lists, numbers and suggestions as English writes them; for catalogues alone. */

export function list(items: readonly string[]): string {
  return items.join(', ');
}

/** The noun in its number: `1 file`, `2 files`. */
export function counted(count: number, singular: string, plural: string = `${singular}s`): string {
  return `${count} ${count === 1 ? singular : plural}`;
}

/** Offers the known word that is nearest, or else says something else. */
export function suggest(near: string | undefined, otherwise: string): string {
  return near === undefined ? otherwise : `did you mean '${near}'?`;
}
