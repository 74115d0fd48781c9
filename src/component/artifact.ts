/** A versioned upstream artifact that the node needs; the catalogue has its URL and the destinations of its members. */
export interface ArtifactNeed {
  readonly name: string;
  readonly version: string;
  readonly arch: 'amd64' | 'arm64';
  /** For a container image: the reference that the node uses, if it differs from the catalogue's. */
  readonly image?: string;
}

/** An artifact in the form that the node's fetch script needs. */
export interface ResolvedArtifact extends ArtifactNeed {
  readonly algorithm: 'sha256' | 'sha512';
  /** Lower-case hex; undefined only for `--unlocked` renders, where nodes check against `checksumUrl`. */
  readonly checksum?: string;
  readonly checksumUrl?: string;
  /** Size in bytes, if the lock has it: a node reads no more. */
  readonly size?: number;
  /** Key below a mirror's base URL: `etcd/3.6.8/linux-amd64/etcd-v3.6.8-linux-amd64.tar.gz`. */
  readonly key: string;
  /** The upstream URL, tried last; `-` if there is none for nodes. */
  readonly url: string;
  readonly format: 'binary' | 'tar.gz' | 'image';
  readonly members: readonly ArtifactMember[];
}

export interface ArtifactMember {
  /** Path in the archive; empty for a bare binary. With a trailing `/` the whole folder. */
  readonly from: string;
  /** Absolute path on the node; a folder (trailing `/`) when `from` is one. */
  readonly to: string;
  readonly mode: string;
}
