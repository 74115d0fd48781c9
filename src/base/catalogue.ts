/** What is said of one thing: what is wrong, what to do, and lines to paste. */
export interface Words {
  readonly message: string;
  readonly hint?: string | undefined;
  readonly snippet?: string | undefined;
}

export type Parameters = Readonly<Record<string, unknown>>;

/** Words as they are, or as the parameters make them. */
export type Entry = Words | ((parameters: never) => Words);

/** Words by their key: the code, or `code/case` where one code covers several cases. */
export type Catalogue = Readonly<Record<string, Entry>>;

type CodeOf<Key> = Key extends `${infer Code}/${string}` ? Code : Key;

/** The codes of a catalogue: a closed union, because `say` takes no other key. */
export type CodesOf<S> = S extends Say<infer C> ? CodeOf<keyof C> : never;

type WordsOf<E> = E extends (parameters: never) => infer W ? W : E;
type ParametersOf<E> = E extends (parameters: infer P) => Words ? readonly [parameters: P] : readonly [];

/** Words with the code and the parameters that they were made of. */
export interface Said {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly snippet?: string;
  readonly parameters: Parameters;
}

/** What is always said with a remedy. */
export type Advice = Said & { readonly hint: string };

/** Makes the words of one catalogue. Parameters that an entry does not take do not compile. */
export type Say<C extends Catalogue> = <Key extends keyof C & string>(
  key: Key,
  ...parameters: ParametersOf<C[Key]>
) => Said & WordsOf<C[Key]>;

/** Sentences that carry no code: texts, and functions that make them. */
export type Phrases = Readonly<Record<string, unknown>>;

/** Another language: for each catalogue what it has words for. What is missing stays English. */
export type Language = Readonly<Record<string, Catalogue | Phrases>>;

let spoken: Language = {};
const english = new Map<string, Catalogue | Phrases>();

/** The catalogues of the rooms that are loaded, in English: what a translator has to write again. */
export function catalogues(): ReadonlyMap<string, Catalogue | Phrases> {
  return english;
}

function register(name: string, words: Catalogue | Phrases): void {
  if (english.has(name)) throw new Error(`two catalogues are called ${name}`);
  english.set(name, words);
}

/**
 * Chooses the language of the process, as a locale does. Call it before the rooms are loaded: words are made when something is
 * found, and a few of them when a module is loaded.
 */
export function speakIn(language: Language): void {
  spoken = language;
}

/** @param name of the catalogue, by which a language knows it: the room, or the folder. */
export function speaker<const C extends Catalogue>(name: string, own: C): Say<C> {
  register(name, own);
  const say = (key: string, parameters: Parameters = {}): Said => {
    const entry = ((spoken[name] as Catalogue | undefined)?.[key] ?? own[key]) as Words | ((p: Parameters) => Words);
    const { message, hint, snippet } = typeof entry === 'function' ? entry(parameters) : entry;
    return {
      code: key.split('/')[0] ?? key,
      message,
      ...(hint === undefined ? {} : { hint }),
      ...(snippet === undefined ? {} : { snippet }),
      parameters,
    };
  };
  return say as unknown as Say<C>;
}

/** The phrases of a room, each looked up in the language when it is read. */
export function phrases<const P extends Phrases>(name: string, own: P): P {
  register(name, own);
  return new Proxy(own, {
    get: (_own, key) => (typeof key === 'string' ? (spoken[name]?.[key] ?? own[key]) : undefined),
  });
}
