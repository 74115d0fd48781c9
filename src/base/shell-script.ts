/** What a mark of a section looks like: `#[ WORD...` before it and `#]` behind it, each on a line of its own. */
const opening = /^\s*#\[ (\S.*)$/;
const closing = /^\s*#\]$/;

/**
 * The script without the sections that are not wanted. A section stays when its mark names at least one of `wanted`. The source
 * with all of its sections is a complete script.
 * @throws Error for a bug: a section that is not closed, or one within another.
 */
export function withSections(text: string, wanted: readonly string[]): string {
  let section: string | undefined;
  const kept = text.split('\n').filter((line) => {
    const words = opening.exec(line)?.[1];
    if (words !== undefined && section !== undefined)
      throw new Error(`the section '${words}' begins within '${section}'`);
    if (words === undefined && !closing.test(line))
      return section === undefined || section.split(' ').some((word) => wanted.includes(word));
    if (words === undefined && section === undefined) throw new Error('a section ends that did not begin');
    section = words;
    return false;
  });
  if (section !== undefined) throw new Error(`the section '${section}' has no end`);
  return kept.join('\n');
}

/** What a place in a script is inside of: a quotation, an expansion in braces, or parentheses. The innermost comes last. */
type Inside = ("'" | '"' | '{' | '(')[];

/** Opening characters, and what closes them. */
const closes = { "'": "'", '"': '"', '{': '}', '(': ')' } as const;

/** The characters of shell that open or close something: an escaped one, a comment, an expansion, a quote, a parenthesis. */
const token = /\\[\s\S]|(?<=^|[\s;(])#.*|\$\{|\$\(|['"(){}]/g;

/** Whether a character opens what is inside of `innermost`. */
function opens(text: string, innermost: Inside[number] | undefined): boolean {
  if (text === "'") return innermost !== '"';
  if (text === '(') return innermost !== '"' && innermost !== '{';
  return text === '"' || text === '${' || text === '$(';
}

/** What a token does to `inside`; false when it is text there, and what follows its first character is looked at again. */
function take(text: string, inside: Inside): boolean {
  const innermost = inside.at(-1);
  // A backslash means nothing within such quotes.
  if (innermost === "'" && text !== "'") return !/^[\\#]/.test(text);
  if (text.startsWith('#')) return false;
  if (innermost !== undefined && text === closes[innermost]) inside.pop();
  else if (opens(text, innermost)) inside.push(text.slice(-1) as Inside[number]);
  return true;
}

/** Follows one line of shell, and notes in `inside` what is open at its end. */
function follow(line: string, inside: Inside): void {
  token.lastIndex = 0;
  for (let found = token.exec(line); found !== null; found = token.exec(line)) {
    const [text] = found;
    const innermost = inside.at(-1);
    if (text.startsWith('#') && (innermost === undefined || innermost === '(')) return;
    if (!take(text, inside)) token.lastIndex = found.index + 1;
  }
}

/** A here-document begins, not a here-string or a shift of bits: the word, in capitals, that ends it. */
const hereDocument = /(?<!<)<<-?['"]?([A-Z]\w*)['"]?/;

/**
 * The script without its full-line comments, its empty lines and its indentation: those are for people who read the source, and
 * user-data has little room. Here-documents and quotations that take several lines stay as they are.
 */
export function shortened(script: string): string {
  const inside: Inside = [];
  let end: string | undefined;
  const kept: string[] = [];
  for (const [index, line] of script.split('\n').entries()) {
    const bare = line.trimStart();
    const quoted = inside.some((one) => one === "'" || one === '"');
    if (end !== undefined || quoted || index === 0) kept.push(line);
    else if (!isDropped(bare)) kept.push(bare);
    if (end === undefined && (quoted || !isDropped(bare))) {
      follow(line, inside);
      end = inside.length === 0 ? hereDocument.exec(line)?.[1] : undefined;
    } else if (bare === end) end = undefined;
  }
  return `${kept.join('\n')}\n`;
}

/** An empty line or a comment. */
function isDropped(bare: string): boolean {
  return bare === '' || bare.startsWith('#');
}
