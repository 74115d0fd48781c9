import type { Cloud } from '../cloud.ts';

export const nocloud: Cloud = {
  name: 'nocloud',
  title: 'NoCloud',
  formats: ['cloud-config', 'gzip', 'mime', 'iso'],
  source: 'https://cloudinit.readthedocs.io/en/latest/reference/datasources/nocloud.html',
  seed: true,
};
