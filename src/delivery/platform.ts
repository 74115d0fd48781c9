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
    // The API takes a text; cloud-init's data source decodes base64 (DataSourceHetzner, from 20.3).
    name: 'hetzner',
    title: 'Hetzner Cloud',
    formats: ['base64', 'cloud-config', 'mime'],
    limit: { bytes: 32_768, of: 'value' },
    source: 'https://docs.hetzner.cloud/reference/cloud#servers-create-a-server',
  },
  {
    // A text as it is: DataSourceDigitalOcean decodes nothing.
    name: 'digitalocean',
    title: 'DigitalOcean',
    formats: ['cloud-config', 'mime'],
    limit: { bytes: 65_536, of: 'value' },
    source: 'https://docs.digitalocean.com/products/droplets/how-to/provide-user-data/',
  },
  {
    // The API takes base64, as linode-cli makes of a file.
    name: 'linode',
    title: 'Linode (Akamai)',
    formats: ['gzip', 'base64', 'mime', 'cloud-config'],
    gzipsMime: true,
    limit: { bytes: 16_384, of: 'payload' },
    source: 'https://github.com/linode/cluster-api-provider-linode/issues/94',
  },
  {
    // user_data shares 32,000 bytes with all other metadata of the instance.
    name: 'oci',
    title: 'Oracle Cloud',
    formats: ['gzip', 'base64', 'mime', 'cloud-config'],
    gzipsMime: true,
    limit: { bytes: 32_000, of: 'base64' },
    source: 'https://docs.oracle.com/en-us/iaas/api/#/en/iaas/latest/datatypes/LaunchInstanceDetails',
  },
  {
    // deployVirtualMachine by POST; vm.userdata.max.length is 32768 unless the operator says otherwise.
    name: 'cloudstack',
    title: 'Apache CloudStack',
    formats: ['gzip', 'base64', 'mime', 'cloud-config'],
    gzipsMime: true,
    limit: { bytes: 32_768, of: 'base64' },
    source: 'https://docs.cloudstack.apache.org/en/latest/adminguide/virtual_machines/user-data.html',
  },
  {
    // A file in the host's snippets: `cicustom: user=local:snippets/m1.yml`. A NoCloud ISO as a CD is `nocloud`.
    name: 'proxmox',
    title: 'Proxmox VE',
    formats: ['cloud-config', 'mime'],
    source: 'https://pve.proxmox.com/wiki/Cloud-Init_Support#_custom_cloud_init_configuration',
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
