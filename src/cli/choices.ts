import { roles, wordOfRole } from '../model/roles.ts';

interface Choice {
  readonly name: string;
  /** A few words, in parentheses after the name. */
  readonly about?: string;
}

/** The choices of an option, for its help: `cloud-config (the default), gzip or iso`. */
export function choices(list: readonly (Choice | string)[]): string {
  const words = list.map((one) => {
    const { name, about }: Choice = typeof one === 'string' ? { name: one } : one;
    return about === undefined ? name : `${name} (${about})`;
  });
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** The choices of `--role`. */
export const roleChoices = (): string =>
  `${choices(roles.map(wordOfRole))}; master is the older word for control-plane`;
