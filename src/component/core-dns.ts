import type { Cluster } from '../model/cluster.ts';

const labels = { 'k8s-app': 'kube-dns' };
const namespace = 'kube-system';

/** The Corefile. A loop is detected and stops CoreDNS, instead of burning CPU (plugin loop). */
function corefile(cluster: Cluster): string {
  const { forward, cacheSeconds } = cluster.spec.addons.coreDNS;
  const upstream = forward.length === 0 ? '/etc/resolv.conf' : forward.join(' ');
  return [
    '.:53 {',
    '    errors',
    '    health {',
    '        lameduck 5s',
    '    }',
    '    ready',
    `    kubernetes ${cluster.spec.network.dnsDomain} in-addr.arpa ip6.arpa {`,
    '        pods insecure',
    '        fallthrough in-addr.arpa ip6.arpa',
    '        ttl 30',
    '    }',
    '    prometheus :9153',
    `    forward . ${upstream} {`,
    '        max_concurrent 1000',
    '    }',
    `    cache ${cacheSeconds}`,
    '    loop',
    '    reload',
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

function container(cluster: Cluster): object {
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
    readinessProbe: probe('/ready', 8181),
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    },
    volumeMounts: [{ name: 'config', mountPath: '/etc/coredns', readOnly: true }],
  };
}

function deployment(cluster: Cluster): object {
  const spread = {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 100,
          podAffinityTerm: { labelSelector: { matchLabels: labels }, topologyKey: 'kubernetes.io/hostname' },
        },
      ],
    },
  };
  const roleTolerations = cluster.kubernetes
    .toleratedTaints()
    .map((key) => ({ key, operator: 'Exists', effect: 'NoSchedule' }));
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
          tolerations: [{ key: 'CriticalAddonsOnly', operator: 'Exists' }, ...roleTolerations],
          affinity: spread,
          // The node's resolv.conf, not the cluster's: CoreDNS must not ask itself.
          dnsPolicy: 'Default',
          containers: [container(cluster)],
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
  const config = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'coredns', namespace },
    data: { Corefile: corefile(cluster) },
  };
  return [...accessObjects(), config, deployment(cluster), service(cluster)];
}
