/**
 * The power is cut in the first seconds of the first boot, and restored: cloud-init, which configures the network for a
 * new instance only, must configure it all the same. Each case boots a machine whose disk is in the state after the
 * cut.
 */
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { type BootedNode, bootNode } from '../machines/boot.ts';
import { suites } from '../machines/suites.ts';
import { example } from '../rendered.ts';
import { describeReferee } from '../tools.ts';

/** cloud-init 22.4's files just before it configures the network. */
function interrupted(root: string, id: string, has: { readonly id: boolean; readonly instance: boolean }): void {
  const cloud = join(root, 'var/lib/cloud');
  mkdirSync(join(cloud, 'data'), { recursive: true });
  mkdirSync(join(cloud, 'instances'));
  if (has.id) writeFileSync(join(cloud, 'data/instance-id'), `${id}\n`);
  if (has.id) writeFileSync(join(cloud, 'data/previous-instance-id'), 'NO_PREVIOUS_INSTANCE_ID\n');
  if (has.instance) mkdirSync(join(cloud, 'instances', id, 'sem'), { recursive: true });
  symlinkSync(`/var/lib/cloud/instances/${id}`, join(cloud, 'instance'));
}

interface Case {
  readonly title: string;
  readonly id: boolean;
  readonly instance: boolean;
  /** The expected number of additional boots. */
  readonly anew: number;
}

const cases: readonly Case[] = [
  { title: 'before the network was configured', id: true, instance: true, anew: 1 },
  { title: 'again, when the id of the instance was forgotten', id: false, instance: true, anew: 1 },
  { title: 'again, when the instance was forgotten too', id: false, instance: false, anew: 0 },
];

/** Debian 12 judges all cases. The others judge the first, which needs every mechanism. */
const judged = suites.flatMap((suite) =>
  cases.slice(0, suite === 'bookworm' ? undefined : 1).map((one) => ({ suite, ...one })),
);

describeReferee(
  'a power cut while cloud-init begins',
  { root: true, tools: { 'systemd-nspawn': 'systemd-container' } },
  () => {
    let machine: BootedNode | undefined;
    afterEach(async () => {
      await machine?.stop();
      machine = undefined;
    });

    it.each(judged)(
      '$title ($suite): the machine has its network and ends its first boot',
      async ({ suite, anew, ...has }) => {
        const node = (await example('modern')).node('w1');
        const id = /^instance-id: (\S+)$/m.exec(readFileSync(join(node.seed, 'meta-data'), 'utf8'))?.[1];
        if (id === undefined) throw new Error('the seed names no instance');
        machine = await bootNode({
          seedDir: node.seed,
          name: 'w1',
          suite,
          nspawn: ['--bind-ro=/bin/true:/usr/sbin/swapoff'],
          prepare: (root) => interrupted(root, id, has),
        });
        expect(machine.status.result.v1.errors).toEqual([]);
        expect(machine.console().includes('before the network was configured: booting anew')).toBe(anew > 0);
        expect(readFileSync(join(machine.rootDir, 'var/lib/knode/again'), 'utf8')).toBe('again\n'.repeat(anew));
        const { stdout } = await machine.run(['ip', '-4', '-brief', 'address', 'show', 'dev', 'eth0']);
        expect(stdout).toContain(' 10.20.0.');
        expect(readdirSync(join(machine.rootDir, 'var/lib/knode'))).toContain('begun');
      },
    );
  },
);
