import type { Cloud } from '../cloud.ts';

/** The API takes base64, as linode-cli makes of a file. */
export const linode: Cloud = {
  name: 'linode',
  title: 'Linode (Akamai)',
  formats: ['gzip', 'base64', 'mime', 'cloud-config'],
  gzipsMime: true,
  limit: { bytes: 16_384, of: 'decoded' },
  source: 'https://github.com/linode/cluster-api-provider-linode/issues/94',
};
