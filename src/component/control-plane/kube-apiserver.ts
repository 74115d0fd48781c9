import { nodePaths } from '../../base/node-paths.ts';
import { enabledAdmissionPlugins } from '../../model/admission-plugins.ts';
import { apiAccess } from '../../model/api-access.ts';
import type { Cluster } from '../../model/cluster.ts';
import { filterFlags } from '../../release/flags.ts';
import { podSecurityFlags, podSecurityGates } from '../addon/pod-security.ts';
import { escapeArgument, type Flags, unitArguments } from '../build/arguments.ts';
import { featureGateFlags } from '../build/feature-gates.ts';
import { clientCertificate, keyPairFiles } from '../build/key-pair.ts';
import { nodeAddress } from '../build/node-text.ts';
import { sandbox } from '../build/sandbox.ts';
import { type Component, isMaster, type NodeContext } from '../context.ts';
import type { FileDecl } from '../contract.ts';
import { diskUnits } from '../machine/data-disk.ts';
import { frontProxyAuthorityPath, kubernetesAuthorityPath, serviceAccountPrivatePath } from '../machine/trust.ts';
import type { CertificateRequest } from '../requests.ts';
import { tokenFileFlags } from '../worker/kubelet-bootstrap.ts';
import { auditFlags, auditLogDirectory } from './audit.ts';
import { encryptionFlags } from './encryption.ts';
import { etcdAuthorityPath, etcdEndpoints } from './etcd.ts';

const program = 'kube-apiserver';
const paths = {
  serving: `${nodePaths.pki}/apiserver`,
  kubeletClient: `${nodePaths.pki}/apiserver-kubelet-client`,
  etcdClient: `${nodePaths.pki}/apiserver-etcd-client`,
  frontProxyClient: `${nodePaths.pki}/front-proxy-client`,
} as const;

/** The user as which API servers call kubelets; the bootstrap manifests bind it to system:kubelet-api-admin. */
export const kubeletClientUser = 'kube-apiserver-kubelet-client';
/** Common name of the aggregator's client certificate; must match --requestheader-allowed-names. */
const frontProxyUser = 'front-proxy-client';

function servingFlags(cluster: Cluster): Flags {
  const { apiServer } = cluster.spec.kubernetes;
  return {
    'advertise-address': nodeAddress,
    // Programs on the node connect by loopback, all others by the node's address.
    'bind-address': '0.0.0.0',
    'secure-port': apiServer.port,
    'tls-cert-file': `${paths.serving}.crt`,
    'tls-private-key-file': `${paths.serving}.key`,
    'tls-min-version': 'VersionTLS12',
    'tls-cipher-suites': cluster.kubernetes.cipherSuites().join(','),
    'client-ca-file': kubernetesAuthorityPath,
    'allow-privileged': true,
    profiling: false,
    v: apiServer.verbosity,
    'event-ttl': apiServer.eventTTL,
    'max-requests-inflight': apiServer.maxRequestsInflight,
    'max-mutating-requests-inflight': apiServer.maxMutatingRequestsInflight,
    'request-timeout': apiServer.requestTimeout,
    // Clients with long requests are sent away, so that a stop does not wait a minute for them.
    'shutdown-send-retry-after': true,
    'service-cluster-ip-range': cluster.spec.network.serviceCIDR,
    'service-node-port-range': cluster.spec.network.nodePortRange,
    ...(cluster.kubernetes.hasInsecurePort() ? { 'insecure-port': 0 } : {}),
  };
}

function accessFlags(cluster: Cluster): Flags {
  const { apiServer } = cluster.spec.kubernetes;
  const { disable } = apiServer.admissionPlugins;
  const enable = enabledAdmissionPlugins(apiServer);
  const { anonymousAuth, authorizationModes } = apiAccess(cluster);
  const runtimeConfig = Object.entries(apiServer.runtimeConfig).map(([group, value]) => `${group}=${value}`);
  return {
    ...(anonymousAuth === undefined ? {} : { 'anonymous-auth': anonymousAuth }),
    ...(authorizationModes === undefined ? {} : { 'authorization-mode': authorizationModes.join(',') }),
    'enable-bootstrap-token-auth': true,
    ...(enable.length > 0 ? { 'enable-admission-plugins': enable.join(',') } : {}),
    ...(disable.length > 0 ? { 'disable-admission-plugins': disable.join(',') } : {}),
    ...(runtimeConfig.length > 0 ? { 'runtime-config': runtimeConfig.join(',') } : {}),
    'service-account-key-file': serviceAccountPrivatePath,
    'service-account-signing-key-file': serviceAccountPrivatePath,
    'service-account-issuer':
      apiServer.serviceAccountIssuer ?? `https://kubernetes.default.svc.${cluster.spec.network.dnsDomain}`,
    'requestheader-client-ca-file': frontProxyAuthorityPath,
    'requestheader-allowed-names': frontProxyUser,
    'requestheader-extra-headers-prefix': 'X-Remote-Extra-',
    'requestheader-group-headers': 'X-Remote-Group',
    'requestheader-username-headers': 'X-Remote-User',
    'proxy-client-cert-file': `${paths.frontProxyClient}.crt`,
    'proxy-client-key-file': `${paths.frontProxyClient}.key`,
    'enable-aggregator-routing': apiServer.aggregatorRouting,
    ...tokenFileFlags(cluster),
    ...auditFlags(cluster),
    ...encryptionFlags(cluster),
    ...podSecurityFlags(cluster),
    ...featureGateFlags({ ...podSecurityGates(cluster), ...apiServer.featureGates }),
  };
}

