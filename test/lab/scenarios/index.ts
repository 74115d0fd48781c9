import { firstBoot } from './first-boot.ts';
import type { Scenario } from './scenario.ts';

/** In the order in which one cluster can serve several. */
export const scenarios: readonly Scenario[] = [firstBoot];
