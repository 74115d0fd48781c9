import type { Builder, ImageSource } from './builder.ts';

/** The most user-data that a cloud takes, and of what it counts the bytes. */
export interface Limit {
  readonly bytes: number;
  /** `decoded`: what the machine gets, before base64; `base64`: that as base64; `value`: what knode wrote, as it is. */
  readonly of: 'decoded' | 'base64' | 'value';
}

/** What knode knows of a cloud, or of another platform that gives user-data to machines. */
export interface Cloud {
  /** As `--platform` and `--builder` take it. */
  readonly name: string;
  /** Other names that both options take. */
  readonly aliases?: readonly string[];
  /** As people know it. */
  readonly title: string;
  /** Output formats (src/delivery/format.ts) that its tools carry unharmed to cloud-init; the first one is the default. */
  readonly formats: readonly [string, ...string[]];
  /** A MIME archive goes compressed: the channel takes bytes, and plain text is too long for it. */
  readonly gzipsMime?: true;
  /** `-o` writes user-data beside meta-data and network-config, under the names that NoCloud looks for. */
  readonly seed?: true;
  readonly limit?: Limit;
  /** The page that states the formats and the limit. */
  readonly source: string;
  /** How Packer makes an image for it; undefined if knode makes none. */
  readonly builder?: Builder;
  /**
   * Its images of distributions, by name of the system, if the cloud names them itself. Images that a distribution
   * publishes there under its own names are in the distribution's file (`families`).
   */
  readonly images?: Readonly<Record<string, ImageSource>>;
}
