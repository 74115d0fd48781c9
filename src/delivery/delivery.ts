import { optionMistake } from '../base/failure.ts';
import { nearest } from '../base/nearest.ts';
import { together } from '../base/option-mistakes.ts';
import type { Cloud } from '../platform/cloud.ts';
import { clouds } from '../platform/clouds.ts';
import { type Encoded, encode } from './encode.ts';
import { type Format, formatNamed, formats } from './format.ts';
import { say } from './messages.ts';
import type { RenderedNode } from './rendered-node.ts';

/** The user's options for the delivery of user-data. */
export interface DeliveryOptions {
  readonly format?: string;
  readonly platform?: string;
  readonly output?: string;
  readonly files?: string;
  readonly all?: boolean;
  readonly json?: boolean;
  readonly dryRun?: boolean;
}

export interface Delivery {
  readonly format: Format;
  /** Without a platform there is no limit. */
  readonly platform?: Cloud;
  /** Whether `-o` writes user-data beside meta-data and network-config, with the file names of NoCloud. */
  readonly seed: boolean;
}

/** A node's user-data in its delivered form; made again for each request. */
export interface Parcel {
  readonly node: RenderedNode;
  readonly encoded: Encoded;
}

interface Named {
  readonly name: string;
  readonly aliases?: readonly string[];
}

function named<T extends Named>(what: 'format' | 'platform', word: string, known: readonly T[]): T {
  const found = known.find(({ name, aliases = [] }) => name === word || aliases.includes(word));
  if (found !== undefined) return found;
  const names = known.map((one) => one.name);
  // A prefix is enough: gz, open.
  const near = nearest(word, names) ?? names.find((one) => word !== '' && one.startsWith(word));
  throw optionMistake(`--${what}`, say(`unknown-${what}`, { word, near, names }));
}

/** How to use the seed image on a cloud that does not accept it. */
function seedImageHint({ seedImage }: Format): string {
  const taking = clouds.filter((one) => one.formats.some((name) => formatNamed(name).seedImage));
  return seedImage ? `; an ISO image is a seed of --platform ${taking.map((one) => one.name).join(', ')}` : '';
}

/** @throws UserMistake for unknown names, and for formats that the platform does not accept. */
export function chooseDelivery(options: Pick<DeliveryOptions, 'format' | 'platform'>): Delivery {
  const [format, platform] = together([
    () => (options.format === undefined ? undefined : named('format', options.format, formats)),
    () => (options.platform === undefined ? undefined : named('platform', options.platform, clouds)),
  ]);
  const [plain] = formats;
  if (platform === undefined) return { format: format ?? plain, seed: format === undefined || format === plain };
  if (format !== undefined && !platform.formats.includes(format.name)) {
    throw optionMistake(
      '--format',
      say('format-of-platform', {
        title: platform.title,
        name: format.name,
        also: platform.name,
        formats: platform.formats,
        format: seedImageHint(format),
      }),
    );
  }
  const chosen = format ?? formatNamed(platform.formats[0]);
  return { format: chosen, platform, seed: platform.seed === true && !chosen.seedImage };
}

export function pack(nodes: readonly RenderedNode[], { format, platform }: Delivery): readonly Parcel[] {
  return nodes.map((node) => ({
    node,
    get encoded() {
      return encode(node.userData, format.name, platform?.gzipsMime);
    },
  }));
}
