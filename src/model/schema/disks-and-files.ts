import * as z from 'zod';
import { roles } from '../roles.ts';
import { say } from './messages.ts';
import { role } from './nodes.ts';
import { absolutePath, singleLine, text } from './primitives.ts';

const dataTenants = ['etcd', 'docker', 'containerd', 'kubelet'] as const;

/** It is part of a list of words on the node. */
const diskName = text((value) => (/^[^\s\p{Cc}]+$/u.test(value) ? undefined : say('invalid-disk-name', { value })));

export const dataDisks = z
  .array(
    z.strictObject({
      device: absolutePath.optional().describe('Device node, for example /dev/vdb.'),
      id: diskName.optional().describe('Name below /dev/disk/by-id.'),
      serial: diskName.optional().describe('Serial number, as lsblk shows it.'),
      filesystem: z.enum(['ext4', 'xfs']).default('ext4').describe('File system for an empty device.'),
      mount: absolutePath.describe('Mount point.'),
      holds: z
        .array(z.enum(dataTenants))
        .default([])
        .describe('Programs whose data it holds, each in a folder of its name.'),
      roles: z.array(role).default(['master', 'worker', 'etcd']).describe('Nodes that have this disk.'),
    }),
  )
  .default([])
  .describe(
    'Disks for data. Only a provably empty disk is formatted; a disk of this cluster and node is reused; any other is refused.',
  );

const ownFile = {
  source: singleLine.optional().describe('A file beside the cluster file.'),
  content: z.string().optional().describe('The content itself.'),
  roles: z
    .array(role)
    .default([...roles])
    .describe('Nodes that get it.'),
};

export const extraFiles = z
  .array(
    z.strictObject({
      path: absolutePath.describe('Path on the node.'),
      mode: text((value) => (/^0[0-7]{3}$/.test(value) ? undefined : say('invalid-mode', { value })))
        .optional()
        .describe('Mode, four octal digits in quotes. Default: 0644, or 0600 when secret.'),
      secret: z.boolean().default(false).describe('Never shown, never in a golden image.'),
      ...ownFile,
    }),
  )
  .default([])
  .describe('Files of your own.');

export const extraUnits = z
  .array(
    z.strictObject({
      name: text((value) =>
        /^[A-Za-z0-9:_.@-]+\.(service|timer|socket|path|mount|target)$/.test(value)
          ? undefined
          : say('invalid-unit/ending', { value }),
      ).describe('Unit name.'),
      start: z.boolean().default(true).describe('Start it with the node.'),
      ...ownFile,
    }),
  )
  .default([])
  .describe('systemd units of your own.');
