import { copies } from '../builder.ts';
import type { Cloud } from '../cloud.ts';

export const openstack: Cloud = {
  name: 'openstack',
  title: 'OpenStack',
  formats: ['gzip', 'base64', 'mime', 'cloud-config'],
  gzipsMime: true,
  limit: { bytes: 65_535, of: 'base64' },
  source: 'https://docs.openstack.org/nova/stein/user/user-data.html',
  builder: {
    packer: 'openstack',
    base: 'name',
    baseWords: 'the name of an image in Glance',
    variables: copies('source_image_name'),
  },
};
