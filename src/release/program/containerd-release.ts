import type { Report } from '../../base/diagnostic.ts';
import type { CriApi } from '../fact-files.ts';
import { facts } from '../facts.ts';
import { contains, parseIntervals } from '../interval.ts';
import { malformedVersion, newerThanFacts, unknownVersion } from '../messages.ts';
import { atLeast, compareVersions, minorOf, parseVersion, withoutV } from '../version.ts';
import { type ContainerdKeys, keysOfVersion2, keysOfVersion3 } from './containerd-keys.ts';

/** The first minor in the facts; configuration version 2 came with 1.3. */
const first = '1.3';

/** Tables of version 3, and the plugins that replaced them. `debug` keeps its level and format. */
const serverTables: Readonly<Record<string, string>> = {
  grpc: 'io.containerd.server.v1.grpc',
  ttrpc: 'io.containerd.server.v1.ttrpc',
  metrics: 'io.containerd.server.v1.metrics',
  debug: 'io.containerd.server.v1.debug',
};

/** The newest minor that is a default for a Kubernetes minor; the keys were read in 2.1. */
function newestMinor(): string {
  const paired = Object.values(facts('kubernetes-minors').minors).map(({ containerd }) => minorOf(containerd));
  return paired.sort(compareVersions).at(-1) ?? first;
}

/** Differences between containerd versions. Made by `containerdRelease`. */
export class ContainerdRelease {
  readonly version: string;
  readonly minor: string;

  constructor(version: string) {
    this.version = version;
    this.minor = minorOf(version);
  }

  /**
   * Version of config.toml: 2 in 1.3-1.7, 3 from 2.0, 4 from 2.3, which migrates older ones at every start (release notes). 1.6.20 starts
   * with 3 too, but ignores its CRI settings. 4 has the CRI plugins of 3.
   */
  configVersion(): 2 | 3 | 4 {
    if (!atLeast(this.minor, '2.0')) return 2;
    return atLeast(this.minor, '2.3') ? 4 : 3;
  }

  /** Whether the CRI plugin is split in three: runtime, images and the streaming server. */
  splitsCri(): boolean {
    return this.configVersion() > 2;
  }

  /**
   * Top-level tables of config.toml that became plugins with version 4, and the plugin of each. A file of version 4
   * with such tables is not migrated, and they are ignored (cmd/containerd/server/config/config.go, serviceMigrate).
   */
  movedTables(): Readonly<Record<string, string>> {
    return this.configVersion() === 4 ? serverTables : {};
  }

  /**
   * Whether it reports the sandbox image as pinned, so that kubelet does not collect it, also after an import
   * (containerd#9784, #9785).
   */
  pinsSandbox(): boolean {
    return atLeast(this.version, { '1.6': '1.6.29', '1.7': '1.7.14' }[this.minor] ?? '2.0');
  }

  /** The place of each setting, plugin ids included. */
  keys(): ContainerdKeys {
    return this.splitsCri() ? keysOfVersion3(this.cniBinDirKey()) : keysOfVersion2(this.cniBinDirKey());
  }

  /** The folder of CNI plugins: `bin_dirs`, a list, from 2.1; `bin_dir`, a string, before (containerd 2.1 sources). */
  cniBinDirKey(): 'bin_dir' | 'bin_dirs' {
    return atLeast(this.minor, '2.1') ? 'bin_dirs' : 'bin_dir';
  }

  /** Whether registries are configured in certs.d/<host>/hosts.toml below config_path: from 1.5 (docs/hosts.md). */
  hasRegistryConfigPath(): boolean {
    return atLeast(this.minor, '1.5');
  }

  /** Whether hosts.toml supports `override_path`: from 1.6 (remotes/docker/config/hosts.go of v1.5.18 and v1.6.0). */
  hasOverridePath(): boolean {
    return atLeast(this.minor, '1.6');
  }

  /**
   * Whether hosts.toml is ignored unless it names a host besides the server: before 2.0 ("invalid `host` tree",
   * remotes/docker/config/hosts.go of v1.7.28).
   */
  wantsHostTable(): boolean {
    return !atLeast(this.minor, '2.0');
  }

