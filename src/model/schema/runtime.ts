import * as z from 'zod';
import { ipAddress } from './addresses.ts';
import { say } from './messages.ts';
import { absolutePath, extraConfig, hours, httpUrl, image, quantity, singleLine, text, version } from './primitives.ts';

/** It becomes the name of a folder below certs.d. */
const registryHost = text((value) =>
  /^(_default|[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:\d{1,5})?)$/.test(value)
    ? undefined
    : say('invalid-registry', { value }),
);

const headerName = text((value) =>
  /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(value) ? undefined : say('invalid-header', { value }),
);

/** hosts.toml, docs/hosts.md of containerd. */
const registry = z.strictObject({
  host: registryHost.describe(
    'host or host:port: a registry, or the host of one of registryMirrors; _default for all others.',
  ),
  server: httpUrl
    .optional()
    .describe('URL of the registry itself, for example http://registry.local:5000. Default: https://HOST.'),
  ca: singleLine.optional().describe('PEM file beside the cluster file, trusted besides the system’s authorities.'),
  client: z
    .strictObject({
      certificate: singleLine.describe('PEM file beside the cluster file.'),
      key: singleLine.describe('PEM file beside the cluster file. Keep it out of version control.'),
    })
    .optional()
    .describe('Client certificate of containerd.'),
  skipVerify: z.boolean().default(false).describe('Accept any certificate. For tests.'),
  headers: z.record(headerName, singleLine).default({}).describe('Headers to send. They are kept as a secret.'),
  overridePath: z
    .boolean()
    .optional()
    .describe(
      'The path of the URL is the API’s whole path. Default: true if the URL of a mirror has a path; false appends /v2.',
    ),
  capabilities: z
    .array(z.enum(['pull', 'resolve', 'push']))
    .min(1)
    .optional()
    .describe('Capabilities of the host. Default: pull and resolve for mirrors, all for the registry itself.'),
  credentials: z
    .strictObject({
      username: singleLine.describe('User.'),
      password: singleLine.describe('Password or token. It is kept as a secret.'),
    })
    .optional()
    .describe('Login for every pull without its own (imagePullSecrets).'),
});

const containerd = z
  .strictObject({
    version: version.optional().describe('containerd version. Default: the one that goes with the Kubernetes version.'),
    dataDir: absolutePath
      .optional()
      .describe('root. Default: /var/lib/containerd, or below the data disk that holds containerd.'),
    registryMirrors: z
      .record(registryHost, z.array(httpUrl).min(1))
      .default({})
      .describe('Registry host to mirrors, tried in order, for example docker.io: [https://mirror.example.com].'),
    registries: z
      .array(registry)
      .default([])
      .describe(
        'How containerd speaks to registries and mirrors, by their host: authorities, certificates, headers, logins.',
      ),
    extraConfig: extraConfig.describe('Further tables of config.toml, merged over knode’s.'),
  })
  .prefault({})
  .describe('containerd.');

const docker = z
  .strictObject({
    version: version.optional().describe('docker version. Default: the one that goes with the Kubernetes version.'),
    criDockerdVersion: version.optional().describe('cri-dockerd, from Kubernetes 1.24 on.'),
    dataDir: absolutePath
      .optional()
      .describe('data-root. Default: /var/lib/docker, or below the data disk that holds docker.'),
    storageDriver: z.enum(['overlay2', 'btrfs', 'zfs', 'devicemapper']).default('overlay2').describe('storage-driver.'),
    logMaxSize: singleLine.default('100m').describe('max-size of the json-file log driver.'),
    logMaxFiles: z.int().min(1).default(5).describe('max-file of the json-file log driver.'),
    registryMirrors: z.array(httpUrl).default([]).describe('registry-mirrors, for docker.io.'),
    insecureRegistries: z.array(singleLine).default([]).describe('insecure-registries.'),
    liveRestore: z.boolean().default(true).describe('live-restore: containers outlive a restart of dockerd.'),
    extraConfig: extraConfig.describe('Further keys of daemon.json, merged over knode’s.'),
  })
  .prefault({})
  .describe('docker.');

export const containerRuntime = z
  .strictObject({
    type: z
      .enum(['containerd', 'docker'])
      .default('containerd')
      .describe('docker: by dockershim up to Kubernetes 1.23, by cri-dockerd from 1.24.'),
    cgroupDriver: z
      .enum(['systemd', 'cgroupfs'])
      .default('systemd')
      .describe('One setting for the runtime and the kubelet, which must agree.'),
    runcVersion: version.optional().describe('runc version, with containerd.'),
    cniPluginsVersion: version.optional().describe('CNI plugins version.'),
    crictlVersion: version.optional().describe('crictl version.'),
    containerd,
    docker,
  })
  .prefault({})
  .describe('The container runtime.');

export const addons = z
  .strictObject({
    coreDNS: z
      .strictObject({
        enabled: z.boolean().default(true).describe('Install CoreDNS.'),
        image: image.optional().describe('Container image. Default: the version’s own from imageRegistry.'),
        replicas: z.int().min(1).default(2).describe('Number of pods.'),
        forward: z
          .array(ipAddress)
          .default([])
          .describe('Servers for names outside the cluster. Empty: those of the node’s resolv.conf.'),
        cacheSeconds: z.int().min(0).default(30).describe('How long answers are cached.'),
        memoryLimit: quantity.default('170Mi').describe('Memory limit of a pod.'),
      })
      .prefault({})
      .describe('The cluster DNS.'),
    manifests: z
      .array(singleLine)
      .default([])
      .describe('Further Kubernetes manifests to apply, as files beside the cluster file.'),
  })
  .prefault({})
  .describe('Add-ons that the masters apply to the cluster.');

const adopted = z
  .strictObject({
    certificate: singleLine.describe(
      'PEM file beside the cluster file. For an intermediate CA: its own certificate first, then those above it.',
    ),
    key: singleLine
      .optional()
      .describe(
        'PEM file beside the cluster file. Keep it out of version control. Without it (etcd and front-proxy only) its owner signs the certificates: knode pki requests, knode pki import.',
      ),
  })
  .optional();

const country = text((value) => (/^[A-Z]{2}$/.test(value) ? undefined : say('invalid-country', { value })));

export const pki = z
  .strictObject({
    algorithm: z
      .enum(['ecdsa-p256', 'rsa-2048', 'rsa-4096'])
      .default('ecdsa-p256')
      .describe('Key algorithm. ECDSA keeps user-data small.'),
    caValidity: hours.default('87600h').describe('Lifetime of the authorities.'),
    certificateValidity: hours
      .default('8760h')
      .describe('Lifetime of the certificates; never beyond their authority’s.'),
    renewBefore: hours
      .default('720h')
      .describe('A certificate with less than this left is renewed at the next render.'),
    subject: z
      .strictObject({
        country: country.optional().describe('C.'),
        state: singleLine.optional().describe('ST.'),
        locality: singleLine.optional().describe('L.'),
        organization: singleLine
          .optional()
          .describe('O of the authorities. In a client certificate O is a Kubernetes group, which knode sets.'),
        organizationalUnit: singleLine.optional().describe('OU.'),
      })
      .prefault({})
      .describe('Subject fields of the certificates.'),
    authorities: z
      .strictObject({
        kubernetes: adopted.describe('Your own CA for Kubernetes.'),
        etcd: adopted.describe('Your own CA for etcd.'),
        'front-proxy': adopted.describe('Your own CA for the front proxy.'),
      })
      .prefault({})
      .describe('Existing authorities to adopt. Without them knode makes its own.'),
  })
  .prefault({})
  .describe('Certificates.');
