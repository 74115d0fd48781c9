import type { Diagnostic } from './diagnostic.ts';

/** What `--json` prints: one document, whatever happens. */
export interface JsonDocument {
  /** Keeps what the command has to say until it has ended. */
  hold(value: object): void;
  /** The document of a command that has done its work; empty if it has said nothing. */
  done(): string;
  /** The document of a command that failed: what it had to say, and beside that its errors. */
  failed(diagnostics: readonly Diagnostic[]): string;
}

export function jsonDocument(): JsonDocument {
  let held: object | undefined;
  return {
    hold: (value) => {
      held = value;
    },
    done: () => (held === undefined ? '' : jsonText(held)),
    // A list has no room for a second key.
    failed: (error) => jsonText({ ...(Array.isArray(held) ? {} : held), error }),
  };
}

/** A document as it goes to stdout. */
export function jsonText(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
