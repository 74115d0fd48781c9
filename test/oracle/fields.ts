import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The part of the oracle that judges structured files. Shares no code with src/ either. */

type Fields = Record<string, { type: string; minors?: string }>;

const cache = new Map<string, unknown>();

function load<T>(file: string): T {
  if (!cache.has(file)) {
    const path = fileURLToPath(new URL(`./${file}.json`, import.meta.url));
    cache.set(file, JSON.parse(readFileSync(path, 'utf8')));
  }
  return cache.get(file) as T;
}

/** 1.16 → 16. */
const step = (minor: string): number => Number(minor.split('.')[1]);

function has(range: string | undefined, minor: string): boolean {
  if (range === undefined) return true;
  return range.split(',').some((part) => {
    const [from, to = from] = part.trim().split('-');
    return step(from!) <= step(minor) && step(minor) <= step(to!);
  });
}

const duration = /^(0|[+-]?((\d+(\.\d+)?)(ns|us|ms|s|m|h))+)$/;

function plain(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** Whether a JSON value decodes into a Go type of the facts. */
function decodes(type: string, value: unknown, minor: string): boolean {
  if (type.startsWith('map[string]')) {
    return plain(value) && Object.values(value).every((v) => decodes(type.slice('map[string]'.length), v, minor));
  }
  if (type.startsWith('[]')) return Array.isArray(value) && value.every((v) => decodes(type.slice(2), v, minor));
  if (/^(u?int(32|64)?)$/.test(type)) return Number.isInteger(value);
  if (/^float/.test(type)) return typeof value === 'number';
  if (type === 'bool') return typeof value === 'boolean';
  if (type === 'duration') return typeof value === 'string' && duration.test(value);
  if (type.startsWith('duration string or integer')) {
    return Number.isInteger(value) || (step(minor) >= 28 && typeof value === 'string' && duration.test(value));
  }
  if (type === 'quantity') return typeof value === 'string' || typeof value === 'number';
  if (type === 'object' || /^(Taint|MemoryReservation|ShutdownGracePeriodByPodPriority)$/.test(type)) return plain(value);
  if (type === 'VModuleConfiguration') return Array.isArray(value);
  return typeof value === 'string';
}

/** Unknown fields and wrong JSON types of a configuration file. Map-typed fields are not descended into. */
export function checkConfigFields(
  kind: 'KubeletConfiguration' | 'KubeProxyConfiguration',
  version: string,
  object: Record<string, unknown>,
): string[] {
  const minor = version.split('.').slice(0, 2).join('.');
  const fields = load<Record<string, Fields>>('kubeconfigs')[kind]!;
  const problems: string[] = [];
  const visit = (value: Record<string, unknown>, prefix: string): void => {
    for (const [key, inner] of Object.entries(value)) {
      if (prefix === '' && (key === 'apiVersion' || key === 'kind')) continue;
      const name = `${prefix}${key}`;
      const fact = fields[name];
      if (!fact || key.includes('.') || !has(fact.minors, minor)) problems.push(`${kind} ${minor}: unknown field ${name}`);
      else if (!decodes(fact.type, inner, minor)) {
        problems.push(`${kind} ${minor}: ${name} must be ${fact.type}, not ${JSON.stringify(inner)}`);
      } else if (fact.type === 'object') visit(inner as Record<string, unknown>, `${name}.`);
    }
  };
  visit(object, '');
  return problems;
}

/** Fields that a configuration must carry: the runtime's endpoint from 1.27, when its flag is deprecated. */
export function mandatoryConfigFields(kind: 'KubeletConfiguration' | 'KubeProxyConfiguration', version: string): string[] {
  return kind === 'KubeletConfiguration' && step(version) >= 27 ? ['containerRuntimeEndpoint'] : [];
}

/** Keys of daemon.json without a record in a docker version; dockerd exits on an unknown one. */
export function checkDockerDaemonJson(version: string, object: Record<string, unknown>): string[] {
  const keys = load<Record<string, Record<string, string[]>>>('docker')['daemon.json keys']!;
  const [year, month] = version.replace(/^v/, '').split('.').map(Number) as [number, number];
  const column = year >= 23 ? '26.1' : year > 20 || (year === 20 && month >= 10) ? '20.10' : '19.03';
  return Object.keys(object)
    .filter((key) => !keys[key]?.includes(column))
    .map((key) => `docker ${version}: unknown key ${key} in daemon.json`);
}
