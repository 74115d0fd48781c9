import { copies } from '../builder.ts';
import type { Cloud } from '../cloud.ts';

/** guestinfo.userdata.encoding=gzip+base64. GUESTMSG_MAX_IN_SIZE of open-vm-tools bounds the value. */
export const vsphere: Cloud = {
  name: 'vsphere',
  aliases: ['vsphere-clone'],
  title: 'vSphere guestinfo',
  formats: ['base64', 'mime', 'cloud-config'],
  limit: { bytes: 65_536, of: 'value' },
  source: 'https://github.com/vmware-tanzu/vm-operator/issues/148',
  builder: {
    packer: 'vsphere-clone',
    base: 'name',
    baseWords: 'the name of a template',
    variables: copies('template'),
  },
};
