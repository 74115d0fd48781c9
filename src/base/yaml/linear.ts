import { type Alias, type Document, isNode, isScalar, type Node, type Pair, visit, type YAMLMap } from 'yaml';

/** Operations on YAML documents in linear time, where the library compares everything with everything. */

/**
 * Resolves every alias to the last node with its anchor before it. The library searches the whole document for each
 * alias.
 * @returns aliases whose anchor is not defined before them.
 */
export function resolveAliases(document: Document): readonly Alias[] {
  const anchors = new Map<string, Node>();
  const unknown: Alias[] = [];
  visit(document, {
    Alias(_, alias) {
      const node = anchors.get(alias.source);
      if (node === undefined) unknown.push(alias);
      else alias.resolve = known(alias, node);
    },
    Value(_, node) {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
  });
  return unknown;
}

type Resolve = Alias['resolve'];

/**
 * The library's resolver, which also counts how often a node is copied, with the known answer in place of its list of
 * all nodes.
 */
function known(alias: Alias, node: Node): Resolve {
  const library: Resolve = Object.getPrototypeOf(alias).resolve;
  return (document, context) => {
    if (context === undefined) return node as ReturnType<Resolve>;
    const answered = Object.assign(Object.create(context), { aliasResolveCache: [node, alias] });
    return library.call(alias, document, answered);
  };
}

/**
 * Duplicate keys of mappings, as offsets of the second occurrence. For documents that were parsed with `uniqueKeys:
 * false`.
 */
export function duplicateKeys(document: Document): readonly (readonly [start: number, end: number])[] {
  const found: (readonly [number, number])[] = [];
  visit(document, {
    Map(_, map) {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        const value = isScalar(key) ? key.value : key;
        if (seen.has(value) && isNode(key) && key.range) found.push([key.range[0], key.range[1]]);
        seen.add(value);
      }
    },
  });
  return found;
}

const indexes = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();

/** The pair of a key; the first one if there are several. Each mapping is indexed once. */
export function pairOf(map: YAMLMap, key: string | number): Pair | undefined {
  let index = indexes.get(map);
  if (index === undefined) {
    const pairs = map.items.flatMap((pair): [string, Pair][] =>
      isScalar(pair.key) ? [[String(pair.key.value), pair]] : [],
    );
    index = new Map(pairs.reverse());
    indexes.set(map, index);
  }
  return index.get(String(key));
}
