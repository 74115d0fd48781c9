import type { DataPath } from '../../../base/diagnostic.ts';
import { checkFeatureGate, type GateProblem, unmetGateNeeds } from '../../../release/feature-gates.ts';
import type { KubernetesProgram } from '../../../release/flags.ts';
import { parseGoBool } from '../../../release/values/go-syntax.ts';
import type { Cluster } from '../../cluster.ts';
import { extraFlag, finalFlags, flagSections } from '../../final-flags.ts';
import { eachIntact } from '../../loading/intact.ts';
import { atKey, error, type Finding, type Rule, warning } from '../rule.ts';
import { say } from './flag-messages.ts';

/** A gate of one program, and its place in the file. */
interface Gate {
  readonly program: KubernetesProgram;
  readonly name: string;
  readonly on: boolean;
  readonly path: DataPath;
  /** Whether it is a key in a mapping of gates; otherwise it is part of a flag's value. */
  readonly isKey: boolean;
}

/** Mappings of gates: a program's settings, and the user's own part of its configuration file. */
const mappings = [
  ['kube-apiserver', ['featureGates']],
  ['kube-controller-manager', ['featureGates']],
  ['kube-scheduler', ['featureGates']],
  ['kubelet', ['featureGates']],
  ['kubelet', ['extraConfig', 'featureGates']],
  ['kube-proxy', ['featureGates']],
  ['kube-proxy', ['extraConfig', 'featureGates']],
] as const;

function mappedGates(cluster: Cluster): readonly Gate[] {
  return eachIntact(mappings, ([program, place]) => {
    const path = [...flagSections[program], ...place];
    const gates = path.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], cluster.spec);
    return Object.entries(gates ?? {}).flatMap(([name, on]): Gate[] =>
      typeof on === 'boolean' ? [{ program, name, on, path: [...path, name], isKey: true }] : [],
    );
  });
}

/** `--feature-gates` of extraArgs; from 1.31 on an item may name its component, `kube:Name=true`. */
function flagGates(cluster: Cluster): readonly Gate[] {
  const programs = [...new Set(mappings.map(([program]) => program))];
  return eachIntact(programs, (program) => {
    const flags = finalFlags(cluster, program).filter(({ flag, extra }) => extra && flag === 'feature-gates');
    const items = flags.flatMap(({ value, path }) => value.split(',').map((item) => ({ item, path })));
    return items.flatMap(({ item, path }): Gate[] => {
      const [left = '', right = ''] = item.split('=').map((part) => part.trim());
      const [component, name] = left.includes(':') ? left.split(':') : ['kube', left];
      const on = parseGoBool(right);
      if (on === undefined || name === undefined || component !== 'kube') return [];
      return [{ program, name, on, path, isKey: false }];
    });
  });
}

function words(gate: Gate, version: string, found: GateProblem): Finding {
  const { name, path, program } = gate;
  switch (found.problem) {
    case 'unknown': {
      return error(path, say('gate-unknown', { name, nearest: found.nearest, program }));
    }
    case 'elsewhere': {
      return error(path, say('gate-unknown/elsewhere', { program, version, name, other: found.program }));
    }
    case 'removed': {
      return error(path, say('gate-removed', { version, name, until: found.until }));
    }
    case 'not-yet': {
      return error(path, say('gate-not-yet', { version, name, since: found.since }));
    }
    case 'locked': {
      return error(path, say('gate-locked', { name, to: found.to, version, program }));
    }
  }
}

/** A program exits on a gate that is unknown, or locked. */
export const featureGatesAreKnown: Rule = (cluster) =>
  [...mappedGates(cluster), ...flagGates(cluster)].flatMap((gate): Finding[] => {
    const { minor, version } = cluster.kubernetes;
    const found = checkFeatureGate(gate.program, minor, gate.name, gate.on);
    // Which gates are locked depends on the version that a program emulates.
    const plays = extraFlag(cluster, gate.program, 'emulated-version') !== undefined;
    if (!found || (found.problem === 'locked' && plays)) return [];
    const finding = words(gate, version, found);
    return [gate.isKey ? atKey(finding) : finding];
  });

/** A program exits if a gate is on and one that it requires is off, by default or by the file. */
export const featureGatesHaveWhatTheyNeed: Rule = (cluster) => {
  const { minor, version } = cluster.kubernetes;
  // A gate that is refused by itself is reported as such.
  const all = [...mappedGates(cluster), ...flagGates(cluster)].filter(
    ({ program, name, on }) => checkFeatureGate(program, minor, name, on) === undefined,
  );
  return [...new Set(all.map(({ program }) => program))].flatMap((program): Finding[] => {
    const gates = new Map(all.filter((gate) => gate.program === program).map((gate) => [gate.name, gate]));
    const given = new Map([...gates.values()].map(({ name, on }) => [name, on]));
    return unmetGateNeeds(minor, given).flatMap(({ gate, needs }) => {
      const place = gates.get(gate) ?? gates.get(needs);
      if (place === undefined) return [];
      const finding = error(
        place.path,
        say('gate-needs', { program, version, gate, needs, asked: place.name === gate }),
      );
      return [place.isKey ? atKey(finding) : finding];
    });
  });
};

/** The flag in extraArgs replaces knode's: gates of the setting would silently be lost. */
export const featureGatesOnce: Rule = (cluster) =>
  eachIntact(['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const, (program) => {
    const flag = extraFlag(cluster, program, 'feature-gates');
    const path = [...flagSections[program], 'featureGates'];
    const gates = path.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], cluster.spec) as object;
    if (!flag || Object.keys(gates).length === 0) return [];
    return [atKey(warning(path, say('gates-lost', { program })))];
  });
