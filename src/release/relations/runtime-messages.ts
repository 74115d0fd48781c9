import { phrases, speaker } from '../../base/catalogue.ts';
import { list } from '../../base/wording.ts';

/** What a value can be; follows "must be". */
export const kind = phrases('release/kinds', {
  flag: 'true or false',
  number: 'a whole number',
  text: 'a text',
  texts: 'a list of texts',
  map: 'a map',
  textMap: 'a map of texts',
});

/** What an item of daemon.json is not, or has; follows it. */
export const isNot = phrases('release/daemon-items', {
  known: 'is not known',
  address: 'is not an IP address',
  host: 'is no host and no network',
  port: 'has no possible port',
  cgroupDriver: 'is no cgroup driver',
  size: 'is not a size',
  domain: 'is not a domain',
  withPort: 'has no port',
  url: 'is not a URL',
  http: 'is not an http(s) URL',
  withoutLogin: 'has a user or password',
  bareHost: 'has a path or query: dockerd takes the host alone',
  socket: 'does not begin with unix://, tcp:// or fd://',
  pair: 'is not key=value',
  level: 'is no level',
  prefixed: 'is not an address with its prefix',
  network: 'is not a network',
});

/** What to write into daemon.json instead. */
export const eg = phrases('release/daemon-examples', {
  words: (words: readonly string[]) => `write ${words.join(' or ')}`,
  address: 'for example 10.0.0.1',
  cgroupDriver: 'set containerRuntime.cgroupDriver: systemd or cgroupfs',
  registry: 'for example registry.local:5000 or 10.0.0.0/8',
  size: 'for example 64m',
  domain: 'for example example.com',
  listen: 'for example 127.0.0.1:9323',
  nameServer: 'for example 10.0.0.2',
  label: 'for example zone=a',
  mirror: 'for example https://mirror.example.com',
  socket: 'for example unix:///var/run/docker.sock',
  levels: (levels: readonly string[]) => `levels: ${list(levels)}`,
  prefixed: 'for example 172.17.0.1/16',
  network: 'for example 172.17.0.0/24',
});

/** Why dockerd and containerd refuse values. Messages follow "dockerd 20.10.24 would not start: ". */
export const say = speaker('release/runtimes', {
  'daemon-value/item': ({
    key,
    wrong,
    why,
    hint,
  }: {
    key: string;
    wrong: string;
    why: string | undefined;
    hint: string;
  }) => ({
    message: `${key}: '${wrong}' ${why}`,
    hint: hint,
  }),
  'daemon-value/pool': ({ pool }: { pool: string }) => ({
    message: `default-address-pools: ${pool} is no network with a longer prefix for its parts`,
    hint: 'for example {base: 172.80.0.0/16, size: 24}',
  }),
  'daemon-value/label': ({ label }: { label: string }) => ({
    message: `labels: '${label}' has two values`,
    hint: 'keep one of them',
  }),
  'daemon-value/oom-score': ({ value }: { value: number }) => ({
    message: `oom-score-adjust ${value} is not between -1000 and 1000`,
    hint: 'for example -500',
  }),
  'daemon-value/storage': ({ driver, option }: { driver: string; option: string }) => ({
    message: `storage-opts: the storage driver ${driver} has no option '${option}'`,
    hint: 'for example overlay2.size=20G',
  }),
  'daemon-value/log': ({ driver, option, known }: { driver: string; option: string; known: string | undefined }) => ({
    message: `log-opts: the log driver ${driver} has no option ${option}`,
    hint: `options: ${known}`,
  }),
  'daemon-value/least': ({ key, value, least }: { key: string; value: number; least: number }) => ({
    message: `${key} ${value} must be ${least} or more`,
    hint: 'raise it, or leave it out',
  }),
  'daemon-runtime': ({ name }: { name: string }) => ({
    message: `there is no runtime ${name}`,
    hint: `describe it: runtimes: {${name}: {path: /usr/bin/${name}}}`,
  }),
  'daemon-bridge/address': ({ bridge }: { bridge: string }) => ({
    message: `bip and bridge '${bridge}' exclude each other`,
    hint: 'remove bip: pods have a network of their own',
  }),
  'daemon-bridge/icc': { message: 'icc: false needs iptables', hint: 'leave one of the two out' },
  'daemon-logs/size': ({ most }: { most: string }) => ({
    message: `max-size '${most}' is not a size above 0`,
    hint: 'for example 100m',
  }),
  'daemon-logs/files': ({ files }: { files: string }) => ({
    message: `max-file '${files}' is not 1 or more`,
    hint: 'for example 3',
  }),
  'daemon-value/type': ({ key, expected, quoted }: { key: string; expected: string; quoted: string | undefined }) => ({
    message: `${key} must be ${expected}`,
    hint: quoted === undefined ? `write ${expected}` : `write it in quotes: ${quoted}`,
  }),
  'value-type': ({
    key,
    expected,
    value,
    write,
  }: {
    key: string;
    expected: string;
    value: unknown;
    write: 'quoted' | 'bare' | undefined;
  }) => ({
    message: `${key} must be ${expected}`,
    hint:
      write === 'quoted'
        ? `in quotes: "${value}"`
        : write === 'bare'
          ? `without quotes: ${value}`
          : `write ${expected}`,
  }),
  'value-unknown': ({ key, value, choices }: { key: string; value: string; choices: readonly string[] }) => ({
    message: `${key} cannot be '${value}'`,
    hint: `choose one of ${list(choices)}`,
  }),
  'value-malformed/timeout': ({ key, value }: { key: string; value: string }) => ({
    message: `timeouts: ${key} '${value}' is not a duration`,
    hint: 'for example 5s',
  }),
  'value-malformed/port': ({ address }: { address: string }) => ({
    message: `metrics.address '${address}' has no port`,
    hint: 'for example 127.0.0.1:1338',
  }),
  'containerd-snapshotter': ({ name }: { name: string }) => ({
    message: `there is no snapshotter ${name}`,
    hint: 'describe it under proxy_plugins, or use overlayfs',
  }),
});
