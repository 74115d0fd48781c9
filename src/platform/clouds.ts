import type { Cloud } from './cloud.ts';
import { aws } from './clouds/aws.ts';
import { azure } from './clouds/azure.ts';
import { cloudstack } from './clouds/cloudstack.ts';
import { digitalocean } from './clouds/digitalocean.ts';
import { gcp } from './clouds/gcp.ts';
import { hetzner } from './clouds/hetzner.ts';
import { linode } from './clouds/linode.ts';
import { nocloud } from './clouds/nocloud.ts';
import { oci } from './clouds/oci.ts';
import { openstack } from './clouds/openstack.ts';
import { proxmox } from './clouds/proxmox.ts';
import { vsphere } from './clouds/vsphere.ts';

/** Every cloud, in the order of help. A new cloud is one file in `clouds` and one row here. */
export const clouds: readonly Cloud[] = [
  aws,
  gcp,
  azure,
  openstack,
  vsphere,
  hetzner,
  digitalocean,
  linode,
  oci,
  cloudstack,
  proxmox,
  nocloud,
];
