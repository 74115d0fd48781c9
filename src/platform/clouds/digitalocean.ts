import type { Cloud } from '../cloud.ts';

/** A text as it is: DataSourceDigitalOcean decodes nothing. */
export const digitalocean: Cloud = {
  name: 'digitalocean',
  title: 'DigitalOcean',
  formats: ['cloud-config', 'mime'],
  limit: { bytes: 65_536, of: 'value' },
  source: 'https://docs.digitalocean.com/products/droplets/how-to/provide-user-data/',
};
