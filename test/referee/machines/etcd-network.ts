/** Machines with one address each on a switch of their own, all in network name spaces: cables can be cut between any two of them. */
import { later, sh } from '../scripts/support.ts';
import type { Site } from './etcd-member.ts';

let made = 0;

function nextId(): string {
  made += 1;
  return `knode-e${process.pid}-${made}`;
}

export class EtcdNetwork implements Site {
  readonly #id = nextId();
  readonly #machines = new Set<number>();

  constructor(machines: number) {
    this.#add(`${this.#id}-0`);
    this.#ip(0, 'link', 'add', 'switch', 'type', 'bridge');
    this.#ip(0, 'link', 'set', 'switch', 'up');
    for (let index = 1; index <= machines; index += 1) this.plug(index);
  }

  address(index: number): string {
    return `10.77.7.${index}`;
  }

  prefix(index: number): readonly string[] {
    return ['ip', 'netns', 'exec', `${this.#id}-${index}`];
  }

  /** A further machine, with an address and a cable. */
  plug(index: number): void {
    this.#add(`${this.#id}-${index}`);
    this.#ip(index, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', `port${index}`, 'netns', `${this.#id}-0`);
    this.#ip(index, 'link', 'set', 'lo', 'up');
    this.#ip(0, 'link', 'set', `port${index}`, 'master', 'switch', 'up');
    this.#ip(index, 'address', 'add', `${this.address(index)}/24`, 'dev', 'eth0');
    this.#ip(index, 'link', 'set', 'eth0', 'up');
    this.#machines.add(index);
  }

  /** Gives a machine a further address, which does not leave it. */
  hold(machine: number, address: string): void {
    this.#ip(machine, 'address', 'add', `${address}/32`, 'dev', 'lo');
  }

  /** Packets between the two machines are lost, both ways: no answer, no refusal. */
  cut(one: number, other: number): void {
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const) {
      if (!this.#machines.has(from)) continue;
      // A hardware address that no machine has.
      this.#ip(
        from,
        'neigh',
        'replace',
        this.address(to),
        'lladdr',
        '02:00:00:00:77:77',
        'dev',
        'eth0',
        'nud',
        'permanent',
      );
    }
  }

  mend(one: number, other: number): void {
    this.#ip(one, 'neigh', 'del', this.address(other), 'dev', 'eth0');
    this.#ip(other, 'neigh', 'del', this.address(one), 'dev', 'eth0');
  }

  #ip(machine: number, ...words: string[]): void {
    sh('ip', '-n', `${this.#id}-${machine}`, ...words);
  }

  #add(name: string): void {
    sh('ip', 'netns', 'add', name);
    later(() => void sh('ip', 'netns', 'del', name));
  }
}
