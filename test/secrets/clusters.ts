import { marker } from './marker.ts';

const login = (place: string) => `u:${marker(place)}`;
const base = {
  apiVersion: 'knode.dev/v1',
  kind: 'Cluster',
  name: 'prod',
  apiEndpoint: { address: '10.0.0.11' },
  nodes: { masters: [{ name: 'm1', address: '10.0.0.11' }], workers: [{ name: 'w1', address: '10.0.0.21' }] },
};
const artifacts = {
  mirrors: [`https://${login('Login')}@mirror.example.com`, `https://mirror.example.com/knode?sig=${marker('Query')}`],
};
const os = {
  proxy: { http: `http://${login('Http')}@10.0.0.9:3128`, https: `http://${login('Https')}@10.0.0.9:3128` },
};

/** Valid cluster files with a marker in each place that can hold a secret; one file cannot have them all. */
export const clusters: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  modern: {
    ...base,
    kubernetes: {
      version: '1.36.3',
      kubelet: {
        extraConfig: {
          staticPodURL: `http://${login('Pods')}@127.0.0.1/`,
          staticPodURLHeader: { 'X-Key': [marker('Header')] },
        },
      },
    },
    containerRuntime: {
      containerd: {
        registries: [
          {
            host: 'a.example.com',
            credentials: { username: 'u', password: marker('Password') },
            headers: { 'X-Key': marker('Key') },
          },
        ],
        extraConfig: {
          plugins: {
            'io.containerd.cri.v1.images': {
              registry: { configs: { 'b.example.com': { auth: { password: marker('Auth') } } } },
            },
          },
        },
      },
    },
    artifacts,
    os,
    addons: { manifests: ['secret.yaml'] },
    extraFiles: [
      { path: '/etc/agent/secret', secret: true, content: marker('File') },
      { path: '/etc/agent/other', secret: true, source: 'other.txt' },
    ],
  },
  old: {
    ...base,
    kubernetes: {
      version: '1.20.2',
      bootstrap: { method: 'token-file' },
      kubelet: {
        extraArgs: {
          'manifest-url': `http://${login('Url')}@127.0.0.1/`,
          'manifest-url-header': `X-Key:${marker('UrlHeader')}`,
        },
      },
    },
    network: {
      flannel: {
        store: 'etcd',
        backend: { Type: 'ipsec', PSK: marker('Psk').padEnd(96, 'x') },
        extraArgs: { 'etcd-username': 'u', 'etcd-password': marker('EtcdPassword') },
      },
    },
    containerRuntime: {
      type: 'docker',
      docker: {
        extraConfig: {
          'log-driver': 'splunk',
          'log-opts': { 'splunk-token': marker('Splunk'), 'splunk-url': `https://${login('Daemon')}@10.0.0.9:8088` },
        },
      },
    },
    artifacts,
    os,
    extraFiles: [{ path: '/etc/agent/secret', secret: true, content: marker('File') }],
  },
};

/** Files beside the cluster file. */
export const sources: Readonly<Record<string, string>> = {
  'secret.yaml': `apiVersion: v1\nkind: Secret\nmetadata: { name: x, namespace: default }\nstringData: { password: ${marker('Manifest')} }\n`,
  'other.txt': `${marker('Source')}\n`,
};

/** Places whose text would be a secret, and that knode refuses for it: each is a mistake that must be told without the secret. */
export const refused: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'containerRuntime.containerd.registryMirrors.*': {
    containerRuntime: {
      containerd: { registryMirrors: { 'docker.io': [`https://${login('Mirror')}@m.example.com`] } },
    },
  },
  'containerRuntime.containerd.registries.server': {
    containerRuntime: {
      containerd: { registries: [{ host: 'c.example.com', server: `https://${login('Server')}@c.example.com` }] },
    },
  },
  'containerRuntime.docker.registryMirrors': {
    containerRuntime: {
      type: 'docker',
      docker: { registryMirrors: [`https://${login('DockerMirror')}@m.example.com`] },
    },
  },
  'artifacts.upstreamHosts.*': {
    artifacts: { upstreamHosts: { 'dl.k8s.io': `https://${login('Upstream')}@m.example.com` } },
  },
  'artifacts.extra.url': {
    artifacts: {
      extra: [{ name: 'x', version: '1', url: `https://${login('Extra')}@m.example.com/x`, sha256: 'ab'.repeat(32) }],
    },
  },
  'kubernetes.imageRegistry': {
    kubernetes: { version: '1.36.3', imageRegistry: `https://${login('Images')}@r.example.com` },
  },
};

/** Places that take any text, and none that is a secret: what stands there is public by its nature, or a name. */
export const open: readonly string[] = [
  // Names of files beside the cluster file; the private keys among them are held by the state's test.
  'kubernetes.apiServer.audit.policy',
  'containerRuntime.containerd.registries.ca',
  'containerRuntime.containerd.registries.client.certificate',
  'containerRuntime.containerd.registries.client.key',
  'addons.manifests',
  'pki.authorities.kubernetes.certificate',
  'pki.authorities.kubernetes.key',
  'pki.authorities.etcd.certificate',
  'pki.authorities.etcd.key',
  'pki.authorities.front-proxy.certificate',
  'pki.authorities.front-proxy.key',
  'extraFiles.source',
  'extraUnits.source',
  // systemctl shows every user what is in a unit; a login there is warned of.
  'extraUnits.content',
  // Public by their nature: the issuer stands in each token, subjects stand in certificates.
  'kubernetes.apiServer.serviceAccountIssuer',
  'pki.subject.state',
  'pki.subject.locality',
  'pki.subject.organization',
  'pki.subject.organizationalUnit',
  // Names, sizes and settings.
  'kubernetes.apiServer.encryption.resources',
  'network.flannel.backend.Type',
  'network.flannel.interface',
  'kubernetes.podSecurity.exempt.usernames',
  'etcd.clusterToken',
  'etcd.autoCompactionRetention',
  'containerRuntime.docker.logMaxSize',
  'containerRuntime.docker.insecureRegistries',
  'containerRuntime.containerd.registries.credentials.username',
  'os.proxy.noProxy',
  'os.sysctls.*',
  'dataDisks.id',
  'dataDisks.serial',
  // Flags and fields of these programs hold no secrets: they name files.
  'kubernetes.apiServer.extraArgs.*',
  'kubernetes.controllerManager.extraArgs.*',
  'kubernetes.scheduler.extraArgs.*',
  'kubernetes.kubeProxy.extraArgs.*',
  'kubernetes.kubeProxy.extraConfig.*',
  'etcd.extraArgs.*',
];
