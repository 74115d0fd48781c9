import { speaker } from '../../base/catalogue.ts';

/** What is wrong, by code. */
export const say = speaker('workflow/image', {
  'no-packer': {
    message: 'there is no packer in PATH',
    hint: 'install it (Debian: apt install packer), or take the folder of knode image template to a machine that has it',
  },
  'bake-failed': ({ step }: { step: string }) => ({
    message: `packer ${step} failed; no image was kept`,
    hint: 'what went wrong stands above, in the lines of Packer; knode: no image: … says it in short',
  }),
  'unknown-builder': ({
    name,
    what,
    names,
    near,
  }: {
    name: string;
    what: string;
    names: readonly string[];
    near: string | undefined;
  }) => ({
    message: `there is no builder '${name}'`,
    hint: `${near === undefined ? '' : `did you mean '${near}'? `}${what}: ${names.join(', ')}`,
  }),
  'unknown-os': ({
    name,
    what,
    names,
    near,
  }: {
    name: string;
    what: string;
    names: readonly string[];
    near: string | undefined;
  }) => ({
    message: `there is no system '${name}'`,
    hint: `${near === undefined ? '' : `did you mean '${near}'? `}${what}: ${names.join(', ')}`,
  }),
  'os-of-other-family': ({
    name,
    family,
    what,
    names,
    near,
  }: {
    name: string;
    family: string;
    what: string;
    names: readonly string[];
    near: string | undefined;
  }) => ({
    message: `${name} is not of the family that the cluster file says (os.family: ${family})`,
    hint: `${near === undefined ? '' : `did you mean '${near}'? `}${what}: ${names.join(', ')}`,
  }),
  'os-not-there': ({
    system,
    builder,
    what,
    names,
    near,
  }: {
    system: string;
    builder: string;
    what: string;
    names: readonly string[];
    near: string | undefined;
  }) => ({
    message: `${builder} has no free images of ${system}`,
    hint: `${near === undefined ? '' : `did you mean '${near}'? `}${what}: ${names.join(', ')}`,
  }),
  'no-base': ({ builder, words, example }: { builder: string; words: string; example: string }) => ({
    message: `${builder} needs to know what to begin with`,
    hint: `give --base: ${words}${example}`,
  }),
  'base-unused': ({
    builder,
    what,
    names,
    near,
  }: {
    builder: string;
    what: string;
    names: readonly string[];
    near: string | undefined;
  }) => ({
    message: `${builder} takes no --base`,
    hint: `${near === undefined ? '' : `did you mean '${near}'? `}${what}: ${names.join(', ')}`,
  }),
  'base-missing': ({ file }: { file: string }) => ({
    message: `there is no base image ${file}`,
    hint: 'check the path; a relative one is taken from the current folder',
  }),
  'base-corrupt': ({ file, got, wanted }: { file: string; got: string; wanted: string }) => ({
    message: `the base image ${file} is ${got}, not ${wanted}`,
    hint: 'download it again, and compare with what its publisher says',
  }),
  'no-node/no-nodes': {
    message: 'which nodes is the image for?',
    hint: 'give --role or --pool, or --all-roles for one image that serves them all',
  },
  'no-node/no-node-of-arch': ({ arch }: { arch: string }) => ({
    message: `none of these nodes is ${arch}`,
    hint: 'an image is for one of them: give --arch',
  }),
  'several-archs': ({ archs }: { archs: readonly string[] }) => ({
    message: `these nodes are ${archs.join(' and ')}`,
    hint: 'an image is for one of them: give --arch',
  }),
  'unknown-layers': ({ text }: { text: string }) => ({
    message: `'${text}' are no layers of an image`,
    hint: 'image, or image,cluster; what belongs to one node is never in an image',
  }),
  'bad-packer-version': ({ text }: { text: string }) => ({
    message: `'${text}' is no version of Packer`,
    hint: 'for example 1.6 or 1.11',
  }),
  'os-release-differs': ({ release, system }: { release: string; system: string }) => ({
    message: `the cluster file says os.release: ${release}, the image is to be ${system}`,
    hint: `build the image with --os ${release}, or change os.release`,
  }),
});
