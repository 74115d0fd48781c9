import type { Diagnostic } from '../base/diagnostic.ts';
import { UserMistake } from '../base/failure.ts';
import type { Cloud } from '../platform/cloud.ts';
import type { NodeFile } from '../render/node-file.ts';
import type { Delivery, Parcel } from './delivery.ts';
import { encode, gzip } from './encode.ts';
import { counted, measure } from './limit.ts';
import { say } from './messages.ts';
import { deliveredFiles, type RenderedNode } from './rendered-node.ts';

const shownFiles = 10;

type LimitedPlatform = Cloud & Required<Pick<Cloud, 'limit'>>;

const number = (value: number): string => value.toLocaleString('en-US');

const compressed = (files: readonly NodeFile[]): number => gzip(files.map((one) => one.content).join('')).length;

/** How much smaller compressed user-data would be without these files. */
function saved(files: readonly NodeFile[], without: (file: NodeFile) => boolean): number {
  return compressed(files) - compressed(files.filter((file) => !without(file)));
}

function largest(files: readonly NodeFile[]): string[] {
  const sizes = files.map((file) => ({ path: file.path, bytes: gzip(file.content).length }));
  const rows = sizes.sort((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : 1)).slice(0, shownFiles);
  return rows.map(({ path, bytes }) => `  ${number(bytes).padStart(7)}  ${path}`);
}

/** Other formats of the platform that make it smaller. */
function otherFormats({ userData }: RenderedNode, platform: LimitedPlatform, size: number): string[] {
  const { limit } = platform;
  const sizes = platform.formats.map((format) => ({
    format,
    bytes: measure(encode(userData, format, platform.gzipsMime), limit),
  }));
  const best = sizes.reduce((one, other) => (other.bytes < one.bytes ? other : one));
  if (best.bytes >= size) return [];
  const fits = best.bytes <= limit.bytes ? ', which fits' : '';
  return [`--format ${best.format}: ${number(best.bytes)} bytes${fits}`];
}

/** Ways to make this node's user-data smaller, with the effect of each. */
function remedies(node: RenderedNode, platform: LimitedPlatform, size: number): string[] {
  const { plan, layerArchive } = node;
  const files = deliveredFiles(node);
  const image = saved(files, (file) => file.layer === 'image');
  const cluster = saved(files, (file) => file.layer === 'cluster' && !file.secret);
  const extras = saved(files, (file) => file.component === 'extras');
  const rsa = plan.cluster.spec.pki.algorithm.startsWith('rsa');
  return [
    ...otherFormats(node, platform, size),
    ...(extras > 0 ? [`fewer or smaller extraFiles and extraUnits: they take ${number(extras)} bytes compressed`] : []),
    ...(rsa ? ['pki.algorithm: ecdsa-p256: keys and certificates of a fraction of the size'] : []),
    ...(layerArchive === undefined && node.image === undefined
      ? [`artifacts.payload: mirror: the files of layer "image" come from a mirror: ${number(image)} bytes compressed`]
      : []),
    node.image === undefined
      ? `a golden image that holds the files of layer "image": ${number(image)} bytes compressed, and the artifacts baked in`
      : `an image baked with --layers image,cluster: ${number(cluster)} bytes compressed`,
  ];
}

function tooLarge(parcel: Parcel, also: number, platform: LimitedPlatform, { format }: Delivery): Diagnostic {
  const { node, encoded } = parcel;
  const { name, role } = node.machine;
  const { bytes, of } = platform.limit;
  const size = measure(encoded, platform.limit);
  return {
    severity: 'error',
    ...say('user-data-too-large', {
      role,
      name,
      title: platform.title,
      size: number(size),
      name2: format.name,
      bytes: number(bytes),
      counted: counted[of],
      also,
      number: number(size - bytes),
    }),
    snippet: [
      '  the largest files, each compressed by itself:',
      ...largest(deliveredFiles(node)),
      '',
      '  what would help:',
      ...remedies(node, platform, size).map((remedy) => `  - ${remedy}`),
    ].join('\n'),
  };
}

/**
 * Checks that every node fits the platform, before anything is delivered. One diagnostic per role, for its largest
 * node: the nodes of a role differ little.
 * @throws UserMistake
 */
export function demandFit(parcels: readonly Parcel[], delivery: Delivery): void {
  const { platform } = delivery;
  if (platform?.limit === undefined) return;
  const limited = { ...platform, limit: platform.limit };
  const sizeOf = ({ encoded }: Parcel) => measure(encoded, limited.limit);
  const beyond = parcels.filter((parcel) => sizeOf(parcel) > limited.limit.bytes);
  if (beyond.length === 0) return;
  const roles = new Set(beyond.map(({ node }) => node.machine.role));
  throw new UserMistake(
    [...roles].flatMap((role) => {
      const ofRole = beyond.filter(({ node }) => node.machine.role === role);
      const [worst] = ofRole.toSorted((one, other) => sizeOf(other) - sizeOf(one));
      return worst === undefined ? [] : [tooLarge(worst, ofRole.length - 1, limited, delivery)];
    }),
  );
}
