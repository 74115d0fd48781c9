/** The marks of a section: `#[ WORD...` before it and `#]` after it, each on its own line. */
const opening = /^\s*#\[ (\S.*)$/;
const closing = /^\s*#\]$/;

/**
 * The script without unwanted sections. A section stays if its mark names at least one of `wanted`. The source with all
 * of its sections is a complete script.
 * @throws Error for a bug: an unclosed or a nested section.
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

/**
 * The open constructs around a place in a script: a quotation, an expansion in braces, or parentheses. The innermost
 * comes last.
 */
type Inside = ("'" | '"' | '{' | '(')[];

/** Opening characters and their closing ones. */
const closes = { "'": "'", '"': '"', '{': '}', '(': ')' } as const;

/** The characters of shell that open or close something: an escaped one, a comment, an expansion, a quote, a parenthesis. */
const token = /\\[\s\S]|(?<=^|[\s;(])#.*|\$\{|\$\(|['"(){}]/g;

/** Whether a character opens a construct within `innermost`. */
function opens(text: string, innermost: Inside[number] | undefined): boolean {
  if (text === "'") return innermost !== '"';
  if (text === '(') return innermost !== '"' && innermost !== '{';
  return text === '"' || text === '${' || text === '$(';
}

/**
 * Updates `inside` for a token. False if the token is plain text there; scanning then goes on after its first
 * character.
 */
function take(text: string, inside: Inside): boolean {
  const innermost = inside.at(-1);
  // Within single quotes a backslash has no meaning.
  if (innermost === "'" && text !== "'") return !/^[\\#]/.test(text);
  if (text.startsWith('#')) return false;
  if (innermost !== undefined && text === closes[innermost]) inside.pop();
  else if (opens(text, innermost)) inside.push(text.slice(-1) as Inside[number]);
  return true;
}

/** Follows one line of shell, and records in `inside` the constructs that are open at its end. */
function follow(line: string, inside: Inside): void {
  token.lastIndex = 0;
  for (let found = token.exec(line); found !== null; found = token.exec(line)) {
    const [text] = found;
    const innermost = inside.at(-1);
    if (text.startsWith('#') && (innermost === undefined || innermost === '(')) return;
    if (!take(text, inside)) token.lastIndex = found.index + 1;
  }
}

/** The start of a here-document (not of a here-string or a shift of bits), with the word in capitals that ends it. */
const hereDocument = /(?<!<)<<-?['"]?([A-Z]\w*)['"]?/;

/**
 * The script without full-line comments, empty lines and indentation: they help readers of the source, and space in
 * user-data is scarce. Here-documents and quotations of several lines stay unchanged.
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
