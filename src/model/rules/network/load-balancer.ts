import { familyNamed } from '../../../platform/families.ts';
import { osRelease } from '../../../release/program/os-release.ts';
import { milliseconds } from '../../../release/relations/go-values.ts';
import { error, type Finding, type Rule, warning } from '../rule.ts';
import { say } from './messages.ts';

/**
 * On loopback all clients have one address. knode adds the port to the hash, which then spreads connections, not
 * clients.
 */
export const hashSeesClients: Rule = ({ spec }) => {
  const { type, method } = spec.apiEndpoint.loadBalancer;
  if (type !== 'local' || method !== 'hash') return [];
  const path = ['apiEndpoint', 'loadBalancer', 'method'];
  return [warning(path, say('hash-on-loopback'))];
};

/** Some OS families need preparation for nginx: SELinux confines it, and RHEL 7 has it in EPEL only. */
export const nginxMayServe: Rule = ({ spec }) => {
  const { loadBalancer } = spec.apiEndpoint;
  const { family, selinux, release } = spec.os;
  if (!familyNamed(family).confinesNginx || !['local', 'balancer'].includes(loadBalancer.type)) return [];
  const port = loadBalancer.type === 'local' ? loadBalancer.port : spec.apiEndpoint.port;
  const confined = warning(['os', 'selinux'], say('selinux-confines-nginx', { port }));
  const absent = warning(['os', 'release'], say('nginx-from-epel', { title: osRelease(release ?? '')?.title }));
  return [
    ...(selinux === 'keep' ? [confined] : []),
    ...(osRelease(release ?? '')?.nginx.from === 'EPEL' ? [absent] : []),
  ];
};

/** nginx, ngx_stream_proxy_module: a connection with a time limit of zero is closed at once. */
export const balancerWaits: Rule = ({ spec }) => {
  const { connectTimeout, idleTimeout } = spec.apiEndpoint.loadBalancer;
  const path = ['apiEndpoint', 'loadBalancer'];
  const found: Finding[] = [];
  for (const [key, value] of [
    ['connectTimeout', connectTimeout],
    ['idleTimeout', idleTimeout],
  ] as const) {
    const span = milliseconds(value) ?? Number.POSITIVE_INFINITY;
    if (span === 0) {
      found.push(error([...path, key], say('balancer-timeout/none', { key, value })));
    } else if (key === 'idleTimeout' && span < 60_000) {
      found.push(warning([...path, key], say('balancer-timeout/short', { value })));
    }
  }
  return found;
};
