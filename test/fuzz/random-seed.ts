import type { Parameters } from 'fast-check';

const { CI, KNODE_FUZZ_SEED, KNODE_FUZZ_TIMES = '1' } = process.env;
const fresh = CI === undefined ? Math.floor(Math.random() * 2 ** 31) : 20_260_101;

/** CI runs one seed for ever, people a new one each time; `KNODE_FUZZ_SEED=…` runs one again. */
export const seed: number = KNODE_FUZZ_SEED === undefined ? fresh : Number(KNODE_FUZZ_SEED);

/** Settings of a run; fast-check prints seed and path with a failure, and the smallest input that fails. */
export function runs(few: number): Pick<Parameters<unknown>, 'seed' | 'numRuns'> {
  return { seed, numRuns: few * Number(KNODE_FUZZ_TIMES) };
}
