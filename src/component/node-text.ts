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

/** The variables of `/etc/knode/node.env`. */
export const nodeName: NodeText = new NodeText('${NODE_NAME}');
export const nodeAddress: NodeText = new NodeText('${NODE_IP}');

/** Makes a node text; only the variables of node.env and of a unit's own environment files may stand in it. */
export function onNode(text: string): NodeText {
  return new NodeText(text);
}
