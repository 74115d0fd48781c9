import { isAddress, isNetwork } from '../../base/cidr.ts';
import { isRecord } from '../json-type.ts';
import { type DaemonCheck, items, settingChecks } from './docker-settings.ts';
import { type Refusal, refusal } from './relation.ts';

type Daemon = Readonly<Record<string, unknown>>;

interface Shape {
  readonly words: string;
  check(value: unknown): boolean;
}

const isText = (value: unknown): boolean => typeof value === 'string';
const flag: Shape = { words: 'true or false', check: (value) => typeof value === 'boolean' };
const number: Shape = { words: 'a whole number', check: Number.isInteger };
const text: Shape = { words: 'a text', check: isText };
const texts: Shape = { words: 'a list of texts', check: (value) => Array.isArray(value) && value.every(isText) };
const map: Shape = { words: 'a map', check: isRecord };
const textMap: Shape = {
  words: 'a map of texts',
  check: (value) => isRecord(value) && Object.values(value).every(isText),
};

function each(shape: Shape, ...keys: readonly string[]): Record<string, Shape> {
  return Object.fromEntries(keys.map((key) => [key, shape]));
}

/** Types of daemon.json's keys (daemon/config/config.go and config_linux.go of moby 20.10). Go's JSON takes no other. */
const shapes: Readonly<Record<string, Shape>> = {
  ...each(flag, 'debug', 'live-restore', 'iptables', 'ip6tables', 'ip-forward', 'ip-masq', 'ipv6', 'icc', 'init'),
  ...each(flag, 'userland-proxy', 'experimental', 'selinux-enabled', 'no-new-privileges', 'tls', 'tlsverify'),
  ...each(flag, 'raw-logs', 'allow-nondistributable-artifacts-all'),
  ...each(number, 'mtu', 'max-concurrent-downloads', 'max-concurrent-uploads', 'max-download-attempts'),
  ...each(number, 'shutdown-timeout', 'network-diagnostic-port'),
  ...each(text, 'bip', 'bridge', 'fixed-cidr', 'default-gateway', 'data-root', 'exec-root', 'storage-driver', 'graph'),
  ...each(text, 'log-driver', 'log-level', 'cgroup-parent', 'default-runtime', 'userns-remap', 'seccomp-profile'),
  ...each(text, 'default-ipc-mode', 'default-cgroupns-mode', 'ip', 'host-gateway-ip', 'metrics-addr', 'init-path'),
  ...each(text, 'tlscacert', 'tlscert', 'tlskey', 'pidfile', 'group', 'containerd', 'default-shm-size'),
  ...each(texts, 'exec-opts', 'storage-opts', 'registry-mirrors', 'insecure-registries', 'hosts', 'dns', 'dns-opts'),
  ...each(texts, 'dns-search', 'labels', 'authorization-plugins'),
  ...each(textMap, 'log-opts'),
  ...each(map, 'default-ulimits', 'runtimes', 'builder', 'features'),
  ...each(number, 'oom-score-adjust'),
};

function wrongTypes(daemon: Daemon): Refusal[] {
  return Object.entries(daemon).flatMap(([key, value]) => {
    const shape = Object.hasOwn(shapes, key) ? shapes[key] : undefined;
    if (shape === undefined || value === null || shape.check(value)) return [];
    const bad =
      key === 'log-opts' && isRecord(value) ? Object.entries(value).find(([, one]) => !isText(one)) : undefined;
    const hint = bad === undefined ? `write ${shape.words}` : `write it in quotes: ${bad[0]}: "${String(bad[1])}"`;
    return [{ code: 'daemon-value', message: `${key} must be ${shape.words}`, hint, fields: [key] }];
  });
}

/** registry/config.go, ValidateMirror. */
function badMirror(item: string): string | undefined {
  if (!URL.canParse(item)) return 'is not a URL';
  const url = new URL(item);
  if (!/^https?:$/.test(url.protocol)) return 'is not an http(s) URL';
  if (url.username !== '' || url.password !== '') return 'has a user or password';
  const rest = `${url.pathname === '/' ? '' : url.pathname}${url.search}${url.hash}`;
  return rest === '' ? undefined : 'has a path or query: dockerd takes the host alone';
}

