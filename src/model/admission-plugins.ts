interface Settings {
  readonly admissionPlugins: { readonly enable: readonly string[]; readonly disable: readonly string[] };
}

/** Keeps a kubelet from writing objects of other nodes: without it, root on one worker becomes root everywhere. */
export const nodeRestriction = 'NodeRestriction';

/** --enable-admission-plugins: NodeRestriction, unless it is disabled by name, and the plugins that the file adds. */
export function enabledAdmissionPlugins({ admissionPlugins: { enable, disable } }: Settings): readonly string[] {
  const needed = enable.includes(nodeRestriction) || disable.includes(nodeRestriction);
  return needed ? enable : [nodeRestriction, ...enable];
}
