import { type CollectionTag, Document, Scalar, type ScalarTag, type Schema, type TagId } from 'yaml';

/**
 * Texts that a YAML 1.1 reader (PyYAML, which cloud-init uses) refuses, merges or changes unless they are quoted, and
 * that the library leaves plain or writes as a block: tabs, and characters that this reader takes as line breaks or
 * unprintable.
 */
const special = /[\u{7f}-\u{9f}\u{2028}\u{2029}\u{feff}\u{fffe}\u{ffff}]/gu;
const control = /[^\P{Cc}\t\n\u{7f}-\u{9f}]/u;
const harmless = /^[ -~\n]*$/;

/**
 * A block that begins like this needs an indentation indicator, and the library writes 2 where the indentation is 1.
 */
const indented = /^\n*[ \t]/;

function needsQuotes(text: string): boolean {
  if (text === '<<' || text === '=') return true;
  if (harmless.test(text)) return false;
  return control.test(text) || text.search(special) >= 0 || (text.includes('\t') && !text.includes('\n'));
}

type Write = NonNullable<ScalarTag['stringify']>;

/** Cache of written blocks, by indentation and text: most files of a node equal those of the node before it. */
const written = new Map<string, string>();
const keptBlocks = 256;

/** Writes texts like the library, with the rules above, and faster for long texts of several lines. */
function writeText(library: Write): Write {
  return (item, ctx, ...told) => {
    const text = item.value as string;
    if (needsQuotes(text) || (ctx.indentStep === ' ' && indented.test(text)))
      return library({ ...item, type: Scalar.QUOTE_DOUBLE } as Scalar, ctx, ...told);
    // The library would choose a block as well, but only after several scans of the text.
    const block = text.includes('\n') && ctx.implicitKey !== true && ctx.inFlow !== true;
    if (!block) return library(item, ctx, ...told);
    const literal = { ...item, type: Scalar.BLOCK_LITERAL } as Scalar;
    // Texts that end in empty lines, or are at the margin, affect their surroundings.
    if (ctx.indent === '' || text.endsWith('\n\n')) return library(literal, ctx, ...told);
    const key = `${ctx.indent}|${ctx.indentStep}|${text}`;
    const known = written.get(key);
    if (known !== undefined) return known;
    const made = library(literal, ctx, ...told);
    if (written.size === keptBlocks) written.clear();
    written.set(key, made);
    return made;
  };
}

type Tag = ScalarTag | CollectionTag | TagId;

/** Uses `writeText`, and treats `<<` as a plain key, not as a merge. */
function ownTags(tags: Tag[]): Tag[] {
  return tags.flatMap((tag): Tag[] => {
    if (typeof tag === 'string') return [tag];
    if (tag.tag === 'tag:yaml.org,2002:merge') return [];
    const text = tag.tag === 'tag:yaml.org,2002:str' && tag.collection === undefined;
    return [text && tag.stringify ? { ...tag, stringify: writeText(tag.stringify) } : tag];
  });
}

let shared: Schema | undefined;

/** Without an explicit schema the library builds one for each document. */
function schema(): Schema {
  shared ??= new Document(null, { version: '1.1', compat: 'core', customTags: ownTags }).schema;
  return shared;
}

/**
 * YAML for readers of either version: Kubernetes and cloud-init read YAML 1.1, where an unquoted `yes` or `0644` is not
 * a string. Lines are not folded, and aliases are not used.
 * @param tight with as little indentation as YAML allows: space in user-data is scarce, and every line of every file
 * has that indentation.
 */
export function yamlDocument(value: unknown, tight = false): string {
  const document = new Document(value, { version: '1.1', schema: schema(), aliasDuplicateObjects: false });
  const text = document.toString({ lineWidth: 0, ...(tight ? { indent: 1 } : {}) });
  // By now every text with such a character is in double quotes, where the escape means the character.
  return text.replace(special, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
