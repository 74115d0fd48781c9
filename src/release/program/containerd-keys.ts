/** Keys from the top of containerd's config.toml. */
export type TomlPath = readonly string[];

/** Places of knode's settings in containerd's config.toml. The path of a table ends in the table. */
export interface ContainerdKeys {
  /** Table of the runc runtime: has `runtime_type` and `options`. */
  readonly runc: TomlPath;
  readonly systemdCgroup: TomlPath;
  readonly defaultRuntime: TomlPath;
  readonly snapshotter: TomlPath;
  readonly sandboxImage: TomlPath;
  readonly registryConfigPath: TomlPath;
  readonly maxConcurrentDownloads: TomlPath;
  /** `bin_dir`, a folder, or `bin_dirs`, a list of folders. */
  readonly cniBinDir: TomlPath;
  readonly cniConfDir: TomlPath;
  readonly streamServerAddress: TomlPath;
  readonly streamServerPort: TomlPath;
}

/** Version 2 of the configuration file: one CRI plugin (docs/cri/config.md of containerd 1.6 and 1.7). */
export function keysOfVersion2(cniBinDirKey: string): ContainerdKeys {
  const cri = ['plugins', 'io.containerd.grpc.v1.cri'];
  const runc = [...cri, 'containerd', 'runtimes', 'runc'];
  return {
    runc,
    systemdCgroup: [...runc, 'options', 'SystemdCgroup'],
    defaultRuntime: [...cri, 'containerd', 'default_runtime_name'],
    snapshotter: [...cri, 'containerd', 'snapshotter'],
    sandboxImage: [...cri, 'sandbox_image'],
    registryConfigPath: [...cri, 'registry', 'config_path'],
    maxConcurrentDownloads: [...cri, 'max_concurrent_downloads'],
    cniBinDir: [...cri, 'cni', cniBinDirKey],
    cniConfDir: [...cri, 'cni', 'conf_dir'],
    streamServerAddress: [...cri, 'stream_server_address'],
    streamServerPort: [...cri, 'stream_server_port'],
  };
}

/** Version 3: runtime, images and the streaming server are plugins of their own (docs/cri/config.md of containerd 2.1). */
export function keysOfVersion3(cniBinDirKey: string): ContainerdKeys {
  const server = ['plugins', 'io.containerd.grpc.v1.cri'];
  const runtime = ['plugins', 'io.containerd.cri.v1.runtime'];
  const images = ['plugins', 'io.containerd.cri.v1.images'];
  const runc = [...runtime, 'containerd', 'runtimes', 'runc'];
  return {
    runc,
    systemdCgroup: [...runc, 'options', 'SystemdCgroup'],
    defaultRuntime: [...runtime, 'containerd', 'default_runtime_name'],
    snapshotter: [...images, 'snapshotter'],
    sandboxImage: [...images, 'pinned_images', 'sandbox'],
    registryConfigPath: [...images, 'registry', 'config_path'],
    maxConcurrentDownloads: [...images, 'max_concurrent_downloads'],
    cniBinDir: [...runtime, 'cni', cniBinDirKey],
    cniConfDir: [...runtime, 'cni', 'conf_dir'],
    streamServerAddress: [...server, 'stream_server_address'],
    streamServerPort: [...server, 'stream_server_port'],
  };
}
