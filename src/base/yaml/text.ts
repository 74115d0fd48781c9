import { type CollectionTag, Document, Scalar, type ScalarTag, type Schema, type TagId } from 'yaml';

/**
 * Texts that a reader of YAML 1.1 (PyYAML, which cloud-init uses) refuses, merges or changes when they are not quoted, and that the
 * library leaves plain or puts in a block: tabs, and what is a line break or unprintable to that reader.
 */
const special = /[\u{7f}-\u{9f}\u{2028}\u{2029}\u{feff}\u{fffe}\u{ffff}]/gu;
const control = /[^\P{Cc}\t\n\u{7f}-\u{9f}]/u;
const harmless = /^[ -~\n]*$/;

/** A block that begins so tells its indentation, and the library tells two where it is one. */
const indented = /^\n*[ \t]/;

function needsQuotes(text: string): boolean {
  if (text === '<<' || text === '=') return true;
  if (harmless.test(text)) return false;
  return control.test(text) || text.search(special) >= 0 || (text.includes('\t') && !text.includes('\n'));
}

type Write = NonNullable<ScalarTag['stringify']>;

/** Blocks as they were written before, by indents and text: most of a node's files are those of the node before it. */
const written = new Map<string, string>();
const keptBlocks = 256;

/** How the library writes a text, with the rules above, and faster for the long ones of several lines. */
function writeText(library: Write): Write {
  return (item, ctx, ...told) => {
    const text = item.value as string;
    if (needsQuotes(text) || (ctx.indentStep === ' ' && indented.test(text)))
      return library({ ...item, type: Scalar.QUOTE_DOUBLE } as Scalar, ctx, ...told);
    // The library would choose a block as well, after it has looked at the text from every side.
    const block = text.includes('\n') && ctx.implicitKey !== true && ctx.inFlow !== true;
    if (!block) return library(item, ctx, ...told);
    const literal = { ...item, type: Scalar.BLOCK_LITERAL } as Scalar;
    // What ends in empty lines, or stands at the margin, has a say in what is around it.
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

/** Texts are written our way, and one with `<<` as a key is no merge of ours. */
function ownTags(tags: Tag[]): Tag[] {
  return tags.flatMap((tag): Tag[] => {
    if (typeof tag === 'string') return [tag];
    if (tag.tag === 'tag:yaml.org,2002:merge') return [];
    const text = tag.tag === 'tag:yaml.org,2002:str' && tag.collection === undefined;
    return [text && tag.stringify ? { ...tag, stringify: writeText(tag.stringify) } : tag];
  });
}

let shared: Schema | undefined;

/** The library works out a schema for each document unless it is given one. */
function schema(): Schema {
  shared ??= new Document(null, { version: '1.1', compat: 'core', customTags: ownTags }).schema;
  return shared;
}

/**
 * YAML for readers of either version: Kubernetes and cloud-init read YAML 1.1, where an unquoted `yes` or `0644` is no text.
 * Nothing is folded, and nothing is written as an alias.
 * @param tight with as little indentation as YAML allows: user-data has little room, and every line of every file has that indentation.
 */
export function yamlDocument(value: unknown, tight = false): string {
  const document = new Document(value, { version: '1.1', schema: schema(), aliasDuplicateObjects: false });
  const text = document.toString({ lineWidth: 0, ...(tight ? { indent: 1 } : {}) });
  // Every text with such a character stands in double quotes by now, where an escape means the character.
  return text.replace(special, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
