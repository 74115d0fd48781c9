import type { Cloud } from '../cloud.ts';

/** user_data shares 32,000 bytes with all other metadata of the instance. */
export const oci: Cloud = {
  name: 'oci',
  title: 'Oracle Cloud',
  formats: ['gzip', 'base64', 'mime', 'cloud-config'],
  gzipsMime: true,
  limit: { bytes: 32_000, of: 'base64' },
  source: 'https://docs.oracle.com/en-us/iaas/api/#/en/iaas/latest/datatypes/LaunchInstanceDetails',
};
