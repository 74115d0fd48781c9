import { basename, dirname } from 'node:path';
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

/** `knode kubeconfig`: a certificate of a person's own, never one that was copied from a node. */
export async function kubeconfig(options: KubeconfigOptions, io: CommandIo): Promise<void> {
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
