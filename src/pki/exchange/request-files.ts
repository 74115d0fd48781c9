import type { CertificateRequest } from '../../component/requests.ts';
import { pendingRequestPath } from '../layout.ts';
import type { PkiSettings, StoredFiles } from '../settings.ts';
import { canonicalIp } from '../x509/general-name.ts';

/** The facts of a signing request for its signer. Public. */
export interface RequestFacts {
  readonly id: string;
  readonly file: string;
  readonly authority: string;
  readonly commonName: string;
  readonly organizations: readonly string[];
  readonly sans: readonly string[];
  readonly usages: readonly string[];
  readonly validityDays: number;
}

export function requestFacts(request: CertificateRequest, settings: PkiSettings): RequestFacts {
  return {
    id: request.id,
    file: `${request.id}.csr`,
    authority: request.authority,
    commonName: request.commonName,
    organizations: request.organizations,
    sans: [...new Set([...request.dnsNames, ...request.ipAddresses.map(canonicalIp)])].sort(),
    usages: [...request.usages].sort(),
    validityDays: Math.max(1, Math.floor(settings.certificateValidityHours / 24)),
  };
}

/** The folder for the authorities' owners: requests, a list for machines and one for people. */
export function requestFiles(
  facts: readonly RequestFacts[],
  clusterName: string,
  stored: StoredFiles,
): { path: string; content: string; mode: string }[] {
  const document = { cluster: clusterName, requests: facts };
  return [
    ...facts.map(({ id, file }) => ({ path: file, content: stored.get(pendingRequestPath(id)) ?? '', mode: '0644' })),
    { path: 'requests.json', content: `${JSON.stringify(document, undefined, 2)}\n`, mode: '0644' },
    { path: 'README.txt', content: readme(facts, clusterName), mode: '0644' },
  ];
}

function readme(facts: readonly RequestFacts[], clusterName: string): string {
  const [first] = facts;
  return [
    `Signing requests of the Kubernetes cluster ${clusterName}.`,
    '',
    'Sign each with the authority it names, keep subject, names and usages as they are, and send',
    'the certificates back in PEM; one a file, whatever its name. With openssl, for example:',
    '',
    `  openssl x509 -req -in ${first?.file} -CA ca.crt -CAkey ca.key -days ${first?.validityDays} -copy_extensions copy -out ${first?.id}.crt`,
    '',
    'Then, where the cluster file is: knode pki import DIR',
    '',
    ...facts.flatMap((one) => [
      one.file,
      `  authority  ${one.authority}`,
      `  subject    ${[...one.organizations.map((name) => `O=${name}`), `CN=${one.commonName}`].join(', ')}`,
      `  names      ${one.sans.join(', ') || 'none'}`,
      `  usages     ${one.usages.map((usage) => `${usage}Auth`).join(', ')}`,
      `  validity   ${one.validityDays} days`,
      '',
    ]),
  ].join('\n');
}
