import { error, type Finding, type Rule } from '../rule.ts';
import { kind, say } from './messages.ts';

interface Kind {
  readonly words: string;
  takes(value: unknown): boolean;
}

function whole(low: number, high: number): Kind {
  const takes = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= low && Number(value) <= high;
  return { words: kind.whole(low, high), takes };
}

const port = whole(1, 65_535);
const flag: Kind = { words: kind.flag, takes: (value) => typeof value === 'boolean' };
const text: Kind = { words: kind.text, takes: (value) => typeof value === 'string' };

/**
 * Types of the settings of flannel's back ends (pkg/backend of 0.11 to 0.28: vxlan.go, udp_amd64.go, ipip.go, ipsec.go,
 * wireguard.go). encoding/json accepts no other type, and the kernel no VNI of more than 24 bits (rtnetlink, vxlan).
 */
const kinds: Readonly<Record<string, Kind>> = {
  VNI: whole(1, 16_777_215),
  Port: port,
  GBP: flag,
  Learning: flag,
  DirectRouting: flag,
  UDPEncap: flag,
  MTU: whole(68, 65_535),
  ListenPort: port,
  ListenPortV6: port,
  PersistentKeepaliveInterval: whole(0, 65_535),
  ESPProposal: text,
  PSK: text,
  Mode: {
    words: kind.mode,
    takes: (value) => ['separate', 'auto', 'ipv4', 'ipv6'].includes(String(value)),
  },
};

/** Values of the back end with which flanneld exits at start. */
export const backendTakesValues: Rule = ({ spec, usesFlannel }) => {
  if (!usesFlannel) return [];
  return Object.entries(spec.network.flannel.backend).flatMap(([key, value]): Finding[] => {
    const type = Object.hasOwn(kinds, key) ? kinds[key] : undefined;
    if (type === undefined || type.takes(value)) return [];
    return [
      error(
        ['network', 'flannel', 'backend', key],
        say('backend-value', {
          key,
          expected: type.words,
          when: typeof value === 'string' && /^(\d+|true|false)$/.test(value),
          value,
        }),
      ),
    ];
  });
};
