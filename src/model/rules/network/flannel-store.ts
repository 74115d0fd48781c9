import { type Rule, warning } from '../rule.ts';
import { say } from './messages.ts';

/**
 * flannel in etcd needs a client certificate of etcd on every node, and etcd accepts every certificate of its
 * authority: so such a certificate can read and write all of etcd, including the objects of Kubernetes, past the API
 * server.
 */
export const workersStayOutOfEtcd: Rule = ({ flannelInEtcd, usesCni, workers, pools }) => {
  const holders = workers.length + pools.length;
  if (!flannelInEtcd || holders === 0) return [];
  return [warning(['network', 'flannel', 'store'], say('flannel-store-etcd', { needed: !usesCni }))];
};
