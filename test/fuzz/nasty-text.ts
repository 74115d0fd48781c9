import fc, { type Arbitrary } from 'fast-check';

/** Characters with a meaning in YAML, systemd, a shell, EJS, TOML, an environment file or a terminal. */
const signs = [
  '"',
  "'",
  '`',
  '$',
  '$$',
  '${NODE_IP}',
  '$HOME',
  '$(id)',
  '`id`',
  '%',
  '%n',
  '%%',
  '<%',
  '%>',
  '<%= it.program %>',
  '#',
  ' #',
  '\\',
  '\\n',
  '\\x41',
  ';',
  '&',
  '*',
  '!',
  '|',
  '>',
  '<<',
  '{',
  '}',
  '[',
  ']',
  ',',
  ': ',
  ':',
  '- ',
  '?',
  '=',
  '~',
  '@',
  'yes',
  'null',
  '0644',
  '1e3',
  '---',
  '...',
  ' ',
  'ü',
  '日本',
  '🦊',
  '\u0301',
  '\u00a0',
  '\u0085',
  '\u009b',
  '\u2028',
  '\ufeff',
  '\ufffe',
  '\u{10ffff}',
];
const breaks = ['\n', '\n\n', '\r', '\r\n', '\t', '\0', '\u0001', '\u001b[31m', '\u007f'];

/** Any code point but halves of one, which no UTF-8 file can hold. */
const anything = fc.string({ unit: 'binary', maxLength: 4 });
const plain = fc.string({ unit: 'grapheme-ascii', maxLength: 6 });

function joined(parts: readonly Arbitrary<string>[], maxLength: number): Arbitrary<string> {
  return fc.array(fc.oneof(...parts), { maxLength }).map((texts) => texts.join(''));
}

/** Any text at all. */
export const anyText: Arbitrary<string> = joined(
  [fc.constantFrom(...signs), fc.constantFrom(...breaks), plain, anything],
  12,
);

/** A single line in the sense of the schema: no control characters of ASCII. */
export const line: Arbitrary<string> = joined([fc.constantFrom(...signs), plain, anything], 6).map((text) =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  text.replace(/[\u0000-\u001f\u007f]/g, ''),
);

/** The same with something in it. */
export const word: Arbitrary<string> = line.map((text) => `w${text}`);

/** One folder of a path: everything but white space, slashes and control characters. */
const folder = joined([fc.constantFrom(...signs), plain], 3).map(
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  (text) => `d${text.replace(/[\s/\u0000-\u001f\u007f-\u009f]/g, '')}`,
);

/** An absolute path below a folder of its own. */
export function pathBelow(top: string): Arbitrary<string> {
  return fc.array(folder, { maxLength: 2 }).map((folders) => [top, ...folders].join('/'));
}

/** JSON as people put it into extraConfig. */
export const json: Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    line,
    anyText,
    fc.integer(),
    fc.boolean(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(word, fc.oneof({ weight: 4, arbitrary: tie('value') }, fc.constant(null)), { maxKeys: 3 }),
  ),
})).value;
