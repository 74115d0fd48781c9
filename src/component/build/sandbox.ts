/**
 * What systemd takes from the programs of a node (systemd.exec(5)). Old versions ignore what they do not know. docs/security.md has
 * what `systemd-analyze security` makes of each unit; the laboratory boots clusters with it. The user-data of a worker is counted in
 * bytes: its units have the lines that count most there, always in the same order, and what they say again weighs little.
 *
 * In none of them: SystemCallFilter=, whose groups systemd 219 does not know, which leaves it an empty list of what is allowed;
 * ProtectSystem=strict, because data, logs and sockets may lie anywhere; User=, see docs/security.md.
 */

/**
 * For programs that mount for pods, such as kubelet: no line of it makes a mount namespace, in which mounts would stay. Not with
 * RestrictSUIDSGID=: kubelet sets the setgid bit on volumes (fsGroup).
 */
export const mountingSandbox: readonly string[] = ['RestrictRealtime=true', 'SystemCallArchitectures=native'];

/** For flanneld: whatever its back end needs of devices, modules, settings of the kernel and programs stays. */
export const networkSandbox: readonly string[] = [
  'PrivateTmp=true',
  'ProtectHome=true',
  'ProtectControlGroups=true',
  'ProtectKernelLogs=true',
  'RestrictNamespaces=true',
  'RestrictSUIDSGID=true',
  ...mountingSandbox,
];

const noDevices: readonly string[] = ['PrivateDevices=true', 'ProtectClock=true', ...networkSandbox];

/** For what runs on every node and needs no device: kube-proxy, the balancer, and knode's own programs that do not end with the boot. */
export const serviceSandbox: readonly string[] = ['CapabilityBoundingSet=~CAP_SYS_ADMIN CAP_SYS_PTRACE', ...noDevices];

/** For programs that read their configuration, write their data and talk TCP: the control plane, and what knode runs for it. */
export const sandbox: readonly string[] = [
  'NoNewPrivileges=true',
  'ProtectSystem=full',
  'ProtectKernelTunables=true',
  'ProtectKernelModules=true',
  'ProtectHostname=true',
  'MemoryDenyWriteExecute=true',
  'LockPersonality=true',
  // Netlink: the addresses of the machine.
  'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK',
  ...noDevices,
  // Root without these could not read files of other users that it is given; a port below 1024 is the user's choice.
  'CapabilityBoundingSet=CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER CAP_NET_BIND_SERVICE',
  'UMask=0077',
];

/**
 * For etcd, together with InaccessibleDirectories= of its unit. It has one capability less than the API server, so that it does not
 * reach the other's files by /proc/PID/root (ptrace(2), "Ptrace access mode checking").
 */
export const etcdSandbox: readonly string[] = sandbox.map((line) => line.replace('CAP_CHOWN ', ''));
