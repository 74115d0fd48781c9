import type { Flags } from './arguments.ts';

/** `--feature-gates` for a program; empty if no gate is set. */
export function featureGateFlags(gates: Readonly<Record<string, boolean>>): Flags {
  const list = Object.entries(gates).map(([gate, on]) => `${gate}=${on}`);
  return list.length === 0 ? {} : { 'feature-gates': list.sort().join(',') };
}

/** The `featureGates` field of a configuration file; empty if no gate is set. */
export function featureGateMap(gates: Readonly<Record<string, boolean>>): {
  featureGates?: Readonly<Record<string, boolean>>;
} {
  return Object.keys(gates).length === 0 ? {} : { featureGates: gates };
}
