import type { DataPath } from '../../../base/diagnostic.ts';
import type { Cluster } from '../../cluster.ts';
import { eachIntact } from '../../loading/intact.ts';
import { atKey, error, type Finding, type Rule, warning } from '../rule.ts';
import { say } from './node-messages.ts';

/** Labels that kubelet derives from the machine (pkg/kubelet/kubelet_node_status.go, initialNode). */
const ofKubelet = [
  'kubernetes.io/hostname',
  'kubernetes.io/os',
  'kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/arch',
];

/** Taints that kube-controller-manager adds and removes by the state of the node (pkg/controller/nodelifecycle). */
const ofController =
  /^node\.kubernetes\.io\/(not-ready|unreachable|memory-pressure|disk-pressure|pid-pressure|network-unavailable|unschedulable|out-of-service)$/;

/** A place of the file with labels and taints for nodes. */
interface Marked {
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly { readonly key: string }[];
}

interface Marks {
  readonly path: DataPath;
  read(): Marked | undefined;
}

function everyMark({ spec }: Cluster): readonly Marks[] {
  return [
    ...(['master', 'worker'] as const).map((role) => ({ path: ['roles', role], read: () => spec.roles[role] })),
    ...(['controlPlane', 'workers'] as const).flatMap((list) =>
      spec.nodes[list].map((_node, index) => ({ path: ['nodes', list, index], read: () => spec.nodes[list][index] })),
    ),
    ...Object.keys(spec.nodes.pools).map((pool) => ({
      path: ['nodes', 'pools', pool],
      read: () => spec.nodes.pools[pool],
    })),
  ];
}

/** Labels and taints that Kubernetes sets itself: another value breaks volumes and spreading, or is overwritten. */
export const marksAreNotKubernetesOwn: Rule = (cluster) =>
  eachIntact(everyMark(cluster), ({ path, read }): Finding[] => [
    ...Object.keys(read()?.labels ?? {})
      .filter((key) => ofKubelet.includes(key))
      .map((key) => {
        return atKey(error([...path, 'labels', key], say('label-taken', { key })));
      }),
    ...(read()?.taints ?? []).flatMap(({ key }, index) => {
      if (!ofController.test(key)) return [];
      return [warning([...path, 'taints', index, 'key'], say('taint-taken', { key }))];
    }),
  ]);
