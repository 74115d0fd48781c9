/** Cluster files that ship with knode, as a starting point. */
export const presetFiles: Readonly<Record<string, string>> = {
  modern: 'templates/cluster-file/cluster.yaml',
  'ansible-ha-1.16': 'examples/ansible-ha-1.16/cluster.yaml',
  smallest: 'examples/smallest/cluster.yaml',
};

/** Older names of presets, which stay valid. */
export const olderPresets: Readonly<Record<string, string>> = { 'seed-000': 'ansible-ha-1.16' };

export const presets: readonly string[] = Object.keys(presetFiles);
