/**
 * Restrictions by systemd for the programs of a node (systemd.exec(5)). Old versions ignore unknown lines.
 * docs/security.md has the score of each unit by `systemd-analyze security`; the laboratory boots clusters with these
 * units. Every byte of a worker's user-data counts: its units have only the most effective lines, always in the same
 * order, because repeated text compresses well.
 *
 * None of them has SystemCallFilter= (systemd 219 does not know its groups, and would read an empty list of allowed
 * calls), ProtectSystem=strict (data, logs and sockets may be anywhere) or User= (see docs/security.md).
 */

/**
 * For programs that mount for pods, such as kubelet: none of these lines creates a mount namespace, which would hide
 * the mounts. RestrictSUIDSGID= is left out: kubelet sets the setgid bit on volumes (fsGroup).
 */
export const mountingSandbox: readonly string[] = ['RestrictRealtime=true', 'SystemCallArchitectures=native'];

/** For flanneld: its back end keeps access to devices, modules, kernel settings and programs. */
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

/**
 * For programs that run on every node and need no device: kube-proxy, the balancer, and knode's own long-running
 * programs.
 */
export const serviceSandbox: readonly string[] = ['CapabilityBoundingSet=~CAP_SYS_ADMIN CAP_SYS_PTRACE', ...noDevices];

/**
 * For programs that read their configuration, write their data and use TCP: the control plane, and knode's programs for
 * it.
 */
export const sandbox: readonly string[] = [
  'NoNewPrivileges=true',
  'ProtectSystem=full',
  'ProtectKernelTunables=true',
  'ProtectKernelModules=true',
  'ProtectHostname=true',
  'MemoryDenyWriteExecute=true',
  'LockPersonality=true',
  // Netlink: to read the addresses of the machine.
  'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK',
  ...noDevices,
  // Without these, root could not read the files of other users that it is given; ports below 1024 are the user's
  // choice.
  'CapabilityBoundingSet=CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER CAP_NET_BIND_SERVICE',
  'UMask=0077',
];

/**
 * For etcd, together with InaccessibleDirectories= of its unit. It has one capability less than the API server, so that
 * it cannot reach the API server's files through /proc/PID/root (ptrace(2), "Ptrace access mode checking").
 */
export const etcdSandbox: readonly string[] = sandbox.map((line) => line.replace('CAP_CHOWN ', ''));
