/**
 * Scenario 12: one worker on a kernel of its own, for what containers cannot show: modules loaded, sysctls in effect,
 * swap off, the data disk by its UUID, and all of that again after a reboot and after a power cut that loses the page
 * cache. Emulation is too slow for a control plane, so the worker has no master: everything until it waits for the API
 * servers is checked.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { which } from '../../referee/tools.ts';
import type { LabCluster } from '../cluster.ts';
import { say } from '../say.ts';
import { VirtualMachine } from '../virtual-machine.ts';
import { check, equal, until } from '../wait.ts';
import type { Scenario } from './scenario.ts';

/** Emulated programs take about ten times as long. */
const bootLimit = 2400;

function programs(): void {
  const needed: Record<string, string> = {
    'qemu-system-x86_64': 'qemu-system-x86',
    xorriso: 'xorriso',
    ssh: 'openssh-client',
  };
  const missing = Object.keys(needed).filter((name) => which(name) === undefined);
  if (missing.length === 0) return;
  const packages = missing.map((name) => needed[name]).join(' ');
  throw new Error(`cannot run: this machine has no ${missing.join(', ')}: apt-get install ${packages}`);
}

/** Of a worker that has done all that it can without a master. */
const onlyTheseAreMissing =
  /^((kube-proxy|knode-passport)\.service is activating|lab-cni\.service is|the API servers are out of reach)/;

async function settled(machine: VirtualMachine): Promise<void> {
  const receipt = await until(
    `${machine.options.name} to wait for nothing but the API servers`,
    bootLimit,
    async () => {
      check(machine.isOn, 'the machine runs');
      const found = await machine.receipt();
      const waits = found?.waitingFor ?? [];
      const asks = waits.some((line) => line.includes('API servers are out of reach'));
      return asks && waits.every((line) => onlyTheseAreMissing.test(line)) ? found : undefined;
    },
    5000,
  );
  const parts = receipt.stages
    .filter(({ seconds }) => seconds >= 0.1)
    .map(({ unit, seconds }) => `${unit.replace(/\.service$|^knode-/g, '')} ${seconds}`);
  const took = ((Date.now() - machine.poweredOn) / 1000).toFixed(0);
  say(
    `${took} s after power-on, by its own clock ${receipt.uptimeSeconds} s, it waits for: ${receipt.waitingFor.join('; ')}`,
  );
  say(`seconds of each stage: ${parts.join(', ')}`);
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));

/** The purpose of knode-system. */
async function kernel(machine: VirtualMachine): Promise<void> {
  const modules = linesOf(await machine.text('cat /etc/modules-load.d/knode.conf'));
  check(modules.includes('ip_vs'), 'ip_vs is asked for');
  const absent = await machine.text(`for m in ${modules.join(' ')}; do test -d /sys/module/$m || echo $m; done`);
  equal(absent, '', 'modules that are not loaded');
  const settings = linesOf(await machine.text('cat /etc/sysctl.d/90-knode.conf')).map((line) => line.split(/\s*=\s*/));
  const values = await machine.text(`sysctl -n ${settings.map(([key]) => key).join(' ')}`);
  const plain = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
  equal(
    linesOf(values).map(plain),
    settings.map(([, value = '']) => plain(value)),
    'sysctls in effect',
  );
  equal(await machine.text('tail -n +2 /proc/swaps'), '', 'swap that is on');
  check(!/^[^#].*\sswap\s/m.test(await machine.text('cat /etc/fstab')), 'no swap in fstab');
  // The first action of kube-proxy with ipvs: it fails if the kernel has no ipvs.
  await machine.text('ipvsadm -A -t 10.79.0.99:1 -s rr && ipvsadm -D -t 10.79.0.99:1');
  say(
    `${modules.length} modules loaded (${modules.join(' ')}), ${settings.length} sysctls in effect, swap off, ipvs takes a service`,
  );
}

/** The file system's UUID, which fstab names, and when it was made. */
async function disk(machine: VirtualMachine): Promise<string> {
  const uuid = await machine.text('blkid -p -s UUID -o value /dev/vdb');
  check(/^[0-9a-f-]{36}$/.test(uuid), 'the data disk has a UUID');
  equal(
    await machine.text(`readlink -f /dev/disk/by-uuid/${uuid}`),
    '/dev/vdb',
    'the device that udev knows by the UUID',
  );
  equal(await machine.text('findmnt -nro SOURCE -M /data'), '/dev/vdb', 'what is mounted on /data');
  const line = await machine.text('grep " /data " /etc/fstab');
  check(line.startsWith(`UUID=${uuid} /data ext4 `), `fstab names it by UUID: ${line}`);
  equal(await machine.text('systemctl show -p SourcePath --value data.mount'), '/etc/fstab', 'who mounts it');
  const made = await machine.text('tune2fs -l /dev/vdb | grep created; cat /data/.knode');
  say(`data disk: ${line}`);
  return `${uuid} ${made}`;
}

/** Installed programs: none is installed again. */
const installed = 'stat -c "%n %i %Y" /usr/local/bin/* /opt/cni/bin/*';

async function everything(lab: LabCluster, machine: VirtualMachine): Promise<void> {
  machine.powerOn();
  await settled(machine);
  await kernel(machine);
  const before = [await disk(machine), await machine.text(installed)];
  await machine.text('echo 42 >/data/kept && sync -f /data');
  const requests = lab.mirrorLog().length;
  const again = async (how: string): Promise<void> => {
    await settled(machine);
    await kernel(machine);
    equal([await disk(machine), await machine.text(installed)], before, `disk and programs after ${how}`);
    equal(lab.mirrorLog().slice(requests), '', `what it asked the mirror for after ${how}`);
    equal(await machine.text('cat /data/kept'), '42', `what was written before ${how}`);
    equal(await machine.text('systemctl --failed --no-legend --plain'), '', `failed units after ${how}`);
    say(`the same after ${how}`);
  };
  await machine.reboot();
  await again('a reboot');
  await machine.powerCut();
  machine.powerOn();
  await again('a power cut');
}

export const ownKernel: Scenario = {
  number: 12,
  name: 'qemu',
  title:
    'a virtual machine with its own kernel: modules, sysctls, ipvs, swap, data disk by UUID, over a reboot and a power cut',
  needs: 'kernel',
  ci: false,
  async run(lab) {
    programs();
    const [node] = lab.cluster.workers;
    if (node === undefined) throw new Error('it boots one worker: use test/lab/clusters/machine');
    const dir = join(lab.work, 'virtual');
    mkdirSync(dir, { recursive: true });
    const onLine = (line: string): void => {
      const text = /knode: (node |warning: |waiting: |[a-z-]+: ).*/.exec(line)?.[0];
      if (text !== undefined)
        say(`${node.name} +${((Date.now() - machine.poweredOn) / 1000).toFixed(0).padStart(4)} s  ${text}`);
    };
    const machine = new VirtualMachine({
      name: node.name,
      address: node.address ?? '',
      seed: lab.seed(node.name),
      image: lab.image,
      dir,
      onLine,
    });
    await machine.assemble();
    try {
      await everything(lab, machine);
    } catch (error) {
      process.stderr.write(`${machine.console.split('\n').slice(-60).join('\n')}\n`);
      process.stderr.write(
        (
          await machine.run(
            'systemctl list-jobs --no-pager; systemctl --failed --no-pager; journalctl -b -n 60 --no-pager -o cat',
          )
        ).stdout,
      );
      throw error;
    } finally {
      await machine.powerCut();
    }
  },
};
