import type { Arch } from './arch.ts';
import type { Bake, Builder, ImageSource, PackerVariables } from './builder.ts';
import { clouds } from './clouds.ts';
import type { System } from './family.ts';

/** A builder as `--builder` takes it: by the name of its cloud, or by its own if it is of no cloud. */
export interface NamedBuilder extends Builder {
  readonly name: string;
  readonly aliases: readonly string[];
  /** The cloud's own images, by name of the system. */
  readonly images: Readonly<Record<string, ImageSource>>;
}

/** Debian and Ubuntu have it in qemu-efi-aarch64. */
const armFirmware = '/usr/share/qemu-efi-aarch64/QEMU_EFI.fd';

function qemuVariables({ arch, base, checksum }: Bake): PackerVariables {
  const machine =
    arch === 'amd64'
      ? {}
      : { qemu_binary: 'qemu-system-aarch64', machine_type: 'virt', qemuargs: [['-bios', armFirmware]] };
  return { base_image: base, base_checksum: checksum, ...machine };
}

/** A disk image on this machine. */
const qemu: Builder = {
  packer: 'qemu',
  base: 'file',
  baseWords: 'URL|PATH of a cloud image (qcow2)',
  seed: true,
  variables: qemuVariables,
};

const existingMachine: Builder = {
  packer: 'null',
  base: 'none',
  builtIn: true,
  about: 'an existing machine',
  variables: () => ({}),
};

const named = (builder: Builder): NamedBuilder => ({ ...builder, name: builder.packer, aliases: [], images: {} });

/**
 * Every builder, in the order of help. A cloud's builder is in the cloud's file; a builder without a cloud is a row
 * here.
 */
export const builders: readonly NamedBuilder[] = [
  named(qemu),
  ...clouds.flatMap(({ name, aliases = [], images = {}, builder }) =>
    builder === undefined ? [] : [{ ...builder, name, aliases, images }],
  ),
  named(existingMachine),
];

/** The base image of a system for the builder; undefined if there is none, or if the builder does not look for one. */
export function imageFor(builder: NamedBuilder, system: System, arch: Arch): PackerVariables | undefined {
  if (!builder.findsImage) return undefined;
  const source = system.images[builder.name] ?? builder.images[system.name];
  return source?.(arch);
}
