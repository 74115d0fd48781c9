import { debian } from './families/debian.ts';
import { rhel } from './families/rhel.ts';
import type { Family } from './family.ts';

/** Every OS family, in the order of help; the first one is the default. A new family is one file in `families` and one row here. */
export const families: readonly [Family, ...Family[]] = [debian, rhel];

/** @throws Error for a name that no row has: the schema refuses it. */
export function familyNamed(name: string): Family {
  const found = families.find((one) => one.name === name);
  if (found === undefined) throw new Error(`there is no OS family '${name}'`);
  return found;
}
