import { nearest } from '../../base/nearest.ts';
import type { KubernetesRelease } from '../../release/program/kubernetes-release.ts';
import { eachIntact } from '../loading/intact.ts';
import { say } from './access-messages.ts';
import { error, type Finding, type Rule, warning } from './rule.ts';

/** Resources of the core API (k8s.io/api, core/v1/register.go); the same in every minor. */
const coreResources: readonly string[] = [
  'configmaps',
  'endpoints',
  'events',
  'limitranges',
  'namespaces',
  'nodes',
  'persistentvolumeclaims',
  'persistentvolumes',
  'pods',
  'podtemplates',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'serviceaccounts',
  'services',
];

interface Wrong {
  readonly why: string;
  readonly hint: string;
}

/** k8s.io/apiserver, pkg/apis/apiserver/validation/validation_encryption.go. */
function wrongName(name: string, release: KubernetesRelease): Wrong | undefined {
  const [resource, ...rest] = name.split('.');
  const group = rest.join('.');
  if (/[A-Z]/.test(name)) return { why: 'has capital letters', hint: `write ${name.toLowerCase()}, in the plural` };
  if (name === '*') return { why: 'names no group', hint: "write '*.' for the core API, or '*.*' for every resource" };
  if (['apiserveripinfo', 'serviceipallocations', 'servicenodeportallocations'].includes(name))
    return { why: 'has no REST API', hint: 'remove it' };
  if (group === 'events.k8s.io') return { why: 'is kept as events of the core API', hint: 'write events' };
  if (group === 'extensions') return { why: 'is of a group that is gone', hint: 'name the group that has it now' };
  if (group === '*' && resource !== '*') return { why: 'names a resource across groups', hint: 'name its group' };
  if (resource === '*' && !release.encryptsWildcards())
    return { why: 'stands for nothing before Kubernetes 1.27: nothing would be encrypted', hint: 'name each resource' };
  return undefined;
}

/** Names that kube-apiserver refuses in its encryption configuration, or accepts without encrypting anything. */
export const encryptionNamesResources: Rule = ({ spec, kubernetes }) => {
  const { resources } = spec.kubernetes.apiServer.encryption;
  const path = ['kubernetes', 'apiServer', 'encryption', 'resources'];
  return eachIntact(resources, (name, index): Finding[] => {
    const wrong = wrongName(name, kubernetes);
    if (wrong !== undefined)
      return [error([...path, index], say('encryption-resource/wrong', { name, why: wrong.why, hint: wrong.hint }))];
    if (name.includes('.') || coreResources.includes(name)) return [];
    const near = nearest(name, coreResources);
    return [warning([...path, index], say('encryption-resource/unknown', { name, near }))];
  });
};
