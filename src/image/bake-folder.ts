const source = /"source\.[^"]*\.knode"/;

/**
 * The build block for one builder: Packer lets no variable choose a source.
 * @param packer Packer's own name of the builder.
 */
export function buildBlock(text: string, packer: string): string {
  if (!source.test(text)) throw new Error('the build block names no source');
  return text.replace(source, `"source.${packer}.knode"`);
}

/** Whether this Packer wants to be told of its plugins; before 1.7 it has them inside and does not know the block. */
export function wantsPlugins(packer: string): boolean {
  const [major = 0, minor = 0] = packer.split('.').map(Number);
  return major > 1 || minor >= 7;
}

/**
 * Only what lets the bake in. As root: an account of the bake's own would stay in the image and take the number of the
 * distribution's user.
 */
export function bakeSeed(publicKey: string): { readonly 'user-data': string; readonly 'meta-data': string } {
  const config = { disable_root: false, ssh_authorized_keys: [publicKey], package_update: false };
  return {
    'user-data': `#cloud-config\n${JSON.stringify(config, null, 2)}\n`,
    'meta-data': `${JSON.stringify({ 'instance-id': 'knode-bake', 'local-hostname': 'knode-bake' })}\n`,
  };
}
