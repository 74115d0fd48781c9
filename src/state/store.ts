/** Content of the state at one moment: texts by path (`pki/etcd-ca.crt`), already checked against the manifest. */
export interface StateView {
  /** Number of commits; 0 for a state that does not exist yet. */
  readonly revision: number;
  get(path: string): string | undefined;
  /** All paths, sorted. */
  paths(): readonly string[];
}

/** The state, while only this process may change it. */
export interface StateSession extends StateView {
  /**
   * Adds and replaces all entries or none, also across a crash. Returns when they are on the disk; the session then
   * shows them. Entries that equal the stored ones are not a change; a commit without a change writes nothing.
   */
  commit(entries: ReadonlyMap<string, string>): Promise<void>;
}

/** Storage of a cluster's keys, tokens and locks. */
export interface StateStore {
  /** Reads everything without a lock and without writing: for dry runs and lists. */
  read(): Promise<StateView>;
  /** Runs `work` on the newest state while no other process changes it. */
  withLock<T>(work: (session: StateSession) => Promise<T>): Promise<T>;
}
