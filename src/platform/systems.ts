import { families } from './families.ts';
import type { System } from './family.ts';

/** Every system that images are made from, with its family. */
export const systems: readonly (System & { readonly family: string })[] = families.flatMap((family) =>
  family.systems.map((system) => ({ ...system, family: family.name })),
);
