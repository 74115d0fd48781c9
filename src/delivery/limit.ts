import type { Limit } from '../platform/cloud.ts';
import { base64Length, byteLength, type Encoded } from './encode.ts';

/** The number of bytes that count for the cloud's limit. */
export function measure(encoded: Encoded, { of }: Pick<Limit, 'of'>): number {
  if (of === 'value') return byteLength(encoded.output);
  const payload = byteLength(encoded.payload);
  return of === 'base64' ? base64Length(payload) : payload;
}

/** What the limit counts, in words. */
export const counted: Readonly<Record<Limit['of'], string>> = {
  payload: 'before base64',
  base64: 'as base64',
  value: 'as the value itself',
};
