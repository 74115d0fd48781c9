import * as z from 'zod';
import { hostName, ipAddress, port, subjectAltName } from './addresses.ts';
import { duration } from './primitives.ts';

const loadBalancer = z
  .strictObject({
    type: z
      .enum(['local', 'external', 'balancer'])
      .default('local')
      .describe(
        'How nodes reach the API servers. local: nginx on 127.0.0.1 of every node. external: one that you run at the endpoint; its health check connects by TCP to port 6443, because without a client certificate the API server answers 401 to HTTPS checks of /readyz and /healthz while anonymousAuth is false. balancer: the balancer nodes.',
      ),
    port: port.default(8443).describe('Port of the local load balancer.'),
    method: z
      .enum(['hash', 'least_conn', 'round_robin'])
      .default('least_conn')
      .describe(
        'hash: consistent, by client address; with type local by address and port. The list begins with a different API server on each node, and an API server is left out while its /readyz fails.',
      ),
    connectTimeout: duration.default('3s').describe('proxy_connect_timeout.'),
    idleTimeout: duration.default('24h').describe('proxy_timeout. A short one cuts watches, exec and logs -f.'),
    maxFails: z.int().min(0).default(3).describe('max_fails.'),
    failTimeout: duration.default('30s').describe('fail_timeout.'),
  })
  .prefault({})
  .describe('The load balancer in front of the API servers.');

export const apiEndpoint = z
  .strictObject({
    address: ipAddress.optional().describe('Virtual or balancer address of the API.'),
    name: hostName.optional().describe('DNS name of the API.'),
    port: port.default(6443).describe('Port at the endpoint.'),
    extraSANs: z
      .array(subjectAltName)
      .default([])
      .describe('Further names and addresses in the API server’s certificate.'),
    loadBalancer,
  })
  .describe('Where people and, unless the load balancer is local, nodes reach the API. An address, a name or both.');
