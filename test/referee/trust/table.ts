/** Which requests are approved, and which stay pending, each with the approver's reason. */
import type { PassportRequest } from '../../../src/component/requests.ts';
import { otherState, type Request, type TrustLab } from './support.ts';

export const serving = 'kubernetes.io/kubelet-serving';
export const clientSigner = 'kubernetes.io/kube-apiserver-client-kubelet';
const poolGroups = ['knode:pools', 'knode:names:web-n*', 'knode:network:10.250.1.0/24'];
const looseGroups = ['knode:pools', 'knode:names:*', 'knode:network:10.250.3.0/24'];
const batchGroups = ['knode:pools', 'knode:names:batch-{address}', 'knode:network:10.250.2.0/24'];

/** A Node as its kubelet registers it. */
export interface NodeState {
  readonly name: string;
  readonly address: string;
  /** Text of the passport that it shows. */
  readonly passport?: string | undefined;
  readonly ready?: boolean;
}

export interface Row extends Partial<Request> {
  readonly user: string;
  readonly groups?: readonly string[];
  readonly signer?: string;
  readonly usages?: readonly string[];
  /** Nodes besides those that are always there. */
  readonly nodes?: (lab: TrustLab) => readonly NodeState[] | Promise<readonly NodeState[]>;
}

export const claims = (over: Partial<PassportRequest> = {}): PassportRequest => ({
  id: 'w1',
  cluster: 'trust',
  bearer: { kind: 'node', name: 'w1', address: '10.250.0.21' },
  role: 'worker',
  labels: [],
  taints: [],
  ...over,
});
export const w1 = (lab: TrustLab, passport?: string): readonly NodeState[] => [
  { name: 'w1', address: '10.250.0.21', passport: passport ?? lab.rendered('w1') },
];
const shows = (make: (lab: TrustLab) => string) => (lab: TrustLab) => w1(lab, make(lab));
const web =
  (address: string, name = 'web-n1') =>
  (lab: TrustLab) => [{ name, address, passport: lab.rendered('pool-web') }];
const batch = (name: string, address: string) => (lab: TrustLab) => [
  { name, address, passport: lab.rendered('pool-batch') },
];
const loose = (name: string, address: string) => (lab: TrustLab) => [
  { name, address, passport: lab.rendered('pool-loose') },
];

function servingRow(node: string, san: string | undefined, more: Partial<Row> = {}): Row {
  return {
    user: `system:node:${node}`,
    groups: ['system:nodes'],
    signer: serving,
    usages: ['digital signature', 'key encipherment', 'server auth'],
    subject: `/O=system:nodes/CN=system:node:${node}`,
    ...(san === undefined ? {} : { san }),
    ...more,
  };
}

function clientRow(pool: string, groups: readonly string[], node: string, more: Partial<Row> = {}): Row {
  return {
    user: `knode:pool:${pool}`,
    groups,
    signer: clientSigner,
    usages: ['digital signature', 'key encipherment', 'client auth'],
    subject: `/O=system:nodes/CN=system:node:${node}`,
    ...more,
  };
}

export const approved: readonly [string, Row][] = [
  ['the right serving request of a named worker', servingRow('w1', 'DNS:w1,IP:10.250.0.21')],
  ['one for its address alone', servingRow('w1', 'IP:10.250.0.21')],
  ['one for its name alone', servingRow('w1', 'DNS:w1')],
  [
    'one without key encipherment',
    servingRow('w1', 'IP:10.250.0.21', { usages: ['digital signature', 'server auth'] }),
  ],
  ['one with a critical extension', servingRow('w1', 'critical,IP:10.250.0.21')],
  ['a master’s', servingRow('m1', 'DNS:m1,IP:10.250.0.11')],
  [
    'one by a passport with a newer end',
    servingRow('w1', 'IP:10.250.0.21', { nodes: shows((lab) => lab.passport(claims(), '2098-01-01T00:00:00Z', 7)) }),
  ],
  [
    'a pool machine’s, with an address of its network',
    servingRow('web-n1', 'DNS:web-n1,IP:10.250.1.31', { nodes: web('10.250.1.31') }),
  ],
  [
    'a machine’s that is named by its address',
    servingRow('batch-10-250-2-31', 'IP:10.250.2.31', { nodes: batch('batch-10-250-2-31', '10.250.2.31') }),
  ],
  ['a first client request of a pool’s machine', clientRow('web', poolGroups, 'web-n2')],
  [
    'a first client request of a machine that is named by its address',
    clientRow('batch', batchGroups, 'batch-10-250-2-32'),
  ],
  [
    'a client request without key encipherment',
    clientRow('web', poolGroups, 'web-n3', { usages: ['digital signature', 'key encipherment', 'client auth'] }),
  ],
  [
    'a client request for a machine of the pool that came back under its name',
    clientRow('web', poolGroups, 'web-n4', {
      nodes: (lab) => [
        { ...web('10.250.1.34', 'web-n4')(lab)[0], name: 'web-n4', address: '10.250.1.34', ready: false },
      ],
    }),
  ],
];

