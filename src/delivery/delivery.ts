import { optionMistake } from '../base/failure.ts';
import { nearest } from '../base/nearest.ts';
import { together } from '../base/option-mistakes.ts';
import { type Encoded, encode, type Format, formats } from './format.ts';
import { type Platform, platforms } from './platform.ts';
import type { RenderedNode } from './rendered-node.ts';

/** What the user says of how user-data leaves. */
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
  /** Without one there is no limit. */
  readonly platform?: Platform;
  /** `-o` writes user-data beside meta-data and network-config, under the names that NoCloud looks for. */
  readonly seed: boolean;
}

/** A node's user-data in the form that it is delivered in; made each time it is asked for. */
export interface Parcel {
  readonly node: RenderedNode;
  readonly encoded: Encoded;
}

function named<T extends string>(what: 'format' | 'platform', word: string, known: readonly T[]): T {
  const found = known.find((one) => one === word);
  if (found !== undefined) return found;
  // A beginning will do: gz, open.
  const near = nearest(word, known) ?? known.find((one) => word !== '' && one.startsWith(word));
  const hint = `${near === undefined ? '' : `did you mean '${near}'? `}${what}s: ${known.join(', ')}`;
  throw optionMistake(`--${what}`, `unknown-${what}`, `there is no ${what} '${word}'`, hint);
}

function platformOf(word: string): Platform | undefined {
  const names = platforms.map((one) => one.name);
  const name = named('platform', word, names);
  return platforms.find((one) => one.name === name);
}

/** @throws UserMistake for names that are unknown, and for formats that the platform does not take. */
export function chooseDelivery(options: Pick<DeliveryOptions, 'format' | 'platform'>): Delivery {
  const [format, platform] = together([
    () => (options.format === undefined ? undefined : named('format', options.format, formats)),
    () => (options.platform === undefined ? undefined : platformOf(options.platform)),
  ]);
  if (platform === undefined)
    return { format: format ?? 'cloud-config', seed: format === undefined || format === 'cloud-config' };
  if (format !== undefined && !platform.formats.includes(format)) {
    const noCloud = format === 'iso' ? '; an ISO image is a seed of --platform nocloud' : '';
    const hint = `${platform.name} takes ${platform.formats.join(', ')}${noCloud}`;
    throw optionMistake('--format', 'format-of-platform', `${platform.title} does not take ${format}`, hint);
  }
  return { format: format ?? platform.formats[0], platform, seed: platform.name === 'nocloud' && format !== 'iso' };
}

export function pack(nodes: readonly RenderedNode[], { format, platform }: Delivery): readonly Parcel[] {
  return nodes.map((node) => ({
    node,
    get encoded() {
      return encode(node.userData, format, platform?.gzipsMime);
    },
  }));
}
