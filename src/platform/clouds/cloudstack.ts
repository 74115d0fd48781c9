import type { Cloud } from '../cloud.ts';

/** deployVirtualMachine by POST; vm.userdata.max.length is 32768 unless the operator says otherwise. */
export const cloudstack: Cloud = {
  name: 'cloudstack',
  title: 'Apache CloudStack',
  formats: ['gzip', 'base64', 'mime', 'cloud-config'],
  gzipsMime: true,
  limit: { bytes: 32_768, of: 'base64' },
  source: 'https://docs.cloudstack.apache.org/en/latest/adminguide/virtual_machines/user-data.html',
};
