import { attempt } from '../loading/intact.ts';
import { say } from './messages.ts';
import { error, type Rule, warning } from './rule.ts';

/** registry/path of an image reference (distribution/reference): no scheme, no user, lower-case path. */
const registry =
  /^(\[[0-9A-Fa-f:]+\]|[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?)(:\d{1,5})?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/;

export const registryIsHost: Rule = ({ spec }) => {
  const { imageRegistry } = spec.kubernetes;
  if (imageRegistry === undefined || registry.test(imageRegistry)) return [];
  const bare = imageRegistry.replace(/^[a-z]+:\/\//, '').replace(/\/+$/, '');
  return [
    error(
      ['kubernetes', 'imageRegistry'],
      say('invalid-registry', { registry: imageRegistry, ...(registry.test(bare) ? { bare } : {}) }),
    ),
  ];
};

/** Nodes without upstream and without a mirror get no programs at all. */
export const programsHaveSource: Rule = ({ spec }) => {
  const { upstream, mirrors } = spec.artifacts;
  if (upstream || mirrors.length > 0) return [];
  return [error(['artifacts', 'upstream'], say('no-source'))];
};

/**
 * pkg/backend/ipsec/ipsec.go of flannel, minPasswordLength; pkg/backend/ipsec/handle_charon.go starts the daemon from
 * this path.
 */
export const ipsecHasSecret: Rule = ({ spec, usesFlannel }) => {
  const { flannel } = spec.network;
  if (!usesFlannel || flannel.backend.Type !== 'ipsec') return [];
  const path = ['network', 'flannel', 'backend'];
  const { PSK } = flannel.backend as { readonly PSK?: unknown };
  const daemon = warning([...path, 'Type'], say('ipsec-charon'));
  if (typeof PSK === 'string' && PSK.length >= 96) return [daemon];
  return [daemon, error(typeof PSK === 'string' ? [...path, 'PSK'] : path, say('ipsec-psk'))];
};

/** Records that are on by default and that the file disables. */
export const recordsAreKept: Rule = ({ spec }) => {
  const { audit, encryption } = spec.kubernetes.apiServer;
  const path = ['kubernetes', 'apiServer'];
  const off = attempt(() => !audit.enabled) ?? false;
  const plain = attempt(() => encryption.provider === 'none') ?? false;
  return [
    ...(off ? [warning([...path, 'audit', 'enabled'], say('audit-off'))] : []),
    ...(plain ? [warning([...path, 'encryption', 'provider'], say('encryption-off'))] : []),
  ];
};
