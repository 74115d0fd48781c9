import type { Limit } from '../platform/cloud.ts';
import { base64Length, byteLength, type Encoded } from './encode.ts';

/** The number of bytes that count for the cloud's limit. */
export function measure(encoded: Encoded, { of }: Pick<Limit, 'of'>): number {
  if (of === 'value') return byteLength(encoded.output);
  const bytes = byteLength(encoded.decoded);
  return of === 'base64' ? base64Length(bytes) : bytes;
}

/** What the limit counts, in words. */
export const counted: Readonly<Record<Limit['of'], string>> = {
  decoded: 'before base64',
  base64: 'as base64',
  value: 'as the value itself',
};
