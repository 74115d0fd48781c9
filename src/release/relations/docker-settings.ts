import { isAddress, isNetwork } from '../../base/cidr.ts';
import { isRecord } from '../json-type.ts';
import type { Refusal } from './relation.ts';
import { eg, isNot, say } from './runtime-messages.ts';

type Daemon = Readonly<Record<string, unknown>>;

/** One check of daemon.json: the keys involved, the one to point at first. */
export interface DaemonCheck {
  readonly fields: readonly string[];
  refuses(daemon: Daemon): Omit<Refusal, 'fields'> | undefined;
}

/** A check of a single text, or of each item of a list. */
export function items(key: string, bad: (item: string) => string | undefined, hint: string): DaemonCheck {
  return {
    fields: [key],
    refuses(daemon) {
      const value = daemon[key];
      const all = typeof value === 'string' ? [value] : Array.isArray(value) ? value.map(String) : [];
      const wrong = all.find((item) => bad(item) !== undefined);
      return wrong === undefined ? undefined : say('daemon-value/item', { key, wrong, why: bad(wrong), hint });
    },
  };
}

const oneOf = (key: string, ...words: readonly string[]): DaemonCheck =>
  items(key, (item) => (['', ...words].includes(item) ? undefined : isNot.known), eg.words(words));

const address = (key: string): DaemonCheck =>
  items(key, (item) => (item === '' || isAddress(item) ? undefined : isNot.address), eg.address);

/** go-units, FromHumanSize and RAMInBytes: a number with a unit; bytes without one. */
const size = /^\d+(\.\d+)? ?([kKmMgGtTpP]?i?[bB]?)$/;

/**
 * registry/config.go, loadInsecureRegistries: a network, or a host with or without a port; a scheme is removed with a
 * warning.
 */
function badInsecure(item: string): string | undefined {
  if (isNetwork(item)) return undefined;
  const [, host = '', port] = /^(?:https?:\/\/)?(\[[^\]]*\]|[^:]*)(?::(.*))?$/i.exec(item) ?? [];
  if (!/^(\[[0-9A-Fa-f:]+\]|[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?)$/.test(host)) return isNot.host;
  return port === undefined || (/^\d+$/.test(port) && Number(port) <= 65_535) ? undefined : isNot.port;
}

/** libnetwork, ipamutils: each pool is split into networks of `size`. */
const pools: DaemonCheck = {
  fields: ['default-address-pools'],
  refuses(daemon) {
    const list = daemon['default-address-pools'];
    if (!Array.isArray(list)) return undefined;
    const bad = list.find((pool) => {
      const { base, size: length } = isRecord(pool) ? pool : {};
      const prefix = Number(/\/(\d+)$/.exec(String(base))?.[1]);
      const most = String(base).includes(':') ? 128 : 32;
      return (
        !isNetwork(String(base)) || !(Number.isInteger(length) && Number(length) >= prefix && Number(length) <= most)
      );
    });
    if (bad === undefined) return undefined;
    return say('daemon-value/pool', { pool: JSON.stringify(bad) });
  },
};

/** daemon/daemon.go: two values for one label. */
const labelsOnce: DaemonCheck = {
  fields: ['labels'],
  refuses({ labels }) {
    const list = Array.isArray(labels) ? labels.map(String) : [];
    const key = (label: string): string => label.split('=')[0] ?? '';
    const twice = list.find((label, index) =>
      list.some((other, at) => at < index && key(other) === key(label) && other !== label),
    );
    if (twice === undefined) return undefined;
    return say('daemon-value/label', { label: key(twice) });
  },
};

const cgroupDriver: DaemonCheck = items(
  'exec-opts',
  (item) => {
    const driver = /^native\.cgroupdriver=(.*)$/.exec(item)?.[1];
    return driver === undefined || ['cgroupfs', 'systemd', ''].includes(driver) ? undefined : isNot.cgroupDriver;
  },
  eg.cgroupDriver,
);

