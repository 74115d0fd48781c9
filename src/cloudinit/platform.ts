import { base64Length, byteLength, type Encoded, type Format } from './format.ts';

/** The most that a platform takes, and of what it counts the bytes. */
interface Limit {
  readonly bytes: number;
  /** `payload`: what the machine gets, before base64; `base64`: that as base64; `value`: what knode wrote, as it is. */
  readonly of: 'payload' | 'base64' | 'value';
}

export interface Platform {
  readonly name: string;
  /** As people know it. */
  readonly title: string;
  /** What its tools carry unharmed to cloud-init, which undoes gzip everywhere; the first one is the default. */
  readonly formats: readonly [Format, ...Format[]];
  /** A MIME archive goes compressed: the channel takes bytes, and plain text is too long for it. */
  readonly gzipsMime?: boolean;
  readonly limit?: Limit;
  /** Where the limit is written. */
  readonly source: string;
}

/** One row a platform: a new one is a row here and one in docs/formats.md. */
export const platforms: readonly Platform[] = [
  {
    name: 'aws',
    title: 'Amazon EC2',
    formats: ['gzip', 'base64', 'mime', 'cloud-config'],
    gzipsMime: true,
    limit: { bytes: 16_384, of: 'payload' },
    source: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html',
  },
  {
    // A metadata value is text; with user-data-encoding=base64 beside it, cloud-init decodes it.
    name: 'gcp',
    title: 'Google Compute Engine',
    formats: ['cloud-config', 'base64', 'mime'],
    limit: { bytes: 262_144, of: 'value' },
    source: 'https://cloud.google.com/python/docs/reference/compute/1.0.0/google.cloud.compute_v1.types.Items',
  },
  {
    // The API takes base64; `az vm create --custom-data` reads a text and encodes it itself, so bytes go by the API only.
    name: 'azure',
    title: 'Azure',
    formats: ['base64', 'gzip', 'mime', 'cloud-config'],
    limit: { bytes: 65_535, of: 'payload' },
    source:
      'https://learn.microsoft.com/en-us/dotnet/api/azure.resourcemanager.computeschedule.models.virtualmachineosprofile.customdata',
  },
  {
    name: 'openstack',
    title: 'OpenStack',
    formats: ['gzip', 'base64', 'mime', 'cloud-config'],
    gzipsMime: true,
    limit: { bytes: 65_535, of: 'base64' },
    source: 'https://docs.openstack.org/nova/stein/user/user-data.html',
  },
  {
    // guestinfo.userdata.encoding=gzip+base64. GUESTMSG_MAX_IN_SIZE of open-vm-tools bounds the value.
    name: 'vsphere',
    title: 'vSphere guestinfo',
    formats: ['base64', 'mime', 'cloud-config'],
    limit: { bytes: 65_536, of: 'value' },
    source: 'https://github.com/vmware-tanzu/vm-operator/issues/148',
  },
  {
    name: 'nocloud',
    title: 'NoCloud',
    formats: ['cloud-config', 'gzip', 'mime', 'iso'],
    source: 'https://cloudinit.readthedocs.io/en/latest/reference/datasources/nocloud.html',
  },
];

/** How many bytes of the platform's limit it takes. */
export function measure(encoded: Encoded, { of }: Pick<Limit, 'of'>): number {
  if (of === 'value') return byteLength(encoded.output);
  const payload = byteLength(encoded.payload);
  return of === 'base64' ? base64Length(payload) : payload;
}

/** What the limit counts, in words. */
export const counted: Readonly<Record<Limit['of'], string>> = {
  payload: 'before base64',
  base64: 'as base64',
  value: 'as the value itself',
};
