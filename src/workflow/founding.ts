import type { Diagnostic } from '../base/diagnostic.ts';
import { UserMistake } from '../base/failure.ts';
import { foundingRightName } from '../component/control-plane/etcd-founding.ts';
import type { ClusterNode } from '../model/cluster.ts';
import { placeDiagnostics, type ReadCluster } from '../model/read-cluster.ts';
import { say } from './messages.ts';

/** Rights that `--found` grants again. */
export function grantOf(found: boolean): ReadonlySet<string> {
  return new Set(found ? [foundingRightName] : []);
}

/** @throws UserMistake if the right would reach no machine. */
export function demandFounders(read: ReadCluster, nodes: readonly ClusterNode[]): void {
  const found: Diagnostic[] = [];
  if (read.cluster.spec.etcd.initialClusterState === 'existing') {
    found.push({
      severity: 'error',
      ...say('found-beside-existing'),
      path: ['etcd', 'initialClusterState'],
    });
  }
  if (!nodes.some((node) => node.etcdMember)) {
    found.push({
      severity: 'error',
      ...say('found-without-member', {
        members: read.cluster.etcdMembers.map(({ name }) => `--node ${name}`).join(', or '),
      }),
    });
  }
  if (found.length > 0) throw new UserMistake(placeDiagnostics(found, read.source));
}
