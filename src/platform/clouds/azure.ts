import type { Arch } from '../arch.ts';
import type { Bake, ImageSource, PackerVariables } from '../builder.ts';
import type { Cloud } from '../cloud.ts';

function variables({ arch, image }: Bake): PackerVariables {
  return { vm_size: arch === 'amd64' ? 'Standard_B2s' : 'Standard_B2ps_v2', ...image };
}

/** An image of the marketplace that needs no contract. */
export function marketplace(published: {
  readonly publisher: string;
  readonly offer: (arch: Arch) => string;
  readonly sku: (arch: Arch) => string;
}): ImageSource {
  return (arch) => ({
    image_publisher: published.publisher,
    image_offer: published.offer(arch),
    image_sku: published.sku(arch),
  });
}

/** The API takes base64; `az vm create --custom-data` reads a text and encodes it itself, so bytes go by the API only. */
export const azure: Cloud = {
  name: 'azure',
  aliases: ['azure-arm'],
  title: 'Azure',
  formats: ['base64', 'gzip', 'mime', 'cloud-config'],
  limit: { bytes: 65_535, of: 'decoded' },
  source:
    'https://learn.microsoft.com/en-us/dotnet/api/azure.resourcemanager.computeschedule.models.virtualmachineosprofile.customdata',
  builder: { packer: 'azure-arm', base: 'none', findsImage: true, variables },
};
