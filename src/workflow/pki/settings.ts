import { dirname, join } from 'node:path';
import type { AuthorityName } from '../../component/requests.ts';
import type { ReadCluster } from '../../model/read-cluster.ts';
import type { AdoptedAuthority, PkiSettings } from '../../pki/settings.ts';
import { readUserFile } from '../read-inputs.ts';

function adoptedAuthorities(read: ReadCluster): Partial<Record<AuthorityName, AdoptedAuthority>> {
  const adopted: Partial<Record<AuthorityName, AdoptedAuthority>> = {};
  const folder = dirname(read.source.file);
  const text = (name: string) => new TextDecoder().decode(readUserFile(join(folder, name)));
  for (const [name, files] of Object.entries(read.cluster.spec.pki.authorities)) {
    if (files === undefined) continue;
    const certificatePem = text(files.certificate);
    adopted[name as AuthorityName] =
      files.key === undefined ? { certificatePem } : { certificatePem, privateKeyPem: text(files.key) };
  }
  return adopted;
}

/**
 * Settings of the cluster file for keys and certificates.
 * @throws UserMistake for an adopted file that cannot be read.
 */
export function pkiSettings(read: ReadCluster): PkiSettings {
  const { pki } = read.cluster.spec;
  const hours = (text: string) => Number.parseInt(text, 10);
  const subject = Object.fromEntries(Object.entries(pki.subject).filter(([, value]) => value !== undefined));
  return {
    clusterName: read.cluster.name,
    algorithm: pki.algorithm,
    caValidityHours: hours(pki.caValidity),
    certificateValidityHours: hours(pki.certificateValidity),
    renewBeforeHours: hours(pki.renewBefore),
    subject,
    adopted: adoptedAuthorities(read),
  };
}
