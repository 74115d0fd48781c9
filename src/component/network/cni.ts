import { nodePaths } from '../../base/node-paths.ts';
import { type Component, runsPods } from '../context.ts';
import type { FileDecl } from '../contract.ts';

/** flannel's conflist: the flannel plugin reads the node's subnet.env and delegates to bridge. */
const flannelConflist: FileDecl = {
  path: `${nodePaths.cniConf}/10-flannel.conflist`,
  layer: 'cluster',
  mode: '0600',
  from: ['network', 'provider'],
  content: {
    kind: 'json',
    value: {
      name: 'cbr0',
      // Every CNI plugin and runtime of the supported versions supports 0.3.1.
      cniVersion: '0.3.1',
      plugins: [
        { type: 'flannel', delegate: { hairpinMode: true, isDefaultGateway: true } },
        { type: 'portmap', capabilities: { portMappings: true } },
      ],
    },
  },
};

/** CNI plugins, and flannel's configuration for them. With `network.provider: external` the conflist is the user's. */
export const cni: Component = {
  name: 'cni',
  purpose: 'gives pods their network interface',
  versionSettings: { 'cni-plugins': ['containerRuntime', 'cniPluginsVersion'] },
  contribute(context) {
    const { cluster, node } = context;
    if (!runsPods(context) || !cluster.usesCni) return undefined;
    const plugins = { name: 'cni-plugins', version: cluster.versions.cniPlugins, arch: node.arch };
    const bridge = { kernelModules: ['br_netfilter'] };
    if (cluster.spec.network.provider === 'external') return { artifacts: [plugins], ...bridge };
    return {
      files: [flannelConflist],
      // Up to 0.9.1 the reference plugins include a flannel plugin; knode takes it from its own release in every
      // version.
      artifacts: [plugins, { name: 'flannel-cni-plugin', version: cluster.versions.flannelCniPlugin, arch: node.arch }],
      ...bridge,
    };
  },
};
