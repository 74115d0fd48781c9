import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export const repository = here('../..');
/** The lab's additions to a node's root or cluster file. */
export const seedDir = here('seed');
export const imageScript = here('../referee/machines/image.sh');
export const kubernetesScript = here('kubernetes.sh');
export const dnsScript = here('dns.sh');
export const kernelScript = here('kernel.sh');
export const programsScript = here('programs.sh');

/** Files that are kept between runs; all of them can be made again. */
export const cacheDir = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'knode', 'lab');
/** Roots and disks of nodes, in a folder for each run. */
export const runsDir = join(cacheDir, 'runs');
