import { createHash } from 'node:crypto';
import { kubernetesPieces } from './kubernetes-pieces.ts';
import { machinePieces } from './machine-pieces.ts';
import { type Json, lay, type Piece, type Shape } from './piece.ts';

/** Every minor that knode has facts for when this was written, from 1.16 on, each with several files. */
const minors = Array.from({ length: 21 }, (_, at) => 16 + at);
const filesOfOneMinor = 12;

/** A number from a text: files stay as they are when a piece is added or removed, but for that piece. */
function drawn(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0);
}

/** Values for a piece of one file, drawn from lists. */
function picker(seed: string): <T>(values: readonly T[]) => T {
  let count = 0;
  return (values) => values[drawn(`${seed} ${count++}`) % values.length] as (typeof values)[number];
}

const address = (net: number, count: number) =>
  Array.from({ length: count }, (_, at) => ({ name: `n${net}-${at + 1}`, address: `10.0.${net}.${at + 11}` }));

function shapeOf(name: string, minor: number): Shape {
  const pick = picker(`shape ${name}`);
  const docker = pick([true, false, false]);
  const balancers = pick([0, 0, 0, 1, 2]);
  return {
    minor,
    docker,
    family: pick(['debian', 'debian', 'rhel']),
    arch: pick(['amd64', 'amd64', 'arm64']),
    masters: pick([1, 3, 3, 5]),
    workers: pick([1, 2, 3]),
    dedicated: pick([0, 0, 0, 3]),
    balancers,
    balancing: balancers > 0 ? 'balancer' : pick(['local', 'local', 'external']),
    pool: pick([true, false, false]),
    flannel: pick([true, true, true, false]),
  };
}

function bare(name: string, shape: Shape): Json {
  const pick = picker(`bare ${name}`);
  return {
    apiVersion: 'knode.dev/v1',
    kind: 'Cluster',
    name,
    arch: shape.arch,
    kubernetes: { version: `1.${shape.minor}.${pick([0, 1, 2])}` },
    apiEndpoint: {
      address: shape.balancing === 'local' && shape.masters === 1 ? '10.0.1.11' : '10.0.9.9',
      loadBalancer: { type: shape.balancing },
    },
    nodes: {
      masters: address(1, shape.masters),
      workers: address(2, shape.workers),
      etcd: address(3, shape.dedicated),
      balancers: address(4, shape.balancers),
      ...(shape.pool && { pools: { web: { network: '10.0.64.0/18' } } }),
    },
    network: { provider: shape.flannel ? 'flannel' : 'external', host: { cidr: '10.0.0.0/16' } },
    containerRuntime: { type: shape.docker ? 'docker' : 'containerd' },
    os: { family: shape.family },
  };
}

export interface CorpusFile {
  readonly name: string;
  readonly file: Json;
  /** Names of its pieces. */
  readonly pieces: readonly string[];
}

export const pieces: readonly Piece[] = [...kubernetesPieces, ...machinePieces];

function corpusFile(minor: number, at: number): CorpusFile {
  const name = `c${minor}-${at + 1}`;
  const shape = shapeOf(name, minor);
  const chosen = pieces.filter(
    (piece) => (piece.when?.(shape) ?? true) && drawn(`${name} ${piece.name}`) % 100 < (piece.percent ?? 12),
  );
  // Of pieces about one thing, the first.
  const used = chosen.filter(
    ({ about }, index) => about === undefined || chosen.findIndex((one) => one.about === about) === index,
  );
  const file = used.reduce(
    (before, piece) => lay(before, piece.make(picker(`${name} ${piece.name}`), shape)),
    bare(name, shape),
  );
  return { name, file, pieces: used.map((piece) => piece.name) };
}

/**
 * Cluster files of all versions, shapes and settings that knode accepts. They are made without knode and its facts, so
 * that an over-strict fact or rule does not remove the files that would show it.
 */
export const corpus: readonly CorpusFile[] = minors.flatMap((minor) =>
  Array.from({ length: filesOfOneMinor }, (_, at) => corpusFile(minor, at)),
);
