import type { Builder } from './builders.ts';

/** The build block for one builder: Packer lets no variable choose a source, so the lines of the others go. */
export function buildBlock(text: string, { name }: Pick<Builder, 'name'>): string {
  const mine = `"source.${name}.knode"`;
  if (!text.includes(mine)) throw new Error(`the build block does not name ${name}`);
  return text
    .split('\n')
    .filter((line) => !/^\s*"source\./.test(line) || line.includes(mine))
    .join('\n');
}

/** Whether this Packer wants to be told of its plugins; before 1.7 it has them inside and does not know the block. */
export function wantsPlugins(packer: string): boolean {
  const [major = 0, minor = 0] = packer.split('.').map(Number);
  return major > 1 || minor >= 7;
}

/** Only what the distribution's image needs to let the bake in: it is gone when the image is clean. */
export function bakeSeed(publicKey: string): { readonly 'user-data': string; readonly 'meta-data': string } {
  const user = {
    name: 'knode-bake',
    sudo: 'ALL=(ALL) NOPASSWD:ALL',
    shell: '/bin/bash',
    lock_passwd: true,
    ssh_authorized_keys: [publicKey],
  };
  return {
    'user-data': `#cloud-config\n${JSON.stringify({ users: [user], package_update: false }, null, 2)}\n`,
    'meta-data': `${JSON.stringify({ 'instance-id': 'knode-bake', 'local-hostname': 'knode-bake' })}\n`,
  };
}