const oomScore: DaemonCheck = {
  fields: ['oom-score-adjust'],
  refuses(daemon) {
    const value = daemon['oom-score-adjust'];
    if (typeof value !== 'number' || (value >= -1000 && value <= 1000)) return undefined;
    return say('daemon-value/oom-score', { value });
  },
};

/** daemon/graphdriver/overlay2/overlay.go, parseOptions. */
const storage: DaemonCheck = {
  fields: ['storage-opts'],
  refuses(daemon) {
    const list = Array.isArray(daemon['storage-opts']) ? daemon['storage-opts'].map(String) : [];
    const driver = String(daemon['storage-driver'] ?? 'overlay2');
    const wrong = list.find((item) => {
      const name = /^([^=]+)=/.exec(item)?.[1];
      return name === undefined || (driver === 'overlay2' && !/^overlay2\.(size|override_kernel_check)$/i.test(name));
    });
    if (wrong === undefined) return undefined;
    return say('daemon-value/storage', { driver, option: wrong });
  },
};

/** The options of docker's own log drivers for files (daemon/logger/jsonfilelog, local, journald: ValidateLogOpt). */
const tags = ['labels', 'labels-regex', 'env', 'env-regex', 'tag'];
const logOptions: Readonly<Record<string, readonly string[]>> = {
  'json-file': ['max-file', 'max-size', 'compress', ...tags],
  local: ['max-file', 'max-size', 'compress'],
  journald: tags,
};
const everyDriver = ['mode', 'max-buffer-size', 'cache-disabled', 'cache-max-file', 'cache-max-size', 'cache-compress'];

const logs: DaemonCheck = {
  fields: ['log-opts'],
  refuses(daemon) {
    const driver = String(daemon['log-driver'] ?? 'json-file');
    const known = Object.hasOwn(logOptions, driver) ? logOptions[driver] : undefined;
    const given = Object.keys(isRecord(daemon['log-opts']) ? daemon['log-opts'] : {});
    const wrong = known === undefined ? undefined : given.find((name) => ![...known, ...everyDriver].includes(name));
    if (wrong === undefined) return undefined;
    return say('daemon-value/log', { driver, option: wrong, known: known?.join(', ') });
  },
};

/** Values that dockerd accepts, but that make every container fail (daemon/logger/jsonfilelog/jsonfilelog.go, New). */
export function containersFail(daemon: Daemon): readonly Refusal[] {
  const options = isRecord(daemon['log-opts']) ? daemon['log-opts'] : {};
  const { 'max-size': most, 'max-file': files } = options;
  const found: Refusal[] = [];
  if (!['json-file', 'local'].includes(String(daemon['log-driver'] ?? 'json-file'))) return [];
  if (typeof most === 'string' && most !== '-1' && (!size.test(most) || Number.parseFloat(most) === 0))
    found.push({ ...say('daemon-logs/size', { most }), fields: ['log-opts'] });
  if (typeof files === 'string' && !/^[1-9]\d*$/.test(files))
    found.push({ ...say('daemon-logs/files', { files }), fields: ['log-opts'] });
  return found;
}

/** daemon/config/config.go and opts of moby 20.10; checked with dockerd 20.10.24. */
export const settingChecks: readonly DaemonCheck[] = [
  items('insecure-registries', badInsecure, eg.registry),
  items('default-shm-size', (item) => (size.test(item) ? undefined : isNot.size), eg.size),
  items('dns-search', (item) => (/^[A-Za-z0-9._-]+$/.test(item) ? undefined : isNot.domain), eg.domain),
  items('metrics-addr', (item) => (/:\d{1,5}$/.test(item) ? undefined : isNot.withPort), eg.listen),
  oneOf('default-ipc-mode', 'private', 'shareable'),
  oneOf('default-cgroupns-mode', 'private', 'host'),
  address('ip'),
  address('host-gateway-ip'),
  address('default-gateway'),
  pools,
  labelsOnce,
  cgroupDriver,
  oomScore,
  storage,
  logs,
];
