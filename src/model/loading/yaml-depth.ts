import { CST, Lexer } from 'yaml';

/** Deeper than any cluster file, and shallow enough for a recursive parser. */
const deepestFlow = 100;
const deepestLine = 50;
const deepestIndent = 500;

/** How each token changes the depth of flow collections. */
const flowSteps: Readonly<Record<string, number>> = {
  'flow-map-start': 1,
  'flow-seq-start': 1,
  'flow-map-end': -1,
  'flow-seq-end': -1,
};
const lineIndicators: readonly string[] = ['seq-item-ind', 'explicit-key-ind'];
/** Marks of the lexer that stand for no text. */
const marks: readonly string[] = ['doc-mode', 'flow-error-end', 'scalar'];

/**
 * The offset at which a text nests so deeply that parsing it would exhaust the stack (which ends the process, not the
 * function); undefined for any normal text. Reads tokens only. Block levels are limited by the indentation and by the
 * `-` and `?` of one line.
 */
export function tooDeepAt(text: string): number | undefined {
  let [offset, flow, indicators, atLineStart] = [0, 0, 0, true];
  for (const token of new Lexer().lex(text)) {
    const type = CST.tokenType(token) ?? '';
    flow = Math.max(0, flow + (flowSteps[type] ?? 0));
    if (lineIndicators.includes(type)) indicators++;
    const indent = atLineStart && type === 'space' ? token.length : 0;
    if (flow > deepestFlow || indicators > deepestLine || indent > deepestIndent) return offset;
    atLineStart = type === 'newline';
    if (atLineStart) indicators = 0;
    if (!marks.includes(type)) offset += token.length;
  }
  return undefined;
}
