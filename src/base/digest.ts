import { createHash } from 'node:crypto';

/** SHA-256 of a text or of bytes, as 64 lower-case hex digits. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** A whole number in [0, below) that depends on the text alone: distributes things without randomness. */
export function spread(text: string, below: number): number {
  return Number(BigInt(`0x${sha256(text).slice(0, 12)}`) % BigInt(Math.max(1, Math.floor(below))));
}