export const command = '$(touch /tmp/knode-trust)`touch /tmp/knode-trust`';
const nodeCsr = (more: Partial<Row>): Row => servingRow('w1', 'DNS:w1,IP:10.250.0.21', more);
const twice = (pem: string): string => pem + pem;
const withSan = (san: string): Row => servingRow('w1', san);

export const pending: readonly [string, Row, RegExp][] = [
  // Requesters.
  ['a requester that is no node', nodeCsr({ user: 'admin' }), /requester is no node/],
  ['a requester without the group of nodes', nodeCsr({ groups: [] }), /not in the group system:nodes/],
  [
    'a requester with a group that only looks like it',
    nodeCsr({ groups: ['x" "system:nodes'] }),
    /not in the group system:nodes/,
  ],
  ['a service account', nodeCsr({ user: 'system:serviceaccount:default:default' }), /requester is no node/],
  ['a node in upper case', nodeCsr({ user: 'system:node:W1' }), /requester is no node/],
  ['a requester that is a command', nodeCsr({ user: 'system:node:$(touch /tmp/knode-trust)' }), /requester is no node/],
  ['a node that is not registered', servingRow('w9', 'DNS:w9'), /shows no passport/],
  // Subjects.
  [
    'another node’s subject',
    nodeCsr({ subject: '/O=system:nodes/CN=system:node:m1' }),
    /asks for the subject system:node:m1/,
  ],
  ['the subject in upper case', nodeCsr({ subject: '/O=system:nodes/CN=SYSTEM:NODE:w1' }), /asks for the subject/],
  [
    'another organisation',
    nodeCsr({ subject: '/O=system:masters/CN=system:node:w1' }),
    /asks for the group system:masters/,
  ],
  [
    'a further organisation',
    nodeCsr({ subject: '/O=system:masters/O=system:nodes/CN=system:node:w1' }),
    /not one that a kubelet makes/,
  ],
  [
    'a further organisation behind',
    nodeCsr({ subject: '/O=system:nodes/CN=system:node:w1/O=system:masters' }),
    /not one that a kubelet makes/,
  ],
  [
    'two organisations in one part',
    nodeCsr({ subject: '/O=system:nodes+O=system:masters/CN=system:node:w1' }),
    /not one that a kubelet makes/,
  ],
  [
    'a further common name',
    nodeCsr({ subject: '/O=system:nodes/CN=system:node:w1/CN=admin' }),
    /not one that a kubelet makes/,
  ],
  ['a unit', nodeCsr({ subject: '/O=system:nodes/OU=x/CN=system:node:w1' }), /not one that a kubelet makes/],
  [
    'a subject with a line break',
    nodeCsr({ subject: '/O=system:nodes/CN=system:node:w1\nX509v3 Subject Alternative Name' }),
    /not one that a kubelet makes/,
  ],
  ['no organisation', nodeCsr({ subject: '/CN=system:node:w1' }), /not one that a kubelet makes/],
  // Usages and signers.
  ['a client usage', nodeCsr({ usages: ['digital signature', 'server auth', 'client auth'] }), /asks for the usages/],
  ['a signing usage', nodeCsr({ usages: ['cert sign', 'server auth'] }), /asks for the usages/],
  ['no server usage', nodeCsr({ usages: ['digital signature', 'key encipherment'] }), /asks for the usages/],
  ['any usage', nodeCsr({ usages: ['any', 'server auth'] }), /asks for the usages/],
  ['the signer of clients', nodeCsr({ signer: 'kubernetes.io/kube-apiserver-client' }), /^$/],
  ['a signer of others', nodeCsr({ signer: 'example.com/kubelet-serving' }), /^$/],
  // Names.
  ['the API endpoint’s address', withSan('IP:10.250.0.10'), /10\.250\.0\.10 is reserved/],
  ['the address of a Service', withSan('IP:10.96.0.1'), /10\.96\.0\.1 is reserved/],
  ['loopback', withSan('IP:127.0.0.1'), /127\.0\.0\.1 is reserved/],
  ['another node’s address besides its own', withSan('IP:10.250.0.21,IP:10.250.0.22'), /10\.250\.0\.22/],
  ['another node’s name besides its own', withSan('DNS:w1,DNS:w2'), /asks for the name w2/],
  ['the API server’s name', withSan('DNS:kubernetes.default.svc'), /asks for the name kubernetes\.default\.svc/],
  ['the API server’s name in upper case', withSan('DNS:KUBERNETES.default.svc'), /asks for the name KUBERNETES/],
  ['its own name in upper case', withSan('DNS:W1'), /asks for the name W1/],
  ['a wildcard', withSan('DNS:*'), /asks for the name \*/],
  ['a wildcard below its name', withSan('DNS:*.w1'), /asks for the name/],
  ['its name with a dot', withSan('DNS:w1.'), /asks for the name w1\./],
  ['localhost', withSan('DNS:localhost'), /asks for the name localhost/],
  ['an address as a name', withSan('DNS:10.250.0.10'), /asks for the name/],
  ['an IPv6 address', withSan('IP:fd00::1'), /no IPv4 address/],
  ['its address in IPv6', withSan('IP:::ffff:10.250.0.10'), /no IPv4 address/],
  ['an e-mail address', withSan('DNS:w1,email:a@b.c'), /not one that a kubelet makes/],
  ['a URI', withSan('DNS:w1,URI:spiffe://x'), /not one that a kubelet makes/],
  ['another kind of name', withSan('DNS:w1,otherName:1.2.3.4;UTF8:x'), /not one that a kubelet makes/],
  ['a directory name', withSan('DNS:w1,RID:1.2.3.4'), /not one that a kubelet makes/],
  ['no name at all', servingRow('w1', undefined), /asks for no name/],
  // Requests.
  [
    'names in two extensions',
    nodeCsr({ extensions: '2.5.29.17=DER:30:04:82:02:77:32' }),
    /not one that a kubelet makes/,
  ],
  [
    'a certificate that may sign',
    nodeCsr({ extensions: 'basicConstraints=critical,CA:TRUE' }),
    /not one that a kubelet makes/,
  ],
  ['a further attribute', nodeCsr({ attributes: 'challengePassword=secret' }), /not one that a kubelet makes/],
  ['two requests in one', nodeCsr({ edit: twice }), /not one that a kubelet makes/],
  ['a text before the request', nodeCsr({ edit: (pem) => `x\n${pem}` }), /not one that a kubelet makes/],
  [
    'a request that its key did not sign',
    nodeCsr({ edit: (pem) => breakSignature(pem) }),
    /not one that a kubelet makes|invalid/,
  ],
  [
    'a huge request',
    servingRow('w1', Array.from({ length: 600 }, (_, index) => `DNS:w${index}.example.com`).join(',')),
    /not one that a kubelet makes/,
  ],
  // Passports of named nodes.
  [
    'a node without a passport',
    nodeCsr({ nodes: () => [{ name: 'w1', address: '10.250.0.21' }] }),
    /shows no passport/,
  ],
  [
    'a passport that ended',
    nodeCsr({ nodes: shows((lab) => lab.passport(claims(), '2026-01-01T00:00:00Z')) }),
    /its passport ended on 2026-01-01/,
  ],
  [
    'a passport of another cluster',
    nodeCsr({ nodes: shows((lab) => lab.passport(claims({ cluster: 'prod' }))) }),
    /of the cluster prod/,
  ],
  [
    'a passport of another state',
    nodeCsr({ nodes: async (lab) => w1(lab, lab.passport(claims(), undefined, 1, await otherState())) }),
    /not signed by the key/,
  ],
  ['a copy of another node’s passport', nodeCsr({ nodes: shows((lab) => lab.rendered('w2')) }), /that of the node w2/],
  [
    'a copy of a master’s passport',
    servingRow('w1', 'IP:10.250.0.11', { nodes: shows((lab) => lab.rendered('m1')) }),
    /that of the node m1/,
  ],
  ['a copy of a pool’s passport', nodeCsr({ nodes: shows((lab) => lab.rendered('pool-web')) }), /of the pool web/],
  [
    'a passport with another address',
    nodeCsr({ nodes: shows((lab) => lab.rendered('w1').replace('10.250.0.21', '10.250.0.10')), san: 'IP:10.250.0.10' }),
    /not signed by the key/,
  ],
  [
    'a passport with a longer life',
    nodeCsr({ nodes: shows((lab) => lab.rendered('w1').replace(/not-after 20/, 'not-after 21')) }),
    /not signed by the key/,
  ],
  [
    'a passport with a claim behind its signature',
    nodeCsr({ nodes: shows((lab) => `${lab.rendered('w1')}address 10.250.0.10\n`) }),
    /not signed by the key/,
  ],
  [
    'a claim between passport and signature',
    nodeCsr({ nodes: shows((lab) => lab.rendered('w1').replace('signature ', 'address 10.250.0.10\nsignature ')) }),
    /not signed by the key/,
  ],
  [
    'two passports',
    nodeCsr({ nodes: shows((lab) => lab.rendered('w1') + lab.rendered('w2')) }),
    /not signed by the key/,
  ],
  [
    'a passport without a signature',
    nodeCsr({ nodes: shows((lab) => lab.rendered('w1').replace(/signature .*\n/, '')) }),
    /cannot be read/,
  ],
  [
    'an empty signature',
    nodeCsr({ nodes: shows((lab) => lab.rendered('w1').replace(/signature .*\n/, 'signature \n')) }),
    /not signed|cannot be read/,
  ],
  ['a signed text that is no passport', nodeCsr({ nodes: shows((lab) => signedAnything(lab)) }), /cannot be read/],
  [
    'a passport of a later kind',
    nodeCsr({ nodes: shows((lab) => signedLater(lab)) }),
    /which this master does not know/,
  ],
  ['a huge passport', nodeCsr({ nodes: shows((lab) => lab.rendered('w1') + 'x'.repeat(20_000)) }), /cannot be read/],
  [
    'a passport that is a command',
    nodeCsr({ nodes: () => [{ name: 'w1', address: '10.250.0.21', passport: command }] }),
    /cannot be read/,
  ],
  // A worker whose passport was given the address of the API.
  [
    'the API endpoint as a worker’s own address',
    servingRow('w1', 'IP:10.250.0.10', {
      nodes: shows((lab) => lab.passport(claims({ bearer: { kind: 'node', name: 'w1', address: '10.250.0.10' } }))),
    }),
    /10\.250\.0\.10 is reserved/,
  ],
  // Machines of pools.
  [
    'an address outside of the pool’s network',
    servingRow('web-n1', 'IP:10.250.0.31', { nodes: web('10.250.0.31') }),
    /outside of its pool's network/,
  ],
  [
    'an extra SAN of the API within the network',
    servingRow('web-n1', 'IP:10.250.1.77', { nodes: web('10.250.1.77') }),
    /10\.250\.1\.77 is reserved/,
  ],
  [
    'an etcd node’s address within the network',
    servingRow('web-n1', 'IP:10.250.1.5', { nodes: web('10.250.1.5') }),
    /10\.250\.1\.5 is reserved/,
  ],
  [
    'a balancer’s address within the network',
    servingRow('web-n1', 'IP:10.250.1.6', { nodes: web('10.250.1.6') }),
    /10\.250\.1\.6 is reserved/,
  ],
  [
    'an address that is not the Node’s',
    servingRow('web-n1', 'IP:10.250.1.32', { nodes: web('10.250.1.31') }),
    /not the Node's InternalIP/,
  ],
  [
    'an address that another node has',
    servingRow('web-n1', 'IP:10.250.1.31', {
      nodes: (lab) => [...web('10.250.1.31')(lab), ...web('10.250.1.31', 'web-n9')(lab)],
    }),
    /the node web-n9 has the address/,
  ],
  [
    'a name that is not the pool’s',
    servingRow('db-1', 'DNS:db-1', { nodes: web('10.250.1.31', 'db-1') }),
    /machines are named web-n\*/,
  ],
  [
    'a Service’s name as a machine’s',
    servingRow('web.prod.svc', 'DNS:web.prod.svc', { nodes: loose('web.prod.svc', '10.250.3.9') }),
    /is reserved/,
  ],
  [
    'a name below an extra SAN',
    servingRow('x.wild.example.com', 'DNS:x.wild.example.com', { nodes: loose('x.wild.example.com', '10.250.3.9') }),
    /is reserved/,
  ],
  [
    'another address in the machine’s name',
    servingRow('batch-10-250-2-31', 'IP:10.250.2.33', { nodes: batch('batch-10-250-2-31', '10.250.2.33') }),
    /not that of its name/,
  ],
  // First client requests.
  ['a master’s name with a pool’s credential', clientRow('loose', looseGroups, 'm1'), /m1 is reserved/],
  ['an etcd node’s name', clientRow('loose', looseGroups, 'e1'), /e1 is reserved/],
  ['a balancer’s name', clientRow('loose', looseGroups, 'lb1'), /lb1 is reserved/],
  ['a name of the API server', clientRow('loose', looseGroups, 'kubernetes.default.svc'), /is reserved/],
  ['the API endpoint’s name', clientRow('loose', looseGroups, 'api.example.com'), /is reserved/],
  ['a name outside of the pattern', clientRow('web', poolGroups, 'w1'), /named web-n\*, not w1/],
  ['the name of a Ready node', clientRow('loose', looseGroups, 'w2'), /another machine is the Ready node w2/],
  [
    'the name of a named node that is off',
    clientRow('loose', looseGroups, 'w3', {
      nodes: (lab) => [
        {
          name: 'w3',
          address: '10.250.0.24',
          ready: false,
          passport: lab.passport(
            claims({ bearer: { kind: 'node', name: 'w3', address: '10.250.0.24' } }),
            '2026-01-01T00:00:00Z',
          ),
        },
      ],
    }),
    /that is not of the pool loose/,
  ],
  [
    'the name of another pool’s machine',
    clientRow('loose', looseGroups, 'web-n8', {
      nodes: (lab) => [{ name: 'web-n8', address: '10.250.1.38', ready: false, passport: lab.rendered('pool-web') }],
    }),
    /not of the pool loose/,
  ],
  [
    'the name of a node without a passport',
    clientRow('loose', looseGroups, 'x1', { nodes: () => [{ name: 'x1', address: '10.250.3.4', ready: false }] }),
    /not of the pool loose/,
  ],
  [
    'a machine named by an address of others',
    clientRow('batch', batchGroups, 'batch-10-250-0-11'),
    /named batch-\{address\}/,
  ],
  ['a machine named by no address', clientRow('batch', batchGroups, 'batch-10-250-2-031'), /named batch-\{address\}/],
  [
    'a machine named by an address and more',
    clientRow('batch', batchGroups, 'batch-10-250-2-31.example.com'),
    /named batch-\{address\}/,
  ],
  [
    'an administrator’s group',
    clientRow('web', poolGroups, 'web-n5', { subject: '/O=system:masters/CN=system:node:web-n5' }),
    /asks for the group system:masters/,
  ],
  [
    'a user that is no node',
    clientRow('web', poolGroups, 'x', { subject: '/O=system:nodes/CN=admin' }),
    /asks for the subject admin/,
  ],
  [
    'a node without a name',
    clientRow('web', poolGroups, 'x', { subject: '/O=system:nodes/CN=system:node:' }),
    /asks for the subject|named web/,
  ],
  ['a node in upper case by a pool', clientRow('loose', looseGroups, 'M1'), /named \*, not M1/],
  [
    'a client request with names of a server',
    clientRow('web', poolGroups, 'web-n6', { san: 'DNS:web-n6' }),
    /asks for names of a server/,
  ],
  [
    'a client request with a server usage',
    clientRow('web', poolGroups, 'web-n6', { usages: ['digital signature', 'client auth', 'server auth'] }),
    /asks for the usages/,
  ],
  [
    'a serving request by a pool’s credential',
    clientRow('web', poolGroups, 'web-n6', {
      signer: serving,
      usages: ['digital signature', 'server auth'],
      san: 'DNS:web-n6',
    }),
    /requester is no node/,
  ],
  [
    'a pool’s credential in a further group',
    clientRow('web', [...poolGroups, 'devs'], 'web-n6'),
    /is in the group devs/,
  ],
  ['two patterns', clientRow('web', [...poolGroups, 'knode:names:*'], 'x6'), /groups are not a pool's/],
  ['no pattern', clientRow('web', ['knode:pools', 'knode:network:10.250.1.0/24'], 'web-n6'), /groups are not a pool's/],
  [
    'a pattern that is an expression',
    clientRow('web', ['knode:pools', 'knode:names:@(m1)', 'knode:network:10.250.1.0/24'], 'm1'),
    /named @\(m1\)/,
  ],
];

/** The last byte of the signature is another. */
function breakSignature(pem: string): string {
  const body = Buffer.from(pem.replace(/-----.*-----|\n/g, ''), 'base64');
  body.writeUInt8(body.readUInt8(body.length - 1) ^ 1, body.length - 1);
  const lines = body.toString('base64').replace(/(.{64})/g, '$1\n');
  return `-----BEGIN CERTIFICATE REQUEST-----\n${lines}\n-----END CERTIFICATE REQUEST-----\n`;
}

function signedAnything(lab: TrustLab): string {
  const text = 'node w1\naddress 10.250.0.21\ncluster trust\n';
  return `${text}signature ${lab.signature(text).toString('base64')}\n`;
}

function signedLater(lab: TrustLab): string {
  const text = lab
    .rendered('w1')
    .replace(/signature .*\n/, '')
    .replace('role worker\n', 'role worker\nzone a\n');
  return `${text}signature ${lab.signature(text).toString('base64')}\n`;
}
