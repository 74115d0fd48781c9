import { osRelease } from '../../../release/program/os-release.ts';
import { milliseconds } from '../../../release/relations/go-values.ts';
import { error, type Finding, type Rule, warning } from '../rule.ts';

/** On loopback all clients have one address. knode takes the port along, and the hash spreads connections, not clients. */
export const hashSeesClients: Rule = ({ spec }) => {
  const { type, method } = spec.apiEndpoint.loadBalancer;
  if (type !== 'local' || method !== 'hash') return [];
  const path = ['apiEndpoint', 'loadBalancer', 'method'];
  const message =
    'behind 127.0.0.1 every client has the same address, so hash is taken of address and port: each connection by itself';
  return [
    warning(path, 'hash-on-loopback', message, 'least_conn spreads connections evenly; hash is for balancer nodes'),
  ];
};

/** On systems like RHEL an image must help nginx: SELinux confines it (httpd_selinux(8)), and release 7 has it in EPEL only. */
export const nginxMayServe: Rule = ({ spec }) => {
  const { loadBalancer } = spec.apiEndpoint;
  const { family, selinux, release } = spec.os;
  if (family !== 'rhel' || !['local', 'balancer'].includes(loadBalancer.type)) return [];
  const port = loadBalancer.type === 'local' ? loadBalancer.port : spec.apiEndpoint.port;
  const confined = warning(
    ['os', 'selinux'],
    'selinux-confines-nginx',
    `where SELinux enforces, nginx may neither listen on port ${port} nor reach the API servers`,
    `in the image: setsebool -P httpd_can_network_connect 1, semanage port -a -t http_port_t -p tcp ${port}; or set permissive`,
  );
  const absent = warning(
    ['os', 'release'],
    'nginx-from-epel',
    `nginx of ${osRelease(release ?? '')?.title} is in EPEL, which the system does not ask by itself`,
    'in the image: yum install epel-release',
  );
  return [
    ...(selinux === 'keep' ? [confined] : []),
    ...(osRelease(release ?? '')?.nginx.from === 'EPEL' ? [absent] : []),
  ];
};

/** nginx, ngx_stream_proxy_module: a connection that may take no time at all is given up at once. */
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
      const message = `with ${key} ${value} the load balancer gives up each connection to the API at once`;
      found.push(error([...path, key], 'balancer-timeout', message, 'for example 3s, and 24h for idleTimeout'));
    } else if (key === 'idleTimeout' && span < 60_000) {
      const message = `idleTimeout ${value} cuts watches, exec and logs -f that are silent for so long: kubelets seem gone`;
      found.push(warning([...path, key], 'balancer-timeout', message, 'leave it out for 24h'));
    }
  }
  return found;
};
