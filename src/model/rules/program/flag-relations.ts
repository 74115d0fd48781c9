import { parseGoBool, parseGoDuration } from '../../../release/values/go-syntax.ts';
import type { Cluster } from '../../cluster.ts';
import { extraFlag, type FinalFlag, finalFlags } from '../../final-flags.ts';
import { eachIntact } from '../../loading/intact.ts';
import { atKey, error, type Finding, type Rule } from '../rule.ts';
import { say } from './flag-messages.ts';

type Flags = ReadonlyMap<string, FinalFlag>;

/** The last flag of each name: the one that a program uses if a flag is given twice. */
function flagsOf(cluster: Cluster, program: 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler'): Flags {
  return new Map(finalFlags(cluster, program).map((given) => [given.flag, given]));
}

/** Durations that must decrease from one to the next, with their defaults and the factor between two of them. */
interface Descent {
  readonly flags: readonly (readonly [flag: string, fallback: string])[];
  readonly factors: readonly number[];
}

const election: Descent = {
  flags: [
    ['leader-elect-lease-duration', '15s'],
    ['leader-elect-renew-deadline', '10s'],
    ['leader-elect-retry-period', '2s'],
  ],
  factors: [1, 1.2],
};
const coordinated: Descent = {
  flags: [
    ['coordinated-leadership-lease-duration', '15s'],
    ['coordinated-leadership-renew-deadline', '10s'],
    ['coordinated-leadership-retry-period', '2s'],
  ],
  factors: [1, 1],
};

function descends(program: string, flags: Flags, { flags: names, factors }: Descent): readonly Finding[] {
  const steps = names.map(([flag, fallback]) => {
    const given = flags.get(flag);
    return { flag, given, text: given?.value ?? fallback, size: parseGoDuration(given?.value ?? fallback) };
  });
  return factors.flatMap((factor, index): Finding[] => {
    const [longer, shorter] = [steps[index], steps[index + 1]];
    if (longer?.size === undefined || shorter?.size === undefined) return [];
    const place = shorter.given ?? longer.given;
    if (!place || longer.size > factor * shorter.size) return [];
    return [
      error(
        place.path,
        say('flag-relation/durations', {
          program,
          longer: longer.flag,
          longerText: longer.text,
          factor,
          shorter: shorter.flag,
          shorterText: shorter.text,
          usual: names.map(([, fallback]) => fallback),
        }),
      ),
    ];
  });
}

/** client-go, tools/leaderelection/leaderelection.go; pkg/controlplane/apiserver/options/validation.go of 1.36. */
export const leasesOutlastRenewal: Rule = (cluster) => [
  ...eachIntact(['kube-controller-manager', 'kube-scheduler'] as const, (program) => {
    const flags = flagsOf(cluster, program);
    const elects = parseGoBool(flags.get('leader-elect')?.value ?? 'true');
    return elects === false ? [] : descends(program, flags, election);
  }),
  ...descends('kube-apiserver', flagsOf(cluster, 'kube-apiserver'), coordinated),
];

const auditLogs = [
  ['audit-log', 'audit-log-path'],
  ['audit-webhook', 'audit-webhook-config-file'],
] as const;

/** apiserver, pkg/server/options/audit.go: a batch must be able to hold the largest event. */
export const auditBatchesHoldEvents: Rule = (cluster) => {
  const flags = flagsOf(cluster, 'kube-apiserver');
  return auditLogs.flatMap(([prefix, file]): Finding[] => {
    const [batch, event] = [
      flags.get(`${prefix}-truncate-max-batch-size`),
      flags.get(`${prefix}-truncate-max-event-size`),
    ];
    const place = batch ?? event;
    const [most, largest] = [Number(batch?.value ?? 10485760), Number(event?.value ?? 102400)];
    if (!place || !flags.has(file) || !(most < largest)) return [];
    return [error(place.path, say('flag-relation/audit', { prefix, most, largest }))];
  });
};

/**
 * cmd/kube-controller-manager/app/options/csrsigningcontroller.go: knode sets --cluster-signing-cert-file, which
 * applies to every signer.
 */
export const oneSigningAuthority: Rule = (cluster) =>
  finalFlags(cluster, 'kube-controller-manager')
    .filter(({ flag }) => /^cluster-signing-.+-(cert|key)-file$/.test(flag))
    .map(({ flag, path }) => {
      return atKey(error(path, say('flag-conflict/signing', { flag })));
    });

/** apiserver, pkg/server/options/etcd.go: reloading requires a file. */
export const reloadHasFile: Rule = (cluster) => {
  const flag = extraFlag(cluster, 'kube-apiserver', 'encryption-provider-config-automatic-reload');
  if (!flag || parseGoBool(flag.value) !== true || cluster.spec.kubernetes.apiServer.encryption.provider !== 'none')
    return [];
  return [atKey(error(flag.path, say('flag-conflict/reload')))];
};

/** apiserver, pkg/server/options/feature.go (the sum) and pkg/endpoints/filters/request_deadline.go (each request's deadline). */
export const apiTakesRequests: Rule = (cluster) => {
  const flags = flagsOf(cluster, 'kube-apiserver');
  const number = (flag: string, usual: number): number => Number(flags.get(flag)?.value ?? usual);
  const [reads, writes] = [number('max-requests-inflight', 400), number('max-mutating-requests-inflight', 200)];
  const shared = parseGoBool(flags.get('enable-priority-and-fairness')?.value ?? 'true') !== false;
  const place = flags.get('max-requests-inflight') ?? flags.get('max-mutating-requests-inflight');
  const timeout = flags.get('request-timeout');
  const found: Finding[] = [];
  if (place && shared && cluster.kubernetes.sharesRequestLimits() && reads + writes <= 0) {
    found.push(error(place.path, say('flag-relation/requests')));
  }
  if (timeout && parseGoDuration(timeout.value) === 0) {
    found.push(error(timeout.path, say('flag-relation/timeout')));
  }
  return found;
};
