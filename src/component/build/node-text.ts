/**
 * A value that the node completes at boot from its environment files: `${NODE_IP}` and its like stay as they are, while every
 * other text of a unit is escaped, so that a `$` or `%` of the user's means itself.
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

/** A variable that the unit's environment files hold when the program starts. */
export function variable(name: string): NodeText {
  return new NodeText(`\${${name}}`);
}

/** The variables of `/etc/knode/node.env`. */
export const nodeName: NodeText = variable('NODE_NAME');
export const nodeAddress: NodeText = variable('NODE_IP');

/** A text around variables: onNode`https://${nodeAddress}:2379`. */
export function onNode(strings: TemplateStringsArray, ...values: readonly (NodeText | string | number)[]): NodeText {
  return new NodeText(strings.map((text, index) => `${text}${values[index] ?? ''}`).join(''));
}
