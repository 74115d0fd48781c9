import type { Advice } from '../../base/catalogue.ts';

/** What is wrong with a file of the user's own that a program would refuse. The message follows the file's name: "line 2: …". */
export interface FileProblem extends Advice {
  /** The program takes the file, but ignores a part of it. */
  readonly severity?: 'warning';
}
