import { X509Certificate } from 'node:crypto';
import { basename, dirname } from 'node:path';
import { mistake, UserMistake } from '../base/failure.ts';
import { replaceFiles } from '../base/files/write-tree.ts';
import { ofOption, together } from '../base/option-mistakes.ts';
import type { CertificateRequest } from '../component/requests.ts';
import { adminKubeconfig } from '../pki/kubeconfig.ts';
import { issue, tellActions } from '../workflow/pki/issue.ts';
import { begin, type CommandIo, type GlobalOptions, printJson } from './io.ts';
import { say } from './messages.ts';

export interface KubeconfigOptions extends GlobalOptions {
  readonly user: string;
  readonly group: readonly string[];
  readonly output?: string;
}

/** A user's name is a common name, and a file name in the state. */
function checkUser(name: string): void {
  if (/^[A-Za-z0-9@_.-]{1,58}$/.test(name)) return;
  throw mistake(say('invalid-user', { name }));
}

/** Groups become organisations of the certificate's subject. */
function checkGroups(groups: readonly string[]): void {
  const wrong = groups.filter((group) => !/^[^\p{Cc}]{1,64}$/u.test(group));
  const found = wrong.map((group) => {
    return { severity: 'error', ...say('invalid-group', { group }) } as const;
  });
  if (found.length > 0) throw new UserMistake(found);
}

/**
 * `knode kubeconfig`: a separate certificate for a person, never copied from a node. The kubeconfig holds a key, so
 * `--json` says what was made and where it is, but not its content.
 */
export async function kubeconfig(options: KubeconfigOptions, io: CommandIo): Promise<void> {
  const { user, group: groups, output, dryRun = false } = options;
  const [, , session] = together([
    () => ofOption('--user', () => checkUser(user)),
    () => ofOption('--group', () => checkGroups(groups)),
    () => begin(options, io),
  ]);
  const id = `user-${user}`;
  const request: CertificateRequest = {
    id,
    authority: 'kubernetes',
    commonName: user,
    organizations: groups,
    usages: ['client'],
    dnsNames: [],
    ipAddresses: [],
  };
  const { materials, actions } = await issue(session, { certificates: [request], secrets: [] });
  tellActions(actions, session);
  const { name: cluster, publicUrl: server } = session.read.cluster;
  const told = { dryRun, cluster, server, user, groups, output: output ?? null, actions };
  if (dryRun) return options.json ? printJson(told, io) : io.stdout('dry run: nothing was written\n');
  const certificatePem = materials.certificate(id);
  const text = adminKubeconfig({
    clusterName: cluster,
    server,
    authorityPem: materials.authority('kubernetes', 'certificate'),
    certificatePem,
    privateKeyPem: materials.privateKey(id),
    user,
  });
  if (output !== undefined) replaceFiles(dirname(output), [{ path: basename(output), content: text, mode: '0600' }]);
  if (options.json) printJson({ ...told, certificate: factsOf(id, certificatePem) }, io);
  else if (output === undefined) io.stdout(text);
}

function factsOf(id: string, pem: string): object {
  const { validFrom, validTo, fingerprint256: fingerprint } = new X509Certificate(pem);
  const [notBefore, notAfter] = [validFrom, validTo].map((time) => new Date(time).toISOString());
  return { id, notBefore, notAfter, fingerprint };
}
