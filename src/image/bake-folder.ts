const source = /"source\.[^"]*\.knode"/;

/**
 * The build block for one builder: Packer does not allow a variable for the source.
 * @param packer Packer's own name of the builder.
 */
export function buildBlock(text: string, packer: string): string {
  if (!source.test(text)) throw new Error('the build block names no source');
  return text.replace(source, `"source.${packer}.knode"`);
}

/**
 * Whether this Packer needs plugin requirements; versions before 1.7 have the plugins built in and do not know the
 * block.
 */
export function wantsPlugins(packer: string): boolean {
  const [major = 0, minor = 0] = packer.split('.').map(Number);
  return major > 1 || minor >= 7;
}

/**
 * Only the access for the bake. As root: a separate account would stay in the image and take the number of the
 * distribution's user.
 */
export function bakeSeed(publicKey: string): { readonly 'user-data': string; readonly 'meta-data': string } {
  const config = { disable_root: false, ssh_authorized_keys: [publicKey], package_update: false };
  return {
    'user-data': `#cloud-config\n${JSON.stringify(config, null, 2)}\n`,
    'meta-data': `${JSON.stringify({ 'instance-id': 'knode-bake', 'local-hostname': 'knode-bake' })}\n`,
  };
}
