/** A place in a source text. Offsets are UTF-16 units from the start; line and column count from 1. */
export interface Span {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly column: number;
  /** The whole line that holds `start`, for the excerpt. */
  readonly excerpt: string;
}

/** A place in the cluster file as keys and indexes, for example `['nodes', 'controlPlane', 0, 'name']`. */
export type DataPath = readonly (string | number)[];

/**
 * One thing to tell the user. `code` is stable and documented, `message` says what is wrong, `hint` says what to do.
 * A user's mistake is always one of these; exceptions are for bugs and for failures of the environment.
 */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  /** Lines to paste that go with the hint. */
  readonly snippet?: string;
  /** What the words were made of (`catalogue.ts`); `--json` has the words alone. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly path?: DataPath;
  readonly span?: Span;
  /** The option or argument of the command line at fault: `--index`, `<target>`. */
  readonly option?: string;
}

/** Result of loaders and rules: a value if one could be made, and all diagnostics. */
export interface Report<T> {
  readonly value?: T;
  readonly diagnostics: readonly Diagnostic[];
}

export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((d) => d.severity === 'error');
}

/** Writes a data path as people do: `nodes.controlPlane[0].name`. */
export function formatPath(path: DataPath): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    const simple = /^[A-Za-z_][A-Za-z0-9_-]*$/.test(key);
    if (!simple) return `${text}[${JSON.stringify(key)}]`;
    return text === '' ? key : `${text}.${key}`;
  }, '');
}
