import { parseImageReference } from '../../base/image-reference.ts';
import type { Cluster, Taint } from '../../model/cluster.ts';
import { CoreDnsRelease } from '../../release/program/core-dns-release.ts';

const labels = { 'k8s-app': 'kube-dns' };
const namespace = 'kube-system';

/** Seconds until the pods of an unreachable node are recreated elsewhere; Kubernetes' default is 300. */
const awaySeconds = 30;

/** By the tag of the image, which the user may have chosen. */
function releaseOf({ images }: Cluster): CoreDnsRelease {
  return new CoreDnsRelease(parseImageReference(images.coreDns.replace(/@.*$/, ''))?.tag ?? '');
}

function when(condition: boolean, ...lines: readonly string[]): readonly string[] {
  return condition ? lines : [];
}

/** The Corefile. The plugin loop detects a loop and stops CoreDNS, which would otherwise use up the CPU. */
function corefile(cluster: Cluster, release: CoreDnsRelease): string {
  const { forward, cacheSeconds } = cluster.spec.addons.coreDNS;
  const upstream = forward.length === 0 ? '/etc/resolv.conf' : forward.join(' ');
  return [
    '.:53 {',
    '    errors',
    '    health {',
    '        lameduck 5s',
    '    }',
    ...when(release.hasReady(), '    ready'),
    `    kubernetes ${cluster.spec.network.dnsDomain} in-addr.arpa ip6.arpa {`,
    '        pods insecure',
    '        fallthrough in-addr.arpa ip6.arpa',
    '        ttl 30',
    '    }',
    '    prometheus :9153',
    ...(release.limitsForwarding()
      ? [`    forward . ${upstream} {`, '        max_concurrent 1000', '    }']
      : [`    forward . ${upstream}`]),
    `    cache ${cacheSeconds}`,
    ...when(release.detectsLoops(), '    loop'),
    ...when(release.reloads(), '    reload'),
    '    loadbalance',
    '}',
    '',
  ].join('\n');
}

function accessObjects(): object[] {
  const subject = { kind: 'ServiceAccount', name: 'coredns', namespace };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'coredns', namespace } },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'system:coredns' },
      rules: [
        { apiGroups: [''], resources: ['endpoints', 'services', 'pods', 'namespaces'], verbs: ['list', 'watch'] },
        { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
      ],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'system:coredns' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:coredns' },
      subjects: [subject],
    },
  ];
}

function container(cluster: Cluster, release: CoreDnsRelease): object {
  const probe = (path: string, port: number) => ({ httpGet: { path, port }, timeoutSeconds: 5 });
  return {
    name: 'coredns',
    image: cluster.images.coreDns,
    imagePullPolicy: 'IfNotPresent',
    args: ['-conf', '/etc/coredns/Corefile'],
    resources: {
      limits: { memory: cluster.spec.addons.coreDNS.memoryLimit },
      requests: { cpu: '100m', memory: '70Mi' },
    },
    ports: [
      { name: 'dns', containerPort: 53, protocol: 'UDP' },
      { name: 'dns-tcp', containerPort: 53, protocol: 'TCP' },
      { name: 'metrics', containerPort: 9153, protocol: 'TCP' },
    ],
    livenessProbe: { ...probe('/health', 8080), initialDelaySeconds: 60, failureThreshold: 5 },
    readinessProbe: release.hasReady() ? probe('/ready', 8181) : probe('/health', 8080),
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    },
    volumeMounts: [{ name: 'config', mountPath: '/etc/coredns', readOnly: true }],
  };
}

function tolerations(cluster: Cluster): readonly object[] {
  const gone = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];
  return [
    { key: 'CriticalAddonsOnly', operator: 'Exists' },
    ...cluster.kubernetes.toleratedTaints().map((key) => ({ key, operator: 'Exists', effect: 'NoSchedule' })),
    ...gone.map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: awaySeconds })),
  ];
}

function keepsAway({ key, effect }: Taint, cluster: Cluster): boolean {
  if (effect === 'PreferNoSchedule' || key === 'CriticalAddonsOnly') return false;
  return !(effect === 'NoSchedule' && cluster.kubernetes.toleratedTaints().includes(key));
}

/** Nodes of the file that can run a pod of CoreDNS; a pool counts as one, because it may be small. */
function placesFor(cluster: Cluster): number {
  const nodes = [...cluster.masters, ...cluster.workers, ...cluster.pools];
  return nodes.filter(({ taints }) => !taints.some((taint) => keepsAway(taint, cluster))).length;
}

/**
 * Puts replicas on different nodes. A preferred rule is not enough: the first node of a cluster gets all replicas,
 * because there is no other node yet, and they never move. With a required rule a replica waits for the second node. A
 * rollout still proceeds, because one replica may be missing (maxUnavailable). With fewer nodes than replicas some
 * would wait for ever: these share nodes, from 1.27 on only once there are two nodes.
 */
function spread(cluster: Cluster): object {
  const [places, { replicas }] = [placesFor(cluster), cluster.spec.addons.coreDNS];
  const topologyKey = 'kubernetes.io/hostname';
  const labelSelector = { matchLabels: labels };
  const term = { labelSelector, topologyKey };
  if (replicas <= places)
    return { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } };
  if (places > 1 && cluster.kubernetes.spreadWaitsForNodes()) {
    const rule = { maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule', minDomains: 2, nodeTaintsPolicy: 'Honor' };
    return { topologySpreadConstraints: [{ ...rule, ...term }] };
  }
  const preferred = [{ weight: 100, podAffinityTerm: term }];
  return { affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: preferred } } };
}

function deployment(cluster: Cluster, release: CoreDnsRelease): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'coredns', namespace, labels },
    spec: {
      replicas: cluster.spec.addons.coreDNS.replicas,
      strategy: { rollingUpdate: { maxUnavailable: 1 } },
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          priorityClassName: 'system-cluster-critical',
          serviceAccountName: 'coredns',
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          tolerations: tolerations(cluster),
          ...spread(cluster),
          // The node's resolv.conf, not the cluster's: CoreDNS must not ask itself.
          dnsPolicy: 'Default',
          containers: [container(cluster, release)],
          volumes: [{ name: 'config', configMap: { name: 'coredns' } }],
        },
      },
    },
  };
}

function service(cluster: Cluster): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kube-dns', namespace, labels: { ...labels, 'kubernetes.io/cluster-service': 'true' } },
    spec: {
      selector: labels,
      clusterIP: cluster.dnsIP,
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP' },
        { name: 'dns-tcp', port: 53, protocol: 'TCP' },
        { name: 'metrics', port: 9153, protocol: 'TCP' },
      ],
    },
  };
}

/** CoreDNS as the objects that knode-bootstrap applies. */
export function coreDnsObjects(cluster: Cluster): readonly object[] {
  const release = releaseOf(cluster);
  const config = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'coredns', namespace },
    data: { Corefile: corefile(cluster, release) },
  };
  return [...accessObjects(), config, deployment(cluster, release), service(cluster)];
}
