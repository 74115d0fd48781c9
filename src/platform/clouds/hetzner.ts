import type { Cloud } from '../cloud.ts';

/** The API takes a text; cloud-init's data source decodes base64 (DataSourceHetzner, from 20.3). */
export const hetzner: Cloud = {
  name: 'hetzner',
  title: 'Hetzner Cloud',
  formats: ['base64', 'cloud-config', 'mime'],
  limit: { bytes: 32_768, of: 'value' },
  source: 'https://docs.hetzner.cloud/reference/cloud#servers-create-a-server',
};