function badHost(item: string): string | undefined {
  return /^(unix|tcp|fd|npipe):\/\//.test(item) ? undefined : 'does not begin with unix://, tcp:// or fd://';
}

const levels = ['trace', 'debug', 'info', 'warn', 'warning', 'error', 'fatal', 'panic'];
const notAbove = (key: string, least: number): DaemonCheck => ({
  fields: [key],
  refuses(daemon) {
    const value = daemon[key];
    if (typeof value !== 'number' || value >= least) return undefined;
    return refusal('daemon-value', `${key} ${value} must be ${least} or more`, 'raise it, or leave it out');
  },
});

const defaultRuntime: DaemonCheck = {
  fields: ['default-runtime', 'runtimes'],
  refuses(daemon) {
    const name = daemon['default-runtime'];
    const own = isRecord(daemon.runtimes) ? Object.keys(daemon.runtimes) : [];
    // containerd's shims go by their own names (io.containerd.runc.v2).
    if (typeof name !== 'string' || [...own, 'runc'].includes(name) || name.startsWith('io.containerd.'))
      return undefined;
    return refusal(
      'daemon-runtime',
      `there is no runtime ${name}`,
      `describe it: runtimes: {${name}: {path: /usr/bin/${name}}}`,
    );
  },
};

const bridgeAndAddress: DaemonCheck = {
  fields: ['bip', 'bridge'],
  refuses({ bip, bridge }) {
    if (typeof bip !== 'string' || typeof bridge !== 'string' || bip === '' || bridge === '') return undefined;
    return refusal(
      'daemon-bridge',
      `bip and bridge '${bridge}' exclude each other`,
      'remove bip: pods have a network of their own',
    );
  },
};

const traffic: DaemonCheck = {
  fields: ['iptables', 'icc'],
  refuses({ iptables, icc }) {
    if (iptables !== false || icc !== false) return undefined;
    return refusal('daemon-bridge', 'icc: false needs iptables', 'leave one of the two out');
  },
};

/** daemon/config/config.go (Validate), daemon/daemon_unix.go (verifyDaemonSettings), registry/config.go. */
const checks: readonly DaemonCheck[] = [
  ...settingChecks,
  items('dns', (item) => (isAddress(item) ? undefined : 'is not an IP address'), 'for example 10.0.0.2'),
  items('labels', (item) => (/^[^=]+=/.test(item) ? undefined : 'is not key=value'), 'for example zone=a'),
  items('registry-mirrors', badMirror, 'for example https://mirror.example.com'),
  items('hosts', badHost, 'for example unix:///var/run/docker.sock'),
  items('log-level', (item) => (levels.includes(item) ? undefined : 'is no level'), `levels: ${levels.join(', ')}`),
  items(
    'bip',
    (item) => (item === '' || isNetwork(item) ? undefined : 'is not an address with its prefix'),
    'for example 172.17.0.1/16',
  ),
  items(
    'fixed-cidr',
    (item) => (item === '' || isNetwork(item) ? undefined : 'is not a network'),
    'for example 172.17.0.0/24',
  ),
  notAbove('max-concurrent-downloads', 0),
  notAbove('max-concurrent-uploads', 0),
  notAbove('max-download-attempts', 1),
  defaultRuntime,
  bridgeAndAddress,
  traffic,
];

/** Values of daemon.json that dockerd refuses at its start. */
export function checkDaemonValues(daemon: Daemon): readonly Refusal[] {
  const types = wrongTypes(daemon);
  const malformed = new Set(types.flatMap(({ fields }) => fields));
  const found = checks.flatMap(({ fields, refuses }) => {
    const refused = fields.some((field) => malformed.has(field)) ? undefined : refuses(daemon);
    return refused === undefined ? [] : [{ ...refused, fields }];
  });
  return [...types, ...found];
}
