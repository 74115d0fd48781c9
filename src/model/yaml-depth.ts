import { CST, Lexer } from 'yaml';

/** Deeper than any cluster file, and shallow enough for a parser that calls itself for every level. */
const deepestFlow = 100;
const deepestLine = 50;
const deepestIndent = 500;

/**
 * Where a text nests so deeply that parsing it would exhaust the stack (which ends the process, not the function): an offset, or
 * undefined for any sane text. Reads tokens only. Block levels are bounded by the indentation and by the `-` and `?` of one line.
 */
export function tooDeepAt(text: string): number | undefined {
  let [offset, flow, indicators, lineStart] = [0, 0, 0, true];
  for (const token of new Lexer().lex(text)) {
    const type = CST.tokenType(token);
    if (type === 'flow-map-start' || type === 'flow-seq-start') flow++;
    else if (type === 'flow-map-end' || type === 'flow-seq-end') flow = Math.max(0, flow - 1);
    else if (type === 'seq-item-ind' || type === 'explicit-key-ind') indicators++;
    else if (type === 'newline') indicators = 0;
    const indent = lineStart && type === 'space' ? token.length : 0;
    if (flow > deepestFlow || indicators > deepestLine || indent > deepestIndent) return offset;
    lineStart = type === 'newline';
    // Tokens that are marks of the lexer's own stand for no text.
    if (type !== 'doc-mode' && type !== 'flow-error-end' && type !== 'scalar') offset += token.length;
  }
  return undefined;
}
