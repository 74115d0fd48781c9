import type { Arch } from '../model/cluster.ts';
import type { System } from './systems.ts';

/** What the variables of a builder are made from. */
export interface Bake {
  readonly system: System;
  readonly arch: Arch;
  /** What the image is made from, in the builder's own terms (`--base`). */
  readonly base?: string;
  /** `sha256:…` or `sha512:…`, where the base is a file. */
  readonly checksum?: string;
}

export interface Builder {
  /** As `--builder` takes it; the first label of its source in HCL, but for the short names of `aliases`. */
  readonly name: string;
  /** What `--base` is for it: a file (with `--checksum`), the name of an image or template, or found by itself. */
  readonly base: 'file' | 'name' | 'found' | 'none';
  /** What `--base` names, in words. */
  readonly baseWords: string;
  /** Variables of its HCL file that knode sets. */
  readonly variables: (bake: Bake) => Readonly<Record<string, unknown>>;
  /** Whether its machine gets an SSH key of knode's by a NoCloud seed. */
  readonly seed: boolean;
}

const amd64 = (arch: Arch) => arch === 'amd64';

/** Debian and Ubuntu have it in qemu-efi-aarch64. */
const armFirmware = '/usr/share/qemu-efi-aarch64/QEMU_EFI.fd';

function qemu({ arch, base, checksum }: Bake): Readonly<Record<string, unknown>> {
  const machine = amd64(arch)
    ? {}
    : { qemu_binary: 'qemu-system-aarch64', machine_type: 'virt', qemuargs: [['-bios', armFirmware]] };
  return { base_image: base, base_checksum: checksum, ...machine };
}

function amazon({ system, arch, base }: Bake): Readonly<Record<string, unknown>> {
  const architecture = amd64(arch) ? 'x86_64' : 'arm64';
  return {
    architecture,
    instance_type: amd64(arch) ? 't3.small' : 't4g.small',
    source_ami_name: system.aws.name(architecture, arch),
    source_ami_owner: system.aws.owner,
    root_device: system.awsRoot,
    ssh_username: system.awsUser,
    // An AMI of one's own, under whatever name; of another account: -var source_ami_owner=ID.
    ...(base === undefined ? {} : { source_ami: base, source_ami_name: '*', source_ami_owner: 'self' }),
  };
}

function google({ system, arch, base }: Bake): Readonly<Record<string, unknown>> {
  return {
    machine_type: amd64(arch) ? 'e2-small' : 't2a-standard-1',
    source_image_family: system.google.family(arch),
    source_image_project: system.google.project,
    ...(base === undefined ? {} : { source_image: base }),
  };
}

function azure({ system: { azure: source }, arch }: Bake): Readonly<Record<string, unknown>> {
  if (source === undefined) throw new Error('the system is not for Azure, and nobody refused it');
  return {
    vm_size: amd64(arch) ? 'Standard_B2s' : 'Standard_B2ps_v2',
    image_publisher: source.publisher,
    image_offer: source.offer(arch),
    image_sku: source.sku(arch),
  };
}

const named =
  (variable: string) =>
  ({ system, base }: Bake): Readonly<Record<string, unknown>> => ({ [variable]: base, ssh_username: system.user });

/** One row a builder: a new one is a row here, `packer/builders/<name>.pkr.hcl`, and a line in `packer/build.pkr.hcl`. */
export const builders: readonly Builder[] = [
  { name: 'qemu', base: 'file', baseWords: 'URL|PATH of a cloud image (qcow2)', variables: qemu, seed: true },
  { name: 'amazon-ebs', base: 'found', baseWords: 'an AMI', variables: amazon, seed: false },
  { name: 'googlecompute', base: 'found', baseWords: 'an image', variables: google, seed: false },
  { name: 'azure-arm', base: 'none', baseWords: '', variables: azure, seed: false },
  {
    name: 'openstack',
    base: 'name',
    baseWords: 'the name of an image in Glance',
    variables: named('source_image_name'),
    seed: false,
  },
  {
    name: 'vsphere-clone',
    base: 'name',
    baseWords: 'the name of a template',
    variables: named('template'),
    seed: false,
  },
  {
    name: 'proxmox-clone',
    base: 'name',
    baseWords: 'the name of a template',
    variables: named('clone_vm'),
    seed: false,
  },
  { name: 'null', base: 'none', baseWords: '', variables: () => ({}), seed: false },
];

/** Names that people say. */
export const aliases: Readonly<Record<string, string>> = {
  aws: 'amazon-ebs',
  azure: 'azure-arm',
  gcp: 'googlecompute',
  proxmox: 'proxmox-clone',
  vsphere: 'vsphere-clone',
};
