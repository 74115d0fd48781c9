import { attempt } from '../intact.ts';
import { error, type Rule, warning } from './rule.ts';

/** registry/path as in an image reference (distribution/reference): no scheme, no user, lower-case path. */
const registry =
  /^(\[[0-9A-Fa-f:]+\]|[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?)(:\d{1,5})?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/;

export const registryIsHost: Rule = ({ spec }) => {
  const { imageRegistry } = spec.kubernetes;
  if (imageRegistry === undefined || registry.test(imageRegistry)) return [];
  const bare = imageRegistry.replace(/^[a-z]+:\/\//, '').replace(/\/+$/, '');
  const message = `'${imageRegistry}' cannot begin an image's name`;
  const hint = registry.test(bare) ? `write ${bare}` : 'write host[:port][/path], for example registry.example.com/k8s';
  return [error(['kubernetes', 'imageRegistry'], 'invalid-registry', message, hint)];
};

/** Nodes that may ask neither upstream nor a mirror get no program at all. */
export const programsHaveSource: Rule = ({ spec }) => {
  const { upstream, mirrors } = spec.artifacts;
  if (upstream || mirrors.length > 0) return [];
  const message = 'nodes have nowhere to get their programs from: upstream is off, and there is no mirror';
  return [
    error(['artifacts', 'upstream'], 'no-source', message, 'name one in artifacts.mirrors, or leave upstream on'),
  ];
};

/** pkg/backend/ipsec/ipsec.go of flannel, minPasswordLength; pkg/backend/ipsec/handle_charon.go runs the daemon from there. */
export const ipsecHasSecret: Rule = ({ spec }) => {
  const { provider, flannel } = spec.network;
  if (provider !== 'flannel' || flannel.backend.Type !== 'ipsec') return [];
  const path = ['network', 'flannel', 'backend'];
  const { PSK } = flannel.backend as { readonly PSK?: unknown };
  const daemon = warning(
    [...path, 'Type'],
    'ipsec-charon',
    'flannel’s ipsec runs /usr/lib/strongswan/charon, which knode does not install',
    'put it there, for example as an artifact of your own, or choose wireguard or vxlan',
  );
  if (typeof PSK === 'string' && PSK.length >= 96) return [daemon];
  const message = 'flannel’s ipsec needs a PSK of 96 characters or more';
  const hint = 'make one: dd if=/dev/urandom count=48 bs=1 status=none | xxd -p -c 48';
  return [daemon, error(typeof PSK === 'string' ? [...path, 'PSK'] : path, 'ipsec-psk', message, hint)];
};

/** What the file switches off although it is on by default. */
export const recordsAreKept: Rule = ({ spec }) => {
  const { audit, encryption } = spec.kubernetes.apiServer;
  const path = ['kubernetes', 'apiServer'];
  const off = attempt(() => !audit.enabled) ?? false;
  const plain = attempt(() => encryption.provider === 'none') ?? false;
  return [
    ...(off
      ? [
          warning(
            [...path, 'audit', 'enabled'],
            'audit-off',
            'the API server keeps no record of who did what',
            'leave audit on: it rotates its own log',
          ),
        ]
      : []),
    ...(plain
      ? [
          warning(
            [...path, 'encryption', 'provider'],
            'encryption-off',
            'Secrets are readable in etcd’s files, snapshots and backups',
            'leave the provider out for secretbox',
          ),
        ]
      : []),
  ];
};
