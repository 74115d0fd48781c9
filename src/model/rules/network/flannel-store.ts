import { type Rule, warning } from '../rule.ts';

/**
 * flannel in etcd needs a client certificate of etcd on every node, and etcd asks for nothing more than that its authority signed one: so
 * such a certificate reads and writes all of etcd, Kubernetes' objects among it, past the API server.
 */
export const workersStayOutOfEtcd: Rule = ({ spec, usesCni, workers, pools }) => {
  const { provider, flannel } = spec.network;
  const holders = workers.length + pools.length;
  if (provider !== 'flannel' || flannel.store !== 'etcd' || holders === 0) return [];
  const message =
    'with flannel in etcd every worker holds a certificate with which root there reads and changes all of etcd, past the API server';
  const hint = !usesCni
    ? 'docker without CNI needs it: guard workers as you guard masters'
    : 'use store: kubernetes; the pod network of a running cluster moves by replacing every node';
  return [warning(['network', 'flannel', 'store'], 'flannel-store-etcd', message, hint)];
};
