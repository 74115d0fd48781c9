/**
 * A value that the node completes at boot from its environment files: variables such as `${NODE_IP}` stay as they are,
 * while all other text of a unit is escaped, so that a `$` or `%` of the user's is literal.
 */
export class NodeText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

/** A variable from the unit's environment files. */
export function variable(name: string): NodeText {
  return new NodeText(`\${${name}}`);
}

/** The variables of `/etc/knode/node.env`. */
export const nodeName: NodeText = variable('NODE_NAME');
export const nodeAddress: NodeText = variable('NODE_IP');

/** A text with variables: onNode`https://${nodeAddress}:2379`. */
export function onNode(strings: TemplateStringsArray, ...values: readonly (NodeText | string | number)[]): NodeText {
  return new NodeText(strings.map((text, index) => `${text}${values[index] ?? ''}`).join(''));
}
