/** PEM of RFC 7468: blocks of base64 between labels. */

type Label = 'CERTIFICATE' | 'CERTIFICATE REQUEST';

/** The certificates of a PEM text, one text each; text between them is dropped. */
export function splitPem(text: string): string[] {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => `${block.replaceAll('\r', '')}\n`);
}

/** The bytes of the first block with this label. */
export function firstBlock(label: Label, text: string): Buffer | undefined {
  const [, body] = new RegExp(`-----BEGIN ${label}-----([^-]+)-----END`).exec(text) ?? [];
  return body === undefined ? undefined : Buffer.from(body, 'base64');
}

export function pemText(label: Label, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
