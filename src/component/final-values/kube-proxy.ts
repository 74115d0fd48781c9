import { memoize } from '../../base/memoize.ts';
import type { Cluster } from '../../model/cluster.ts';
import { error, type Rule } from '../../model/rules/rule.ts';
import { kubeProxy } from '../../model/schema/kubernetes.ts';
import { checkKubeProxyValues } from '../../release/relations/kube-proxy.ts';
import { kubeProxyConfiguration } from '../network/kube-proxy.ts';
import { FinalConfig } from './final-config.ts';
import { say } from './messages.ts';

const defaults = memoize((_section: string) => kubeProxy.parse(undefined));

/** The final KubeProxyConfiguration; with a file kube-proxy ignores its flags. */
export function finalKubeProxy(cluster: Cluster): FinalConfig {
  const settings = cluster.spec.kubernetes.kubeProxy;
  return new FinalConfig({
    kind: 'KubeProxyConfiguration',
    minor: cluster.kubernetes.minor,
    program: `kube-proxy ${cluster.versions.kubernetes}`,
    config: kubeProxyConfiguration(cluster),
    extraConfig: settings.extraConfig,
    extraArgs: {},
    section: ['kubernetes', 'kubeProxy'],
    settings,
    defaults: defaults('kubeProxy'),
  });
}

/** Values that kube-proxy refuses at its start, wherever they are set. */
export const kubeProxyTakesValues: Rule = (cluster) => {
  const values = finalKubeProxy(cluster);
  const { mode } = cluster.spec.kubernetes.kubeProxy.extraConfig;
  // Whether the version has the mode is checked with the versions.
  const refusals = checkKubeProxyValues(values).filter(({ fields }) => fields[0] !== 'mode' || mode !== undefined);
  return values.findings(refusals);
};

/** Modules and packages of a mode follow from the setting. Those of iptables are always present. */
export const kubeProxyModeIsSet: Rule = ({ spec, proxyMode }) => {
  const { mode } = spec.kubernetes.kubeProxy.extraConfig;
  if ((mode !== 'ipvs' && mode !== 'nftables') || mode === proxyMode) return [];
  const path = ['kubernetes', 'kubeProxy', 'extraConfig', 'mode'];
  return [error(path, say('proxy-mode-field', { mode }))];
};
