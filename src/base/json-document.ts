import type { Diagnostic } from './diagnostic.ts';

/** Output of `--json`: one document, also after a failure. */
export interface JsonDocument {
  /** Keeps the command's output until the command ends. */
  hold(value: object): void;
  /** The document of a successful command; empty if the command had no output. */
  done(): string;
  /** The document of a failed command: its output so far, and its errors. */
  failed(diagnostics: readonly Diagnostic[]): string;
}

export function jsonDocument(): JsonDocument {
  let held: object | undefined;
  return {
    hold: (value) => {
      held = value;
    },
    done: () => (held === undefined ? '' : jsonText(held)),
    // A list cannot hold a second key.
    failed: (error) => jsonText({ ...(Array.isArray(held) ? {} : held), error }),
  };
}

/** A document for stdout. Diagnostics have only their final text, without its parameters. */
export function jsonText(value: object): string {
  const text = JSON.stringify(
    value,
    function (this: object, key, inner: unknown) {
      return key === 'parameters' && 'severity' in this && 'code' in this ? undefined : inner;
    },
    2,
  );
  return `${text}\n`;
}
