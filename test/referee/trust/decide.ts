/** Puts one row of the table before the real API server and the rendered approver. */
import type { ApiAnswer } from '../servers/kubernetes-api.ts';
import { sleep } from '../tools.ts';
import type { Request, TrustLab } from './support.ts';
import { command, type NodeState, type Row, w1 } from './table.ts';

export const nodesPath = '/api/v1/nodes';
export const csrsPath = '/apis/certificates.k8s.io/v1/certificatesigningrequests';

let asked = 0;

export interface Decision {
  /** The approver's message, or the API server's if it refuses the request. */
  readonly said: string;
  /** The request's. */
  readonly name: string;
  readonly approved: boolean;
  /** Base64 of PEM. */
  readonly certificate: string;
}

export async function made(answer: Promise<ApiAnswer>): Promise<void> {
  const { status, body } = await answer;
  if (status >= 300) throw new Error(`${status}: ${body.message}`);
}

export async function register(lab: TrustLab, { name, address, passport, ready = true }: NodeState): Promise<void> {
  const shown = passport === command ? command : Buffer.from(passport ?? '').toString('base64');
  const node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, annotations: passport === undefined ? {} : { 'knode.dev/passport': shown } },
    status: {
      addresses: [
        { type: 'InternalIP', address },
        { type: 'Hostname', address: name },
      ],
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'Unknown' }],
    },
  };
  await made(lab.api.ask('POST', nodesPath, node));
}

async function request(lab: TrustLab, name: string, row: Row): Promise<object> {
  const { signer, usages } = row;
  const spec = { request: Buffer.from(await lab.pem(row as Request)).toString('base64'), signerName: signer, usages };
  return {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name },
    spec,
  };
}

/** Requests a certificate according to the row, runs the approver, and returns its message. */
export async function decide(lab: TrustLab, row: Row): Promise<Decision> {
  await made(lab.api.ask('DELETE', nodesPath));
  await made(lab.api.ask('DELETE', csrsPath));
  const standing = [
    { name: 'm1', address: '10.250.0.11', passport: lab.rendered('m1') },
    { name: 'w2', address: '10.250.0.22', passport: lab.rendered('w2') },
  ];
  const nodes = (await row.nodes?.(lab)) ?? w1(lab);
  for (const node of [...standing, ...nodes]) await register(lab, node);
  // Only an administrator may speak for others; user and groups are in the request then as a certificate would put them there.
  asked += 1;
  const name = `csr-${asked}`;
  const created = await lab.api.ask('POST', csrsPath, await request(lab, name, row), {
    user: row.user,
    groups: row.groups ?? [],
  });
  if (created.status >= 300) return { said: created.body.message, name, approved: false, certificate: '' };
  const said = await lab.script('approve-csrs');
  for (let round = 0; ; round++) {
    const { conditions = [], certificate = '' } = (await lab.api.ask('GET', `${csrsPath}/${name}`)).body.status;
    const yes = conditions[0]?.type === 'Approved';
    if (!yes || conditions.length > 1 || certificate !== '' || round > 100)
      return { said, name, approved: yes, certificate };
    await sleep(50);
  }
}
