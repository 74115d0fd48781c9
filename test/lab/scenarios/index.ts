import { cis } from './cis.ts';
import { dns } from './dns.ts';
import { firstBoot } from './first-boot.ts';
import { foreignDisks } from './foreign-disks.ts';
import { mirror } from './mirror.ts';
import { ownKernel } from './own-kernel.ts';
import { pool } from './pool.ts';
import { powerCuts } from './power-cuts.ts';
import { reboot } from './reboot.ts';
import { replaceMaster } from './replace-master.ts';
import { sameBytes } from './same-bytes.ts';
import type { Scenario } from './scenario.ts';
import { staggered } from './staggered.ts';
import { wrongMachine } from './wrong-machine.ts';

/** In the order in which one cluster can serve several. */
export const scenarios: readonly Scenario[] = [
  firstBoot,
  sameBytes,
  cis,
  pool,
  reboot,
  replaceMaster,
  mirror,
  foreignDisks,
  powerCuts,
  staggered,
  wrongMachine,
  ownKernel,
  dns,
];
