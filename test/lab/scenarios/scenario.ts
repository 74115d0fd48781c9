import type { LabCluster } from '../cluster.ts';

export interface Scenario {
  /** As issue and README number them. */
  readonly number: number;
  readonly name: string;
  readonly title: string;
  /**
   * `cluster`: on a running cluster, which it leaves running. `own`: it boots and destroys its own machines. `kernel`:
   * the same with virtual machines; run only by name, and alone.
   */
  readonly needs: 'cluster' | 'own' | 'kernel';
  /** It only looks: a failure leaves the cluster as good as it was. */
  readonly looks?: true;
  readonly ci: boolean;
  /** Run by name only: it needs its own cluster file. */
  readonly byName?: true;
  /** Throws if something is wrong. */
  run(lab: LabCluster, options: ScenarioOptions): Promise<void>;
}

export interface ScenarioOptions {
  /** Fewer rounds, for CI. */
  readonly short: boolean;
  /** For repetitions; default: the scenario's own number. */
  readonly rounds?: number;
  /** For what is random. */
  readonly seed: number;
}