  /**
   * Whether a header of hosts.toml is also sent to the token server: from 2.1 (WithAuthHeader in
   * remotes/docker/config/hosts.go of v2.0.0 and v2.1.0). Older versions take logins from registry.configs, which is
   * deprecated since 2.0 (docs/cri/registry.md).
   */
  takesLoginByHeader(): boolean {
    return atLeast(this.minor, '2.1');
  }

  /** CRI versions that it fully supports: v1alpha2 to 1.7, v1 from 1.6 (RELEASES.md). */
  criApis(): readonly CriApi[] {
    const rows = Object.entries(facts('containerd').cri_api).filter(([since]) => atLeast(this.minor, since));
    return rows.sort(([a], [b]) => compareVersions(a, b)).at(-1)?.[1] ?? [];
  }

  /** Names of CRI settings that the version no longer accepts (RELEASES.md, "Deprecated features": removed in 2.0). */
  removedKeys(): readonly string[] {
    const goneInTwo = [
      'systemd_cgroup',
      'untrusted_workload_runtime',
      'default_runtime',
      'runtime_engine',
      'runtime_root',
    ];
    return this.splitsCri() ? goneInTwo : [];
  }

  /** Ids of the CRI plugins in this version's config.toml (docs/cri/config.md). */
  criPlugins(): readonly string[] {
    const streaming = 'io.containerd.grpc.v1.cri';
    return this.splitsCri() ? ['io.containerd.cri.v1.runtime', 'io.containerd.cri.v1.images', streaming] : [streaming];
  }

  /**
   * Keys that a CRI plugin accepts, if they are few: in version 3 and 4 of the file the old plugin is the streaming
   * server only, and ignores its other former keys (internal/cri/config/config.go, ServerConfig). undefined: any key.
   */
  pluginKeys(plugin: string): readonly string[] | undefined {
    if (!this.splitsCri() || plugin !== 'io.containerd.grpc.v1.cri') return undefined;
    const server = ['disable_tcp_service', 'stream_server_address', 'stream_server_port', 'stream_idle_timeout'];
    return [...server, 'enable_tls_streaming', 'x509_key_pair_streaming'];
  }

  /** The plugin with the runtimes, in this version's config.toml. */
  runtimePlugin(): string {
    return this.splitsCri() ? 'io.containerd.cri.v1.runtime' : 'io.containerd.grpc.v1.cri';
  }

  /** The last Kubernetes minor whose kubelet supports it; undefined if no end is known (Kubernetes 1.36 changelog). */
  lastKubernetes(): string | undefined {
    return facts('containerd').last_kubernetes[this.minor];
  }

  /** The first version that goes with a Kubernetes minor, if this one is older (RELEASES.md). */
  olderThanPaired(kubernetesMinor: string): string | undefined {
    const row = facts('containerd').kubernetes_pairs.find(({ minors }) => {
      return parseIntervals(minors).some((interval) => contains(interval, kubernetesMinor));
    });
    const starts = row?.atLeast ?? [];
    const own = starts.find((start) => minorOf(start) === this.minor);
    if (own !== undefined) return atLeast(this.version, own) ? undefined : own;
    const oldest = starts[0];
    return oldest === undefined || atLeast(this.version, oldest) ? undefined : oldest;
  }
}

/** The questions for one version, `2.1.9`. */
export function containerdRelease(version: string): Report<ContainerdRelease> {
  const plain = withoutV(version);
  const parsed = parseVersion(plain);
  if (!parsed) return { diagnostics: [malformedVersion('containerd', version, '2.1.9')] };
  const [minor, last] = [minorOf(plain), newestMinor()];
  if (parsed.major > 2 || !atLeast(minor, first)) {
    return { diagnostics: [unknownVersion('containerd', version, first, last)] };
  }
  const newer = compareVersions(minor, last) > 0;
  return {
    value: new ContainerdRelease(plain),
    diagnostics: newer ? [newerThanFacts('containerd', version, last)] : [],
  };
}
