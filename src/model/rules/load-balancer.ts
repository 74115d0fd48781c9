import { type Rule, warning } from './rule.ts';

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
