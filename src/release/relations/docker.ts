import { isAddress, isNetwork } from '../../base/cidr.ts';
import { isRecord } from '../json-type.ts';
import { type DaemonCheck, items, settingChecks } from './docker-settings.ts';
import type { Refusal } from './relation.ts';
import { eg, isNot, kind, say } from './runtime-messages.ts';

type Daemon = Readonly<Record<string, unknown>>;

interface Shape {
  readonly words: string;
  check(value: unknown): boolean;
}

const isText = (value: unknown): boolean => typeof value === 'string';
const flag: Shape = { words: kind.flag, check: (value) => typeof value === 'boolean' };
const number: Shape = { words: kind.number, check: Number.isInteger };
const text: Shape = { words: kind.text, check: isText };
const texts: Shape = { words: kind.texts, check: (value) => Array.isArray(value) && value.every(isText) };
const map: Shape = { words: kind.map, check: isRecord };
const textMap: Shape = {
  words: kind.textMap,
  check: (value) => isRecord(value) && Object.values(value).every(isText),
};

function each(shape: Shape, ...keys: readonly string[]): Record<string, Shape> {
  return Object.fromEntries(keys.map((key) => [key, shape]));
}

/**
 * Types of daemon.json's keys (daemon/config/config.go and config_linux.go of moby 20.10). Go's JSON decoder accepts no
 * other.
 */
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
    const quoted = bad === undefined ? undefined : `${bad[0]}: "${String(bad[1])}"`;
    return [{ ...say('daemon-value/type', { key, expected: shape.words, quoted }), fields: [key] }];
  });
}

/** registry/config.go, ValidateMirror. */
function badMirror(item: string): string | undefined {
  if (!URL.canParse(item)) return isNot.url;
  const url = new URL(item);
  if (!/^https?:$/.test(url.protocol)) return isNot.http;
  if (url.username !== '' || url.password !== '') return isNot.withoutLogin;
  const rest = `${url.pathname === '/' ? '' : url.pathname}${url.search}${url.hash}`;
  return rest === '' ? undefined : isNot.bareHost;
}

function badHost(item: string): string | undefined {
  return /^(unix|tcp|fd|npipe):\/\//.test(item) ? undefined : isNot.socket;
}

const levels = ['trace', 'debug', 'info', 'warn', 'warning', 'error', 'fatal', 'panic'];
const notAbove = (key: string, least: number): DaemonCheck => ({
  fields: [key],
  refuses(daemon) {
    const value = daemon[key];
    if (typeof value !== 'number' || value >= least) return undefined;
    return say('daemon-value/least', { key, value, least });
  },
});

const defaultRuntime: DaemonCheck = {
  fields: ['default-runtime', 'runtimes'],
  refuses(daemon) {
    const name = daemon['default-runtime'];
    const own = isRecord(daemon.runtimes) ? Object.keys(daemon.runtimes) : [];
    // containerd's shims are named in their own way (io.containerd.runc.v2).
    if (typeof name !== 'string' || [...own, 'runc'].includes(name) || name.startsWith('io.containerd.'))
      return undefined;
    return say('daemon-runtime', { name });
  },
};

const bridgeAndAddress: DaemonCheck = {
  fields: ['bip', 'bridge'],
  refuses({ bip, bridge }) {
    if (typeof bip !== 'string' || typeof bridge !== 'string' || bip === '' || bridge === '') return undefined;
    return say('daemon-bridge/address', { bridge });
  },
};

const traffic: DaemonCheck = {
  fields: ['iptables', 'icc'],
  refuses({ iptables, icc }) {
    if (iptables !== false || icc !== false) return undefined;
    return say('daemon-bridge/icc');
  },
};

/** daemon/config/config.go (Validate), daemon/daemon_unix.go (verifyDaemonSettings), registry/config.go. */
const checks: readonly DaemonCheck[] = [
  ...settingChecks,
  items('dns', (item) => (isAddress(item) ? undefined : isNot.address), eg.nameServer),
  items('labels', (item) => (/^[^=]+=/.test(item) ? undefined : isNot.pair), eg.label),
  items('registry-mirrors', badMirror, eg.mirror),
  items('hosts', badHost, eg.socket),
  items('log-level', (item) => (levels.includes(item) ? undefined : isNot.level), eg.levels(levels)),
  items('bip', (item) => (item === '' || isNetwork(item) ? undefined : isNot.prefixed), eg.prefixed),
  items('fixed-cidr', (item) => (item === '' || isNetwork(item) ? undefined : isNot.network), eg.network),
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
