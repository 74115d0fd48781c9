import type { Advice } from '../../base/catalogue.ts';
import type { TomlType } from '../fact-files.ts';
import { facts } from '../facts.ts';
import { isRecord } from '../json-type.ts';
import { milliseconds } from './go-values.ts';
import { kind, say } from './runtime-messages.ts';

type Table = Readonly<Record<string, unknown>>;

/** A value of config.toml that containerd refuses, and its place. */
export interface TomlRefusal {
  readonly path: readonly string[];
  /** Follows "containerd 2.3.4 would not start: ". */
  readonly words: Advice;
}

const isText = (value: unknown): boolean => typeof value === 'string';

const shapes: Readonly<Record<TomlType, { readonly words: string; check(value: unknown): boolean }>> = {
  bool: { words: kind.flag, check: (value) => typeof value === 'boolean' },
  int: { words: kind.number, check: Number.isInteger },
  string: { words: kind.text, check: isText },
  strings: {
    words: kind.texts,
    check: (value) => Array.isArray(value) && value.every((one) => one === null || isText(one)),
  },
  stringMap: { words: kind.textMap, check: (value) => isRecord(value) && Object.values(value).every(isText) },
};

/** The tables that a name in the facts stands for: `cri` is each CRI plugin of the version, `*` any key. */
function tablesOf(
  config: Table,
  name: string,
  criPlugins: readonly string[],
): readonly (readonly [readonly string[], Table])[] {
  const [first = '', ...rest] = name.split('.');
  const roots = first === 'cri' ? criPlugins.map((plugin) => ['plugins', plugin]) : [first === '' ? [] : [first]];
  const steps = (
    at: unknown,
    path: readonly string[],
    keys: readonly string[],
  ): readonly (readonly [readonly string[], Table])[] => {
    if (!isRecord(at)) return [];
    const [key, ...others] = keys;
    if (key === undefined) return [[path, at]];
    const names = key === '*' ? Object.keys(at) : [key];
    return names.flatMap((one) => steps(at[one], [...path, one], others));
  };
  return roots.flatMap((root) => steps(config, [], [...root, ...rest]));
}

/** In TOML, text is quoted, numbers and booleans are not: containerd does not convert between them. */
function slip(type: TomlType, value: unknown): 'quoted' | 'bare' | undefined {
  if (type === 'string' && !isRecord(value) && !Array.isArray(value)) return 'quoted';
  const bare = type === 'int' ? /^-?\d+$/ : type === 'bool' ? /^(true|false)$/ : undefined;
  return bare?.test(String(value)) ? 'bare' : undefined;
}

function wrongTypes(config: Table, criPlugins: readonly string[]): TomlRefusal[] {
  return Object.entries(facts('containerd').value_types).flatMap(([name, types]) =>
    tablesOf(config, name, criPlugins).flatMap(([path, table]) =>
      Object.entries(table).flatMap(([key, value]): TomlRefusal[] => {
        const type = Object.hasOwn(types, key) ? types[key] : undefined;
        if (type === undefined || value === null || shapes[type].check(value)) return [];
        const words = say('value-type', { key, expected: shapes[type].words, value, write: slip(type, value) });
        return [{ path: [...path, key], words }];
      }),
    ),
  );
}

/** Words that a key accepts: github.com/containerd/log and logrus (ParseLevel). */
const words: readonly (readonly [path: readonly string[], takes: readonly string[]])[] = [
  [
    ['debug', 'level'],
    ['', 'trace', 'debug', 'info', 'warn', 'warning', 'error', 'fatal', 'panic'],
  ],
  [
    ['debug', 'format'],
    ['', 'text', 'json'],
  ],
];

function at(config: Table, path: readonly string[]): unknown {
  return path.reduce<unknown>((table, key) => (isRecord(table) ? table[key] : undefined), config);
}

function wrongWords(config: Table): TomlRefusal[] {
  return words.flatMap(([path, takes]) => {
    const value = at(config, path);
    if (typeof value !== 'string' || takes.includes(value.toLowerCase())) return [];
    const choices = takes.filter((word) => word !== '');
    return [{ path, words: say('value-unknown', { key: path.join('.'), value, choices }) }];
  });
}

/** services/server/server.go: each of timeouts is a Go duration; the metrics' address has a port. */
function wrongForms(config: Table): TomlRefusal[] {
  const timeouts = isRecord(config.timeouts) ? Object.entries(config.timeouts) : [];
  const found = timeouts.flatMap(([key, value]): TomlRefusal[] => {
    if (typeof value !== 'string' || milliseconds(value) !== undefined) return [];
    return [{ path: ['timeouts', key], words: say('value-malformed/timeout', { key, value }) }];
  });
  const address = at(config, ['metrics', 'address']);
  if (typeof address === 'string' && address !== '' && !/^.*:\d{1,5}$/.test(address))
    found.push({ path: ['metrics', 'address'], words: say('value-malformed/port', { address }) });
  return found;
}

/** Snapshotters built into containerd in some version (cmd/containerd/builtins of 1.5 to 2.3). */
const snapshotters = ['overlayfs', 'native', 'btrfs', 'zfs', 'devmapper', 'blockfile', 'erofs', 'aufs'];

function unknownSnapshotters(config: Table, criPlugins: readonly string[]): TomlRefusal[] {
  const proxies = isRecord(config.proxy_plugins) ? Object.keys(config.proxy_plugins) : [];
  return criPlugins.flatMap((plugin) =>
    [['snapshotter'], ['containerd', 'snapshotter']].flatMap((keys): TomlRefusal[] => {
      const path = ['plugins', plugin, ...keys];
      const name = at(config, path);
      if (typeof name !== 'string' || name === '' || [...snapshotters, ...proxies].includes(name)) return [];
      return [{ path, words: say('containerd-snapshotter', { name }) }];
    }),
  );
}

/**
 * Values of config.toml with which containerd exits at start, or its CRI plugin does not load.
 * @param criPlugins the plugins of the version that hold the CRI keys.
 */
export function checkContainerdValues(config: Table, criPlugins: readonly string[]): readonly TomlRefusal[] {
  return [
    ...wrongTypes(config, criPlugins),
    ...wrongWords(config),
    ...wrongForms(config),
    ...unknownSnapshotters(config, criPlugins),
  ];
}
