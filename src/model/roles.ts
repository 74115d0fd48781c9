/** Roles of nodes. A master also runs etcd unless there are dedicated etcd nodes. */
export const roles = ['master', 'worker', 'etcd', 'balancer'] as const;

/** The list of `nodes` for each role. */
export const nodeLists = {
  master: 'controlPlane',
  worker: 'workers',
  etcd: 'etcd',
  balancer: 'balancers',
} as const satisfies Record<(typeof roles)[number], string>;

/** Roles on the command line. `master` is the older word for `control-plane`. */
export const roleWords = ['control-plane', 'worker', 'etcd', 'balancer', 'master'] as const;

/** The role for a word of the command line. */
export function roleOfWord(word: string): (typeof roles)[number] | undefined {
  return word === 'control-plane' ? 'master' : roles.find((one) => one === word);
}

/** The word for a role, for commands in messages. */
export function wordOfRole(role: (typeof roles)[number]): string {
  return role === 'master' ? 'control-plane' : role;
}
