import type { Cluster } from '../../model/cluster.ts';
import { kubeletClientUser } from '../control-plane/kube-apiserver.ts';
import { poolsGroup, tokenGroup } from '../worker/kubelet-bootstrap.ts';
import { nodesUser } from './approval.ts';

type SubjectKind = 'User' | 'Group';

const apiGroup = 'rbac.authorization.k8s.io';

function binding(name: string, clusterRole: string, kind: SubjectKind, ...subjects: readonly string[]): object {
  return {
    apiVersion: `${apiGroup}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup, kind: 'ClusterRole', name: clusterRole },
    subjects: subjects.map((subject) => ({ apiGroup, kind, name: subject })),
  };
}

interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

function role(name: string, ...rules: readonly PolicyRule[]): object {
  return { apiVersion: `${apiGroup}/v1`, kind: 'ClusterRole', metadata: { name }, rules };
}

function onNodes(...verbs: readonly string[]): PolicyRule {
  return { apiGroups: [''], resources: ['nodes'], verbs };
}

/**
 * Rights that flanneld, with its node's identity, needs for the Kubernetes store: it reads the networks of all nodes. A
 * node may write its own Node anyway.
 */
function flannelObjects(): object[] {
  return [
    role('knode:flannel', onNodes('get', 'list', 'watch')),
    binding('knode:flannel', 'knode:flannel', 'Group', 'system:nodes'),
  ];
}

/**
 * Rights of the approver and the marker, and no more. From 1.18 on an approver also needs the verb `approve` on the
 * signer (Kubernetes documentation, "Certificate Signing Requests").
 */
function nodesObjects(): object[] {
  const certificates = 'certificates.k8s.io';
  const csrs = 'certificatesigningrequests';
  return [
    role(
      'knode:nodes',
      onNodes('get', 'list', 'patch'),
      { apiGroups: [certificates], resources: [csrs], verbs: ['get', 'list'] },
      { apiGroups: [certificates], resources: [`${csrs}/approval`], verbs: ['update'] },
      {
        apiGroups: [certificates],
        resources: ['signers'],
        resourceNames: ['kubernetes.io/kubelet-serving', 'kubernetes.io/kube-apiserver-client-kubelet'],
        verbs: ['approve'],
      },
    ),
    binding('knode:nodes', 'knode:nodes', 'User', nodesUser),
  ];
}

/**
 * The bindings that turn machines into nodes and let API servers reach kubelets. Every API server creates the cluster
 * roles itself (system:certificates.k8s.io:…, from 1.8).
 */
export function rbacObjects(cluster: Cluster): readonly object[] {
  const signing = 'system:certificates.k8s.io:certificatesigningrequests';
  const tokens = [tokenGroup(cluster)].filter((group) => group !== undefined);
  return [
    binding('knode:kubelet-bootstrap', 'system:node-bootstrapper', 'Group', poolsGroup, ...tokens),
    // A new machine checks whether its name is taken; kubeadm grants the same from 1.18 on (kubeadm:get-nodes).
    role('knode:get-nodes', onNodes('get')),
    binding('knode:get-nodes', 'knode:get-nodes', 'Group', poolsGroup, ...tokens),
    // By this binding a token can become any node. Without tokens it exists with no subject, to revoke the right in a
    // cluster that had tokens before.
    binding('knode:approve-node-client', `${signing}:nodeclient`, 'Group', ...tokens),
    binding('knode:approve-node-client-renewal', `${signing}:selfnodeclient`, 'Group', 'system:nodes'),
    binding('knode:kubelet-api-admin', 'system:kubelet-api-admin', 'User', kubeletClientUser),
    // kube-proxy uses its node's certificate; system:node-proxier is the role that every API server grants
    // system:kube-proxy.
    binding('knode:node-proxier', 'system:node-proxier', 'Group', 'system:nodes'),
    ...nodesObjects(),
    ...(cluster.usesFlannel && !cluster.flannelInEtcd ? flannelObjects() : []),
  ];
}
