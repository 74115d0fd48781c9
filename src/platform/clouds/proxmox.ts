import { copies } from '../builder.ts';
import type { Cloud } from '../cloud.ts';

/** A file in the host's snippets: `cicustom: user=local:snippets/m1.yml`. A NoCloud ISO as a CD is `nocloud`. */
export const proxmox: Cloud = {
  name: 'proxmox',
  aliases: ['proxmox-clone'],
  title: 'Proxmox VE',
  formats: ['cloud-config', 'mime'],
  source: 'https://pve.proxmox.com/wiki/Cloud-Init_Support#_custom_cloud_init_configuration',
  builder: {
    packer: 'proxmox-clone',
    base: 'name',
    baseWords: 'the name of a template',
    variables: copies('clone_vm'),
  },
};
