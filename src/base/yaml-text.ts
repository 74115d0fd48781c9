import { type CollectionTag, Document, Scalar, type ScalarTag, type TagId, visit } from 'yaml';

/**
 * Texts that a reader of YAML 1.1 (PyYAML, which cloud-init uses) refuses, merges or changes when they are not quoted, and that the
 * library leaves plain or puts in a block: tabs, and what is a line break or unprintable to that reader.
 */
const special = /[\u{7f}-\u{9f}\u{2028}\u{2029}\u{feff}\u{fffe}\u{ffff}]/gu;
const control = /[^\P{Cc}\t\n\u{7f}-\u{9f}]/u;

function needsQuotes(text: string): boolean {
  if (text === '<<' || text === '=' || control.test(text)) return true;
  return text.search(special) >= 0 || (text.includes('\t') && !text.includes('\n'));
}

/** A text with `<<` as a key is no merge of ours. */
function withoutMerge(tags: (ScalarTag | CollectionTag | TagId)[]): (ScalarTag | CollectionTag | TagId)[] {
  return tags.filter((tag) => typeof tag === 'string' || tag.tag !== 'tag:yaml.org,2002:merge');
}

/**
 * YAML for readers of either version: Kubernetes and cloud-init read YAML 1.1, where an unquoted `yes` or `0644` is no text.
 * Nothing is folded, and nothing is written as an alias.
 */
export function yamlDocument(value: unknown): string {
  const options = { version: '1.1', compat: 'core', aliasDuplicateObjects: false, customTags: withoutMerge } as const;
  const document = new Document(value, options);
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === 'string' && needsQuotes(node.value)) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  const text = document.toString({ lineWidth: 0 });
  // Every text with such a character stands in double quotes by now, where an escape means the character.
  return text.replace(special, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
