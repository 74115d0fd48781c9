/** Scenario 9: a machine with a wrong set-up says so on its console, within a minute. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { knode, type LabCluster } from '../cluster.ts';
import { type Machine, writeSeed } from '../node.ts';
import { say } from '../say.ts';
import { check, until } from '../wait.ts';
import type { Scenario } from './scenario.ts';

const limitSeconds = 60;

type Network = { ethernets: { eth0: { routes?: unknown; nameservers?: unknown } } };

interface Wrong {
  readonly what: string;
  readonly says: RegExp;
  /** A folder with the seed of such a machine. */
  readonly seed: (lab: LabCluster, name: string) => Promise<string> | string;
}

function changed(lab: LabCluster, name: string, what: string, edit: (files: Record<string, string>) => void): string {
  const files = Object.fromEntries(
    ['user-data', 'meta-data', 'network-config'].map((file) => [
      file,
      readFileSync(join(lab.seed(name), file), 'utf8'),
    ]),
  );
  edit(files);
  return writeSeed(join(lab.work, 'wrong', what.replaceAll(' ', '-')), files);
}

function network(files: Record<string, string>, edit: (network: Network) => void): void {
  const config = parse(files['network-config'] ?? '') as Network;
  edit(config);
  files['network-config'] = JSON.stringify(config);
}

/** The machine's clock is this machine's, so the certificates are made at another time instead. */
async function madeLater(lab: LabCluster, name: string, days: number): Promise<string> {
  const shift = days * 86_400_000;
  const code = `const D=Date;globalThis.Date=class extends D{constructor(...a){a.length?super(...a):super(D.now()+${shift})}static now(){return D.now()+${shift}}}`;
  const folder = join(lab.work, 'wrong', `clock${days}`);
  const args = ['render', '-f', lab.file, '--state', join(folder, 'state'), '--node', name, '-o', folder];
  await knode(args, { nodeOptions: [`--import=data:text/javascript,${encodeURIComponent(code)}`] });
  return join(folder, name);
}

const wrongs: readonly Wrong[] = [
  {
    what: 'a clock a year behind',
    says: /warning: the clock says .*, before .* is valid .*: the clock is behind/,
    seed: (lab, name) => madeLater(lab, name, 365),
  },
  {
    what: 'no default route',
    says: /warning: no default route/,
    seed: (lab, name) =>
      changed(lab, name, 'no default route', (files) =>
        network(files, ({ ethernets }) => delete ethernets.eth0.routes),
      ),
  },
  {
    what: 'wrong DNS',
    says: /waiting for the artifact .*(Could not resolve host|Resolving timed out)/,
    seed: (lab, name) =>
      changed(lab, name, 'wrong DNS', (files) => {
        network(files, ({ ethernets }) => {
          ethernets.eth0.nameservers = { addresses: [lab.address(250)] };
        });
        files['user-data'] = (files['user-data'] ?? '').replaceAll(
          `http://${lab.gateway}:8`,
          'http://mirror.lab.example:8',
        );
      }),
  },
  {
    what: 'another host name than the cluster file',
    says: /warning: the host name is somebody-else, the cluster file says m1/,
    seed: (lab, name) =>
      changed(lab, name, 'another host name', (files) => {
        files['user-data'] = (files['user-data'] ?? '').replace(/^hostname: .*$/m, 'hostname: somebody-else');
      }),
  },
];

async function says(machine: Machine, { what, says: wanted }: Wrong): Promise<void> {
  machine.powerOn();
  const line = await until(
    `the console of a machine with ${what}`,
    4 * limitSeconds,
    () => wanted.exec(machine.console)?.[0],
  );
  const seconds = (Date.now() - machine.poweredOn) / 1000;
  check(seconds < limitSeconds, `told within a minute (${seconds.toFixed(0)} s): ${line}`);
  say(`told after ${seconds.toFixed(0)} s: ${line.slice(0, 160)}`);
}

export const wrongMachine: Scenario = {
  number: 9,
  name: 'wrong-machine',
  title: 'clock, default route, DNS or host name wrong: the console says so within a minute',
  needs: 'own',
  ci: false,
  async run(lab) {
    await lab.destroyMachines();
    const name = lab.cluster.masters[0]?.name ?? '';
    for (const wrong of wrongs) {
      const machine = await lab.looseMachine(name, { seed: await wrong.seed(lab, name) });
      await says(machine, wrong).finally(() => machine.destroy());
    }
  },
};
