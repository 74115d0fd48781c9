import { speaker } from '../base/catalogue.ts';
import { list } from '../base/wording.ts';

/** What is wrong, by code. */
export const say = speaker('workflow', {
  'found-beside-existing': {
    message:
      '--found gives the right to found the etcd cluster, and etcd.initialClusterState says that the cluster exists',
    hint: 'remove etcd.initialClusterState, or leave out --found',
  },
  'found-without-member': ({ members }: { members: string }) => ({
    message: '--found is for members of etcd, and none of the chosen nodes is one',
    hint: members,
  }),
  'no-node/demand-role': { message: 'which node?', hint: 'give --role and --index, or --node NAME, or --all' },
  'unknown-role': ({ word, roles }: { word: string; roles: readonly string[] }) => ({
    message: `there is no role '${word}'`,
    hint: `roles: ${list(roles)}`,
  }),
  'index-out-of-range/check-index': ({ role, index }: { role: string; index: string }) => ({
    message: `there is no ${role} ${index}`,
    hint: 'the first node of a role is --index 0',
  }),
  'role-empty': ({ word, nodeLists }: { word: string; nodeLists: string }) => ({
    message: `the cluster file names no ${word} nodes`,
    hint: `add one under nodes.${nodeLists}`,
  }),
  'no-index': ({ count, word }: { count: number; word: string }) => ({
    message: `there are ${count} ${word} nodes: which one?`,
    hint: `give --index 0 to ${count - 1}, or --all`,
  }),
  'index-out-of-range/by-index': ({
    word,
    index,
    count,
    names,
  }: {
    word: string;
    index: string;
    count: number;
    names: readonly string[];
  }) => ({
    message: `there is no ${word} ${index}`,
    hint: `there is ${count === 1 ? 'only --index 0' : `--index 0 to ${count - 1}`}: ${list(names)}`,
  }),
  'unknown-node': ({ name, names }: { name: string; names: readonly string[] }) => ({
    message: `there is no node '${name}'`,
    hint: `nodes: ${list(names)}`,
  }),
  'pool-and-node': {
    message: "a pool's machines are workers and are all alike",
    hint: 'give --pool alone, or with --role worker',
  },
  'unknown-pool': ({ pool, count, names }: { pool: string | undefined; count: number; names: readonly string[] }) => ({
    message: `there is no pool '${pool}'`,
    hint: count === 0 ? `add it under nodes: pools: {${pool}: {}}` : `pools: ${list(names)}`,
  }),
  'needs-folder/demand-folder': {
    message: 'several nodes do not fit on one stdout',
    hint: 'add -o out/ for NoCloud seeds, or --files DIR for the files',
  },
  'not-an-image': ({ output, name }: { output: string; name: string }) => ({
    message: `${output} would be a folder`,
    hint: `add --format ${name}, or name a folder: -o out/`,
  }),
  'other-format': ({ output, name, name2 }: { output: string; name: string; name2: string | undefined }) => ({
    message: `${output} is the name of another format than ${name}`,
    hint: `add --format ${name2}, or name a folder: -o out/`,
  }),
  'needs-folder/demand-file-fits': ({ what, each }: { what: string; each: string }) => ({
    message: `several nodes do not fit in one ${what}`,
    hint: `name a folder: -o out/ writes ${each}`,
  }),
  'needs-output': { message: 'an ISO image is a file', hint: 'add -o NODE.iso, or -o DIR for DIR/NODE.iso' },
  'bytes-on-terminal': { message: 'gzip is not for a terminal', hint: 'add -o DIR, or redirect: > user-data.gz' },
  'file-unreadable': ({ path, why, hint }: { path: string; why: string; hint: string }) => ({
    message: `cannot read ${path}: ${why}`,
    hint: hint,
  }),
  'source-unreadable': ({ name, why }: { name: string; why: string | undefined }) => ({
    message: why ?? `${name} is not UTF-8 text`,
    hint: 'paths are relative to the cluster file',
  }),
  'state-changed': {
    message: 'another run changed the state meanwhile, and this one planned without knowing it; nothing was written',
    hint: 'run the command again',
  },
});
