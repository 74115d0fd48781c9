import type { Report } from '../base/diagnostic.ts';
import { type ReadCluster, readCluster as readWith } from '../model/read-cluster.ts';
import { programsHaveSource } from '../model/rules/choices.ts';
import { finalValueRules } from './final-values/index.ts';

/** What the command line adds to a cluster file. */
export interface ReadOptions {
  /** Nodes have their programs from an image or from presigned URLs, which the file does not name. */
  readonly sourceElsewhere?: boolean;
}

/** Text to cluster, with every rule: those of the model, and those over the values that programs end up with. */
export function readCluster(text: string, name: string, options: ReadOptions = {}): Report<ReadCluster> {
  return readWith(text, name, options.sourceElsewhere ? finalValueRules : [...finalValueRules, programsHaveSource]);
}
