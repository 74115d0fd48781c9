import { isAddress, isNetwork } from '../../base/cidr.ts';
import { isCpuSet, quantity } from './go-values.ts';
import { must } from './messages.ts';

/** Why a value does not have a format, in words that follow the field's name; undefined if it does. */
type Format = (value: unknown, minor: string) => string | undefined;

/** pkg/proxy/apis/config/v1alpha1/defaults.go adds the usual port to a plain address. */
function hostPort(value: unknown): string | undefined {
  if (isAddress(String(value))) return undefined;
  const match = /^(?:\[([^\]]*)\]|([^:]*)):(\d+)$/.exec(String(value));
  if (match === null || !isAddress(match[1] ?? match[2] ?? '')) return must.hostPort;
  const port = Number(match[3]);
  return port >= 1 && port <= 65535 ? undefined : must.port;
}

/** k8s.io/apimachinery, pkg/util/net/port_range.go: a port, low-high, or first+count. */
function portRange(value: unknown): string | undefined {
  const text = String(value).trim();
  if (text === '') return undefined;
  const match = /^(\d{1,5})(?:([-+])(\d{1,5}))?$/.exec(text);
  const low = Number(match?.[1]);
  const high = match?.[2] === '-' ? Number(match[3]) : low + Number(match?.[3] ?? 0);
  return match !== null && low <= high && high <= 65535 ? undefined : must.portRange;
}

/** k8s.io/component-base, metrics/version_parser.go and registry.go: the minor before the program's own, nothing else. */
function previousMinor(value: unknown, minor: string): string | undefined {
  const [major, own] = minor.split('.').map(Number);
  const wanted = `${major}.${(own ?? 0) - 1}`;
  return value === '' || value === wanted ? undefined : must.previousMinor(wanted);
}

function containerLogSize(value: unknown): string | undefined {
  const bytes = quantity(value);
  return bytes !== undefined && Number.isInteger(bytes) && bytes >= 0 ? undefined : must.size;
}

function cleanPath(value: unknown): string | undefined {
  const text = String(value);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what it looks for
  if (!/^[\u0000-\u007f]*$/.test(text)) return must.ascii;
  return /^(\/[^/]+)+$/.test(text) && !/(^|\/)\.\.?(\/|$)/.test(text) ? undefined : must.path;
}

function cidrs(value: unknown): string | undefined {
  const parts = String(value).split(',');
  return value === '' || (parts.length <= 2 && parts.every(isNetwork)) ? undefined : must.cidr;
}

function nodePortAddresses(value: unknown): string | undefined {
  const list = Array.isArray(value) ? value : [value];
  const primary = list.length === 1 && list[0] === 'primary';
  return primary || list.every((one) => isNetwork(String(one))) ? undefined : must.cidrs;
}

/** k8s.io/component-helpers, node/util/sysctl/namespace.go: the names, and the part before a dot or a star. */
const namespaced =
  /^(kernel\.(sem|shm(all|max|mni|_rmid_forced)?|msg(max|mnb|mni)?)|(net|fs\.mqueue)\..+|kernel\.(shm|msg)\*)$/;

/** pkg/kubelet/sysctl/allowlist.go; it treats slashes as dots. */
function namespacedSysctls(value: unknown): string | undefined {
  const list = Array.isArray(value) ? value : String(value).split(',');
  const wrong = list.map(String).find((item) => item !== '' && !namespaced.test(item.replaceAll('/', '.')));
  return wrong === undefined ? undefined : must.namespaced(wrong);
}

/** The formats that `facts/config-values.json` names. */
export const formats: Readonly<Record<string, Format>> = {
  ip: (value) => (isAddress(String(value)) ? undefined : must.ip),
  cpuset: (value) => (value === '' || isCpuSet(String(value)) ? undefined : must.cpuset),
  size: containerLogSize,
  hostPort,
  portRange,
  previousMinor,
  cleanPath,
  cidrs,
  nodePortAddresses,
  namespacedSysctls,
};

/** An example of each format, for hints. */
export const formatExamples: Readonly<Record<string, string>> = {
  ip: '0.0.0.0',
  cpuset: '0-1',
  size: '50Mi',
  hostPort: '127.0.0.1:10249',
  portRange: '30000-32767',
  cleanPath: '/var/log/pods',
  cidrs: '10.244.0.0/16',
  nodePortAddresses: '[10.0.0.0/16]',
  namespacedSysctls: '[net.core.somaxconn, kernel.msg*]',
};
