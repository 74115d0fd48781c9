import { type Advice, phrases, speaker } from '../../base/catalogue.ts';

/** Programs and their parts that listen on a port. */
export const listener = phrases('component/listeners', {
  balancer: 'the local load balancer',
  etcdPeers: 'etcd’s peers',
  etcdMetrics: 'etcd’s metrics',
  kubeletHealth: 'kubelet’s health check',
  kubeletOpen: 'kubelet’s open port',
  proxyHealth: 'kube-proxy’s health check',
  proxyMetrics: 'kube-proxy’s metrics',
});

/** What rules over the values that programs end up with say. */
export const say = speaker('component/final-values', {
  'containerd-runtime': ({ name }: { name: string }) => ({
    message: `containerd's CRI plugin would not load: there is no runtime ${name}`,
    hint: `describe it: runtimes: {${name}: {runtime_type: io.containerd.runc.v2}}`,
  }),
  'cgroup-driver-differs/containerd': ({ runtime, systemd }: { runtime: string; systemd: boolean }) => ({
    message: `runtime ${runtime} has another cgroup manager than kubelet, ${systemd ? 'systemd' : 'cgroupfs'}: pods would fail`,
    hint: 'set containerRuntime.cgroupDriver, which is for both',
  }),
  'containerd-without-cri': ({ plugin }: { plugin: string }) => ({
    message: `kubelet cannot use a containerd without its plugin ${plugin}`,
    hint: 'take it out of disabled_plugins',
  }),
  'runtime-endpoint-differs/containerd': ({ address }: { address: string }) => ({
    message: `kubelet looks for containerd at /run/containerd/containerd.sock, not at ${address}`,
    hint: 'remove it',
  }),
  'value-malformed': ({ key, value }: { key: string; value: unknown }) => ({
    message: `containerd's CRI plugin would not load: ${key} '${value}' is not a duration`,
    hint: 'for example 4h',
  }),
  'containerd-table-moved': ({
    version,
    table,
    plugin,
  }: {
    version: string;
    table: string;
    plugin: string | undefined;
  }) => ({
    message: `containerd ${version} has a plugin in place of the table ${table}, and migrates it at every start`,
    hint: `write it under plugins."${plugin}"`,
  }),
  'cgroup-driver-differs/docker': ({ driver, cgroupDriver }: { driver: string; cgroupDriver: string }) => ({
    message: `docker's cgroup driver ${driver} is not kubelet's, ${cgroupDriver}: kubelet would not start`,
    hint: 'set containerRuntime.cgroupDriver, which is for both',
  }),
  'daemon-socket': {
    message: 'kubelet could not reach docker: its socket is not in hosts',
    hint: 'add unix:///var/run/docker.sock',
  },
  'docker-open': ({ host }: { host: string }) => ({
    message: `dockerd listens on ${host} without client certificates: anyone who reaches it is root on the node`,
    hint: 'remove it, or set tlsverify, tlscacert, tlscert and tlskey',
  }),
  'runtime-unused': ({ key, type }: { key: string; type: string }) => ({
    message: `${key} of ${type === 'docker' ? 'containerd' : 'docker'} has no effect: the runtime is ${type}`,
    hint: `remove it, or set type: ${type === 'docker' ? 'containerd' : 'docker'}`,
  }),
  'etcd-election': ({ version, electionMs, beatMs }: { version: string; electionMs: number; beatMs: number }) => ({
    message: `etcd ${version} would not start: the election timeout ${electionMs} ms is less than five heartbeats of ${beatMs} ms`,
    hint: `set electionTimeout: ${5 * beatMs} or more`,
  }),
  'etcd-compaction': ({ text }: { text: string }) => ({
    message: `etcd takes the retention '${text}' for a number of revisions: it would never compact`,
    hint: "write a number of revisions, for example '10000'",
  }),
  'etcd-metrics-open': ({ url }: { url: string }) => ({
    message: `etcd shows its metrics at ${url} to anyone who reaches the node`,
    hint: 'listen on http://127.0.0.1:2381, or use the client port, which asks for a certificate',
  }),
  'proxy-mode-field': ({ mode }: { mode: string }) => ({
    message: `kube-proxy's mode ${mode} needs kernel modules and packages that come with the setting`,
    hint: `set kubernetes.kubeProxy.mode: ${mode}`,
  }),
  'cgroup-driver-differs/kubelet': ({ own, type, own2 }: { own: string; type: string; own2: string }) => ({
    message: `kubelet's cgroupDriver ${own} is not that of ${type}, ${own2}: pods would fail`,
    hint: 'set containerRuntime.cgroupDriver, which is for both',
  }),
  'runtime-endpoint-differs/kubelet': ({
    own,
    type,
    endpoint,
  }: {
    own: string;
    type: string;
    endpoint: string | undefined;
  }) => ({
    message: `nothing listens on ${own}: ${type} has ${endpoint ?? 'no socket for kubelet'}`,
    hint: 'remove it, and set containerRuntime.type',
  }),
  'dns-differs/servers': ({ server }: { server: string }) => ({
    message: `kubelet leaves '${server}' out of its DNS servers, because it is no IP address: pods would find no Service by name`,
    hint: 'write addresses, or set network.dnsServiceIP',
  }),
  'dns-differs/domain': ({ clusterDomain, dnsDomain }: { clusterDomain: string; dnsDomain: string }) => ({
    message: `pods would look for Services in ${clusterDomain}, and the cluster's DNS answers for ${dnsDomain}`,
    hint: 'set network.dnsDomain, which is for both',
  }),
  'port-taken': ({ later, earlier, port, role }: { later: string; earlier: string; port: number; role: string }) => ({
    message: `${later} and ${earlier} would both listen on port ${port} of the ${role}s`,
    hint: 'choose another port for one of them',
  }),
});

const before = phrases('component/before-refusals', {
  start: (program: string, message: string) => `${program} would not start: ${message}`,
  container: (message: string) => `no container would start: docker’s log option ${message}`,
});

/** Why a program would not start. @param program with its version. */
export function refused(program: string, why: Advice): Advice {
  return { ...why, message: before.start(program, why.message), parameters: { ...why.parameters, program } };
}

export function noContainer(why: Advice): Advice {
  return { ...why, message: before.container(why.message) };
}