function backendFlags(cluster: Cluster): Flags {
  return {
    'etcd-servers': etcdEndpoints(cluster).join(','),
    'etcd-cafile': etcdAuthorityPath,
    'etcd-certfile': `${paths.etcdClient}.crt`,
    'etcd-keyfile': `${paths.etcdClient}.key`,
    'etcd-prefix': cluster.spec.kubernetes.apiServer.etcdPrefix,
    'kubelet-certificate-authority': kubernetesAuthorityPath,
    'kubelet-client-certificate': `${paths.kubeletClient}.crt`,
    'kubelet-client-key': `${paths.kubeletClient}.key`,
    // Node names need no DNS entry: kubelets are reached, and their certificates verified, by address.
    'kubelet-preferred-address-types': 'InternalIP,Hostname',
  };
}

function certificates({ cluster, node }: NodeContext): readonly CertificateRequest[] {
  return [
    {
      id: `kube-apiserver@${node.name}`,
      authority: 'kubernetes',
      commonName: program,
      organizations: [],
      usages: ['server'],
      ...cluster.apiServerNames,
    },
    clientCertificate(`kube-apiserver-kubelet-client@${node.name}`, 'kubernetes', kubeletClientUser),
    clientCertificate(`kube-apiserver-etcd-client@${node.name}`, 'etcd', 'kube-apiserver-etcd-client'),
    clientCertificate(`front-proxy-client@${node.name}`, 'front-proxy', frontProxyUser),
  ];
}

function files(name: string): readonly FileDecl[] {
  return [
    ...keyPairFiles(paths.serving, `kube-apiserver@${name}`),
    ...keyPairFiles(paths.kubeletClient, `kube-apiserver-kubelet-client@${name}`),
    ...keyPairFiles(paths.etcdClient, `kube-apiserver-etcd-client@${name}`),
    ...keyPairFiles(paths.frontProxyClient, `front-proxy-client@${name}`),
    { path: `${nodePaths.lib}/apiserver-refresh`, layer: 'image', mode: '0755', content: { kind: 'static' } },
  ];
}

export const kubeApiserver: Component = {
  name: program,
  purpose: 'serves the Kubernetes API',
  versionSettings: { [program]: ['kubernetes', 'version'] },
  contribute(context) {
    if (!isMaster(context)) return undefined;
    const { cluster, node } = context;
    const flags = { ...servingFlags(cluster), ...accessFlags(cluster), ...backendFlags(cluster) };
    const known = filterFlags(program, cluster.kubernetes.minor, flags);
    const directories = cluster.spec.kubernetes.apiServer.audit.enabled ? [auditLogDirectory(cluster)] : [];
    const data = {
      requires: diskUnits(context, ...directories),
      program: `${nodePaths.bin}/${program}`,
      sandbox,
      arguments: unitArguments(known, cluster.spec.kubernetes.apiServer.extraArgs),
      directories: directories.map(escapeArgument),
    };
    return {
      files: files(node.name),
      units: [
        {
          name: 'kube-apiserver.service',
          layer: 'cluster',
          start: true,
          from: ['kubernetes', 'apiServer'],
          content: { kind: 'template', data },
        },
        {
          name: 'knode-apiserver-refresh.service',
          layer: 'image',
          start: false,
          content: { kind: 'template', data: { sandbox } },
        },
        { name: 'knode-apiserver-refresh.timer', layer: 'image', start: true, content: { kind: 'static' } },
      ],
      certificates: certificates(context),
      artifacts: [{ name: program, version: cluster.versions.kubernetes, arch: node.arch }],
      environment: { KNODE_API_PORT: String(cluster.spec.kubernetes.apiServer.port) },
    };
  },
};
