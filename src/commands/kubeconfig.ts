import { basename, dirname } from 'node:path';
import { UserMistake } from '../base/failure.ts';
import { replaceFiles } from '../base/write-tree.ts';
import type { CertificateRequest } from '../component/contract.ts';
import { adminKubeconfig } from '../pki/kubeconfig.ts';
import { type CommandIo, demand, type GlobalOptions } from './io.ts';
import { issue, tellActions } from './issue.ts';
import { readClusterFile } from './read-inputs.ts';

export interface KubeconfigOptions extends GlobalOptions {
  readonly user: string;
  readonly group: readonly string[];
  readonly output?: string;
}

/** A user's name is a common name, and a file name in the state. */
function checkUser(name: string): void {
  if (/^[A-Za-z0-9@_.-]{1,58}$/.test(name)) return;
  const message = `'${name}' cannot be the user of a kubeconfig`;
  const hint = "use at most 58 letters, digits, '@', '_', '.' and '-', for example --user jane@example.com";
  throw new UserMistake([{ severity: 'error', code: 'invalid-user', message, hint }]);
}

/** Groups become organisations of the certificate's subject. */
function checkGroups(groups: readonly string[]): void {
  const wrong = groups.find((group) => !/^[^\p{Cc}]{1,64}$/u.test(group));
  if (wrong === undefined) return;
  const message = `'${wrong}' cannot be a group`;
  const hint = 'use 1 to 64 characters, for example --group devs';
  throw new UserMistake([{ severity: 'error', code: 'invalid-group', message, hint }]);
}

/** `knode kubeconfig`: a certificate of a person's own, never one that was copied from a node. */
export async function kubeconfig(options: KubeconfigOptions, io: CommandIo): Promise<void> {
  checkUser(options.user);
  checkGroups(options.group);
  const read = demand(readClusterFile(options.file), io);
  const id = `user-${options.user}`;
  const request: CertificateRequest = {
    id,
    authority: 'kubernetes',
    commonName: options.user,
    organizations: options.group,
    usages: ['client'],
    dnsNames: [],
    ipAddresses: [],
  };
  const { materials, actions } = await issue(read, { certificates: [request], secrets: [] }, options, io);
  tellActions(actions, options, io);
  if (options.dryRun) return io.stdout('dry run: nothing was written\n');
  const text = adminKubeconfig({
    clusterName: read.cluster.name,
    server: read.cluster.publicUrl,
    authorityPem: materials.authority('kubernetes', 'certificate'),
    certificatePem: materials.certificate(id),
    privateKeyPem: materials.privateKey(id),
    user: options.user,
  });
  if (options.output === undefined) return io.stdout(text);
  replaceFiles(dirname(options.output), [{ path: basename(options.output), content: text, mode: '0600' }]);
}
