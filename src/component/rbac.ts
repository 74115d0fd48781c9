import type { Cluster } from '../model/cluster.ts';
import { flannelInEtcd, flannelUser, usesFlannel } from './flannel.ts';
import { kubeletClientUser } from './kube-apiserver.ts';
import { bootstrapGroup } from './kubelet-bootstrap.ts';

type SubjectKind = 'User' | 'Group';

function binding(name: string, role: string, kind: SubjectKind, subject: string): object {
  const apiGroup = 'rbac.authorization.k8s.io';
  return {
    apiVersion: `${apiGroup}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup, kind: 'ClusterRole', name: role },
    subjects: [{ apiGroup, kind, name: subject }],
  };
}

/** What flanneld does with the Kubernetes store: reads pods' and nodes' networks, writes its lease onto its node. */
function flannelObjects(): object[] {
  return [
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'knode:flannel' },
      rules: [
        { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
        { apiGroups: [''], resources: ['nodes'], verbs: ['get', 'list', 'watch'] },
        { apiGroups: [''], resources: ['nodes/status'], verbs: ['patch'] },
      ],
    },
    binding('knode:flannel', 'knode:flannel', 'User', flannelUser),
  ];
}

/**
 * The bindings that turn machines with a token into nodes and let API servers reach kubelets. The cluster roles are those that
 * every API server makes for itself (system:certificates.k8s.io:…, from 1.8).
 */
export function rbacObjects(cluster: Cluster): readonly object[] {
  const signing = 'system:certificates.k8s.io:certificatesigningrequests';
  return [
    binding('knode:kubelet-bootstrap', 'system:node-bootstrapper', 'Group', bootstrapGroup(cluster)),
    binding('knode:approve-node-client', `${signing}:nodeclient`, 'Group', bootstrapGroup(cluster)),
    binding('knode:approve-node-client-renewal', `${signing}:selfnodeclient`, 'Group', 'system:nodes'),
    binding('knode:kubelet-api-admin', 'system:kubelet-api-admin', 'User', kubeletClientUser),
    ...(usesFlannel(cluster) && !flannelInEtcd(cluster) ? flannelObjects() : []),
  ];
}
