import { gateIsOnByDefault } from '../feature-gates.ts';
import { milliseconds } from './go-values.ts';
import { say } from './messages.ts';
import type { FinalValues, Relation } from './relation.ts';

/** A gate that must be enabled for a field; `minors` are those in which it is disabled by default. */
interface GatedField {
  readonly gate: string;
  readonly field: string;
  readonly minors: string;
  /** Whether a value needs the gate. */
  needs(value: unknown): boolean;
}

const given = (value: unknown): boolean => value !== undefined && value !== null;
const longerThanZero = (value: unknown): boolean => (milliseconds(value) ?? 0) > 0;
const nonEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length > 0;
const nonEmptyMap = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.values(value).some((inner) => inner !== '' && inner !== null);

/** kubelet's validation.go, each "requires feature gate". */
const gatedFields: readonly GatedField[] = [
  {
    gate: 'CustomCPUCFSQuotaPeriod',
    field: 'cpuCFSQuotaPeriod',
    minors: '1.16-1.36',
    needs: (value) => milliseconds(value) !== undefined && milliseconds(value) !== 100,
  },
  {
    gate: 'RotateKubeletServerCertificate',
    field: 'serverTLSBootstrap',
    minors: '1.16-1.36',
    needs: (value) => value === true,
  },
  { gate: 'GracefulNodeShutdown', field: 'shutdownGracePeriod', minors: '1.20-1.36', needs: longerThanZero },
  {
    gate: 'GracefulNodeShutdown',
    field: 'shutdownGracePeriodCriticalPods',
    minors: '1.20-1.36',
    needs: longerThanZero,
  },
  {
    gate: 'GracefulNodeShutdownBasedOnPodPriority',
    field: 'shutdownGracePeriodByPodPriority',
    minors: '1.23-1.36',
    needs: nonEmptyList,
  },
  { gate: 'NodeSwap', field: 'memorySwap', minors: '1.22-1.33', needs: nonEmptyMap },
  // Not in validation.go: cmd/kubelet/app/server.go exits with the same message.
  { gate: 'SeccompDefault', field: 'seccompDefault', minors: '1.22-1.28', needs: (value) => value === true },
  { gate: 'KubeletTracing', field: 'tracing', minors: '1.25-1.33', needs: given },
  { gate: 'ImageMaximumGCAge', field: 'imageMaximumGCAge', minors: '1.29-1.36', needs: longerThanZero },
  { gate: 'NodeLogQuery', field: 'enableSystemLogQuery', minors: '1.27-1.35', needs: (value) => value === true },
  {
    gate: 'KubeletCrashLoopBackOffMax',
    field: 'crashLoopBackOff.maxContainerRestartPeriod',
    minors: '1.32-1.36',
    needs: given,
  },
  {
    gate: 'TopologyManager',
    field: 'topologyManagerPolicy',
    minors: '1.16-1.26',
    needs: (value) => value !== 'none',
  },
  {
    gate: 'MemoryQoS',
    field: 'memoryReservationPolicy',
    minors: '1.36',
    needs: (value) => value === 'TieredReservation',
  },
];

/** Whether a gate is enabled, by the configuration or by default. */
export function gateIsOpen(values: FinalValues, gate: string): boolean {
  const gates = values.value('featureGates') as Readonly<Record<string, unknown>> | undefined;
  const own = gates !== undefined && Object.hasOwn(gates, gate) ? gates[gate] : undefined;
  const all = gates !== undefined && Object.hasOwn(gates, 'AllAlpha') ? gates.AllAlpha : undefined;
  if (typeof own === 'boolean') return own;
  return gateIsOnByDefault(values.minor, gate) || all === true;
}

export const kubeletGates: readonly Relation[] = gatedFields.map(({ gate, field, minors, needs }) => ({
  minors,
  fields: [field, 'featureGates'],
  refuses(values) {
    const value = values.value(field);
    if (!given(value) || !needs(value) || gateIsOpen(values, gate)) return undefined;
    return say('gate-needed', { field, hidden: typeof value === 'object', value: String(value), gate });
  },
}));
