import type { Report } from '../base/diagnostic.ts';
import { type ReadCluster, readCluster as readWith } from '../model/read-cluster.ts';
import { programsHaveSource } from '../model/rules/choices.ts';
import { finalValueRules } from './final-values/index.ts';

/** Options of the command line that affect the check of a cluster file. */
export interface ReadOptions {
  /** Nodes get their programs from an image or from presigned URLs, which the file does not name. */
  readonly sourceElsewhere?: boolean;
}

/** Text to cluster, with every rule: those of the model, and those over the final values of programs. */
export function readCluster(text: string, name: string, options: ReadOptions = {}): Report<ReadCluster> {
  return readWith(text, name, options.sourceElsewhere ? finalValueRules : [...finalValueRules, programsHaveSource]);
}
