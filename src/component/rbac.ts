import type { Cluster } from '../model/cluster.ts';
import { flannelInEtcd, usesFlannel } from './flannel.ts';
import { kubeletClientUser } from './kube-apiserver.ts';
import { bootstrapGroup } from './kubelet-bootstrap.ts';

type SubjectKind = 'User' | 'Group';

function binding(name: string, clusterRole: string, kind: SubjectKind, subject: string): object {
  const apiGroup = 'rbac.authorization.k8s.io';
  return {
    apiVersion: `${apiGroup}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup, kind: 'ClusterRole', name: clusterRole },
    subjects: [{ apiGroup, kind, name: subject }],
  };
}

function role(name: string, resources: readonly string[], verbs: readonly string[]): object {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name },
    rules: [{ apiGroups: [''], resources, verbs }],
  };
}

/** What flanneld, as its node, does with the Kubernetes store: it reads all nodes' networks. Its own Node it may write anyway. */
function flannelObjects(): object[] {
  return [
    role('knode:flannel', ['nodes'], ['get', 'list', 'watch']),
    binding('knode:flannel', 'knode:flannel', 'Group', 'system:nodes'),
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
    // A new machine looks whether its name is taken; kubeadm grants the same from 1.18 on (kubeadm:get-nodes).
    role('knode:get-nodes', ['nodes'], ['get']),
    binding('knode:get-nodes', 'knode:get-nodes', 'Group', bootstrapGroup(cluster)),
    binding('knode:approve-node-client', `${signing}:nodeclient`, 'Group', bootstrapGroup(cluster)),
    binding('knode:approve-node-client-renewal', `${signing}:selfnodeclient`, 'Group', 'system:nodes'),
    binding('knode:kubelet-api-admin', 'system:kubelet-api-admin', 'User', kubeletClientUser),
    // kube-proxy goes by its node's certificate; system:node-proxier is what every API server grants system:kube-proxy.
    binding('knode:node-proxier', 'system:node-proxier', 'Group', 'system:nodes'),
    ...(usesFlannel(cluster) && !flannelInEtcd(cluster) ? flannelObjects() : []),
  ];
}
