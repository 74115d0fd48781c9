import { familyNamed } from '../../platform/families.ts';
import { type Component, type NodeContext, runsPods } from '../context.ts';
import type { FileDecl } from '../contract.ts';

/**
 * From systemd 242 on, udev gives every new device its own MAC address, a moment after flannel has announced the
 * kernel's address to the other nodes: vxlan packets are then dropped (flannel#1155, systemd#3374).
 */
function flannelLink({ cluster }: NodeContext): readonly FileDecl[] {
  if (!cluster.usesFlannel) return [];
  const text = '[Match]\nOriginalName=flannel*\n\n[Link]\nMACAddressPolicy=none\n';
  return [
    {
      path: '/etc/systemd/network/10-knode-flannel.link',
      layer: 'image',
      from: ['network', 'provider'],
      content: { kind: 'text', text },
    },
  ];
}

/**
 * Devices of the pod network. NetworkManager would remove their addresses and routes (RKE2 documentation, "Known
 * issues").
 */
const podDevices = [
  'flannel*',
  'cni*',
  'cbr*',
  'veth*',
  'docker*',
  'kube-ipvs*',
  'nodelocaldns*',
  'cali*',
  'tunl*',
  'vxlan*',
];

function networkManager({ cluster }: NodeContext): readonly FileDecl[] {
  if (!familyNamed(cluster.spec.os.family).networkManager) return [];
  const devices = podDevices.map((name) => `interface-name:${name}`).join(';');
  return [
    {
      path: '/etc/NetworkManager/conf.d/knode.conf',
      layer: 'image',
      from: ['os', 'family'],
      content: { kind: 'text', text: `[keyfile]\nunmanaged-devices=${devices}\n` },
    },
  ];
}

/** Keeps the operating system's own network programs away from the devices of the pod network. */
export const hostNetwork: Component = {
  name: 'host-network',
  purpose: 'keeps the system’s own network programs away from the pods’ devices',
  contribute(context) {
    if (!runsPods(context)) return undefined;
    const files = [...flannelLink(context), ...networkManager(context)];
    return files.length === 0 ? undefined : { files };
  },
};
