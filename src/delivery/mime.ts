import { sha256 } from '../base/digest.ts';

/** RFC 5322: a line has at most 998 characters, without its end. */
const longestLine = 998;
/** RFC 2045: a line of base64 has at most 76. */
const base64Line = /.{1,76}/g;

interface Body {
  readonly transfer: '7bit' | 'base64';
  readonly text: string;
}

/**
 * cloud-init decodes an 8-bit body as Latin-1 with escapes, so text that is not plain ASCII is sent as base64. Plain
 * text stays readable and compresses far better.
 */
function body(text: string): Body {
  const plain = /^[\t\n\x20-\x7e]*$/.test(text) && text.split('\n').every((line) => line.length <= longestLine);
  if (plain) return { transfer: '7bit', text };
  const lines = Buffer.from(text).toString('base64').match(base64Line) ?? [];
  return { transfer: 'base64', text: `${lines.join('\n')}\n` };
}

/**
 * One cloud-config as a MIME multi-part archive, in the form of `cloud-init devel make-mime`: other parts can be added.
 * The boundary follows from the content, so the same user-data gives the same bytes. Lines end in LF alone, as
 * cloud-init writes them.
 */
export function mimeArchive(userData: string): string {
  const { transfer, text } = body(userData);
  const boundary = `==knode-${sha256(userData).slice(0, 32)}==`;
  return [
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
    'MIME-Version: 1.0',
    '',
    `--${boundary}`,
    'Content-Type: text/cloud-config; charset="utf-8"',
    'MIME-Version: 1.0',
    `Content-Transfer-Encoding: ${transfer}`,
    'Content-Disposition: attachment; filename="cloud-config"',
    '',
    text,
    `--${boundary}--`,
    '',
  ].join('\n');
}
