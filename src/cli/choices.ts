interface Choice {
  readonly name: string;
  /** A few words, in parentheses after the name. */
  readonly about?: string;
}

/** The choices of an option, for its help: `cloud-config (the default), gzip or iso`. */
export function choices(list: readonly Choice[]): string {
  const words = list.map(({ name, about }) => (about === undefined ? name : `${name} (${about})`));
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
