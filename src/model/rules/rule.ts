import type { Advice } from '../../base/catalogue.ts';
import type { DataPath, Diagnostic } from '../../base/diagnostic.ts';
import type { Cluster } from '../cluster.ts';

/** A finding of a rule; its place is a path in the cluster file. */
export type Finding = Diagnostic & {
  readonly path: DataPath;
  /** The key itself is wrong, not its value. */
  readonly target?: 'key';
};

/** One cross-field rule. A new rule is one function and one row in `index.ts`, with one golden. */
export type Rule = (cluster: Cluster) => readonly Finding[];

export function error(path: DataPath, { code, message, hint, parameters }: Advice): Finding {
  return { severity: 'error', path, code, message, hint, parameters };
}

export function warning(path: DataPath, { code, message, hint, parameters }: Advice): Finding {
  return { severity: 'warning', path, code, message, hint, parameters };
}

/** A finding about a key, whatever its value. */
export function atKey(finding: Finding): Finding {
  return { ...finding, target: 'key' };
}
