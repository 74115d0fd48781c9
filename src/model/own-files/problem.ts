/** A mistake in one of the user's own files that a program would refuse. */
export interface FileProblem {
  readonly code: string;
  /** Follows the file's name: "line 2: …". */
  readonly message: string;
  readonly hint: string;
  /** The program accepts the file, but ignores a part of it. */
  readonly severity?: 'warning';
}

export function problem(code: string, message: string, hint: string): FileProblem {
  return { code, message, hint };
}
