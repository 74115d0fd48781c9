import type { Arch } from '../arch.ts';
import type { Bake, ImageSource, PackerVariables } from '../builder.ts';
import type { Cloud } from '../cloud.ts';

function variables({ arch, image, base }: Bake): PackerVariables {
  return {
    machine_type: arch === 'amd64' ? 'e2-small' : 't2a-standard-1',
    ...image,
    ...(base === undefined ? {} : { source_image: base }),
  };
}

/** The newest image of a family (Google's word for images of one line) that a distribution publishes in its project. */
export function imageFamily(project: string, name: (arch: Arch) => string): ImageSource {
  return (arch) => ({ source_image_family: name(arch), source_image_project: project });
}

/** A metadata value is text; with user-data-encoding=base64 beside it, cloud-init decodes it. */
export const gcp: Cloud = {
  name: 'gcp',
  aliases: ['googlecompute'],
  title: 'Google Compute Engine',
  formats: ['cloud-config', 'base64', 'mime'],
  limit: { bytes: 262_144, of: 'value' },
  source: 'https://cloud.google.com/python/docs/reference/compute/1.0.0/google.cloud.compute_v1.types.Items',
  builder: { packer: 'googlecompute', base: 'optional', baseWords: 'an image', findsImage: true, variables },
};
