import type { Advice } from '../../base/catalogue.ts';
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

/** k8s.io/apiserver, pkg/apis/apiserver/validation/validation_encryption.go. */
function wrongName(name: string, release: KubernetesRelease): Advice | undefined {
  const [resource, ...rest] = name.split('.');
  const group = rest.join('.');
  if (/[A-Z]/.test(name)) return say('encryption-resource/capitals', { name });
  if (name === '*') return say('encryption-resource/no-group', { name });
  if (['apiserveripinfo', 'serviceipallocations', 'servicenodeportallocations'].includes(name))
    return say('encryption-resource/no-api', { name });
  if (group === 'events.k8s.io') return say('encryption-resource/events', { name });
  if (group === 'extensions') return say('encryption-resource/gone', { name });
  if (group === '*' && resource !== '*') return say('encryption-resource/across', { name });
  if (resource === '*' && !release.encryptsWildcards()) return say('encryption-resource/wildcard', { name });
  return undefined;
}

/** Names that kube-apiserver refuses in its encryption configuration, or accepts without encrypting anything. */
export const encryptionNamesResources: Rule = ({ spec, kubernetes }) => {
  const { resources } = spec.kubernetes.apiServer.encryption;
  const path = ['kubernetes', 'apiServer', 'encryption', 'resources'];
  return eachIntact(resources, (name, index): Finding[] => {
    const wrong = wrongName(name, kubernetes);
    if (wrong !== undefined) return [error([...path, index], wrong)];
    if (name.includes('.') || coreResources.includes(name)) return [];
    const near = nearest(name, coreResources);
    return [warning([...path, index], say('encryption-resource/unknown', { name, near }))];
  });
};
