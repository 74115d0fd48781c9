import type { Arch } from '../arch.ts';
import type { Bake, ImageSource, PackerVariables } from '../builder.ts';
import type { Cloud } from '../cloud.ts';

function variables({ arch, user, image, base }: Bake): PackerVariables {
  return {
    architecture: arch === 'amd64' ? 'x86_64' : 'arm64',
    instance_type: arch === 'amd64' ? 't3.small' : 't4g.small',
    ...(image ?? { ssh_username: user }),
    // An AMI of one's own, under whatever name; of another account: -var source_ami_owner=ID.
    ...(base === undefined ? {} : { source_ami: base, source_ami_name: '*', source_ami_owner: 'self' }),
  };
}

/** The AMIs that a distribution publishes. */
export function ami(published: {
  /** The publishing account. */
  readonly owner: string;
  readonly name: (arch: Arch) => string;
  /** The disk that the AMI boots from. */
  readonly root: string;
  readonly user: string;
}): ImageSource {
  return (arch) => ({
    source_ami_name: published.name(arch),
    source_ami_owner: published.owner,
    root_device: published.root,
    ssh_username: published.user,
  });
}

export const aws: Cloud = {
  name: 'aws',
  aliases: ['amazon-ebs'],
  title: 'Amazon EC2',
  formats: ['gzip', 'base64', 'mime', 'cloud-config'],
  gzipsMime: true,
  limit: { bytes: 16_384, of: 'decoded' },
  source: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html',
  builder: { packer: 'amazon-ebs', base: 'optional', baseWords: 'an AMI', findsImage: true, variables },
};
