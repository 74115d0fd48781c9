import type { PkiSettings } from './settings.ts';
import { type AttributeTypeAndValue, encodeName } from './x509/name.ts';
import { oids } from './x509/oids.ts';

/** Subject of one of the cluster's own authorities. The cluster's name tells apart the authorities of two clusters. */
export function authoritySubject(authority: string, settings: PkiSettings): Buffer {
  const { subject } = settings;
  return encodeName([
    [oids.country, subject.country],
    [oids.state, subject.state],
    [oids.locality, subject.locality],
    [oids.organization, subject.organization],
    [oids.organizationalUnit, subject.organizationalUnit],
    [oids.organizationalUnit, settings.clusterName],
    [oids.commonName, `${authority}-ca`],
  ]);
}

/** Subject of a leaf. O is a Kubernetes group, so it carries the request's groups and nothing of the user's subject. */
export function leafSubject(
  request: { readonly commonName: string; readonly organizations: readonly string[] },
  settings: PkiSettings,
): Buffer {
  const { subject } = settings;
  return encodeName([
    [oids.country, subject.country],
    [oids.state, subject.state],
    [oids.locality, subject.locality],
    ...request.organizations.map((group): AttributeTypeAndValue => [oids.organization, group]),
    [oids.organizationalUnit, subject.organizationalUnit],
    [oids.commonName, request.commonName],
  ]);
}
