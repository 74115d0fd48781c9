import { isAddress } from '../../base/cidr.ts';
import { memoize } from '../../base/memoize.ts';
import type { Cluster } from '../../model/cluster.ts';
import { error, type Finding, type Rule } from '../../model/rules/rule.ts';
import { kubelet } from '../../model/schema/kubernetes.ts';
import { criEndpoints } from '../../release/program/kubelet-runtime.ts';
import { checkKubeletValues } from '../../release/relations/kubelet.ts';
import { kubeletConfiguration } from '../worker/kubelet-config.ts';
import { FinalConfig } from './final-config.ts';
import { say } from './messages.ts';

const defaults = memoize((_section: string) => kubelet.parse(undefined));

/** The final KubeletConfiguration. */
export function finalKubelet(cluster: Cluster): FinalConfig {
  const settings = cluster.spec.kubernetes.kubelet;
  return new FinalConfig({
    kind: 'KubeletConfiguration',
    minor: cluster.kubernetes.minor,
    program: `kubelet ${cluster.versions.kubernetes}`,
    config: kubeletConfiguration(cluster),
    extraConfig: settings.extraConfig,
    extraArgs: settings.extraArgs,
    section: ['kubernetes', 'kubelet'],
    settings,
    defaults: defaults('kubelet'),
  });
}

/** Values that kubelet refuses at its start, wherever they are set. */
export const kubeletTakesValues: Rule = (cluster) => {
  const values = finalKubelet(cluster);
  const remote = cluster.kubernetes.runtimeShim(cluster.spec.containerRuntime.type) !== 'dockershim';
  return values.findings(checkKubeletValues(values, { remote }));
};

/** A setting that kubelet and the runtime must share is refused as a flag and as a field. */
export const kubeletMeetsRuntime: Rule = (cluster) => {
  const { kubernetes, containerRuntime } = cluster.spec;
  const { cgroupDriver, containerRuntimeEndpoint } = kubernetes.kubelet.extraConfig;
  const path = ['kubernetes', 'kubelet', 'extraConfig'];
  const shim = cluster.kubernetes.runtimeShim(containerRuntime.type);
  const endpoint = shim === 'dockershim' ? undefined : criEndpoints[shim];
  const driver = typeof cgroupDriver === 'string' && cgroupDriver !== containerRuntime.cgroupDriver;
  const socket = typeof containerRuntimeEndpoint === 'string' && containerRuntimeEndpoint !== endpoint;
  return [
    ...(driver
      ? [
          error(
            [...path, 'cgroupDriver'],
            say('cgroup-driver-differs/kubelet', {
              own: cgroupDriver,
              type: containerRuntime.type,
              own2: containerRuntime.cgroupDriver,
            }),
          ),
        ]
      : []),
    ...(socket
      ? [
          error(
            [...path, 'containerRuntimeEndpoint'],
            say('runtime-endpoint-differs/kubelet', {
              own: containerRuntimeEndpoint,
              type: containerRuntime.type,
              endpoint,
            }),
          ),
        ]
      : []),
  ];
};

/** The resolver of pods: an address (pkg/kubelet/kubelet.go ignores anything else), and CoreDNS's own domain. */
export const kubeletMeetsDns: Rule = ({ spec }) => {
  const { clusterDNS, clusterDomain } = spec.kubernetes.kubelet.extraConfig;
  const path = ['kubernetes', 'kubelet', 'extraConfig'];
  const servers = Array.isArray(clusterDNS) ? clusterDNS : [];
  const wrong = servers.find((one) => typeof one === 'string' && !isAddress(one));
  const found: Finding[] = [];
  if (wrong !== undefined) {
    found.push(error([...path, 'clusterDNS'], say('dns-differs/servers', { server: String(wrong) })));
  }
  if (typeof clusterDomain === 'string' && clusterDomain !== '' && clusterDomain !== spec.network.dnsDomain) {
    found.push(
      error(
        [...path, 'clusterDomain'],
        say('dns-differs/domain', { clusterDomain, dnsDomain: spec.network.dnsDomain }),
      ),
    );
  }
  return found;
};
