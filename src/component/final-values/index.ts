import type { Rule } from '../../model/rules/rule.ts';
import { containerdTablesAreCurrent, containerdTakesValues } from './containerd.ts';
import { dockerdTakesValues, dockerMeetsKubelet, runtimeSettingsAreUsed } from './docker.ts';
import { etcdCompacts, etcdElectsInTime, etcdMetricsAreClosed } from './etcd.ts';
import { kubeProxyModeIsSet, kubeProxyTakesValues } from './kube-proxy.ts';
import { kubeletMeetsDns, kubeletMeetsRuntime, kubeletTakesValues } from './kubelet.ts';
import { ownTextsAreRead } from './own-texts.ts';
import { portsDiffer } from './ports.ts';

/** Rules over the final values of programs; a test checks that each has a golden under `test/golden/invalid/`. */
export const finalValueRules: readonly Rule[] = [
  kubeletTakesValues,
  kubeletMeetsRuntime,
  kubeletMeetsDns,
  kubeProxyTakesValues,
  kubeProxyModeIsSet,
  etcdElectsInTime,
  etcdCompacts,
  etcdMetricsAreClosed,
  dockerdTakesValues,
  dockerMeetsKubelet,
  runtimeSettingsAreUsed,
  containerdTakesValues,
  containerdTablesAreCurrent,
  portsDiffer,
  ownTextsAreRead,
];
