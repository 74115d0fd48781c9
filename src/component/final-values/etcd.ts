import type { DataPath } from '../../base/diagnostic.ts';
import type { Cluster } from '../../model/cluster.ts';
import { error, type Rule, warning } from '../../model/rules/rule.ts';
import { milliseconds } from '../../release/relations/go-values.ts';
import { say } from './messages.ts';

/** Settings that become flags, by flag. */
const settings = {
  'heartbeat-interval': 'heartbeatInterval',
  'election-timeout': 'electionTimeout',
  'auto-compaction-retention': 'autoCompactionRetention',
} as const;

interface Final {
  readonly text: string;
  readonly path: DataPath;
}

/** A flag as given to etcd, the user's over knode's. */
function final({ spec }: Cluster, flag: keyof typeof settings): Final {
  const own = Object.hasOwn(spec.etcd.extraArgs, flag) ? spec.etcd.extraArgs[flag] : undefined;
  if (own !== undefined)
    return { text: String(Array.isArray(own) ? own.at(-1) : own), path: ['etcd', 'extraArgs', flag] };
  return { text: String(spec.etcd[settings[flag]]), path: ['etcd', settings[flag]] };
}

/** embed/config.go of etcd, Validate: the election timeout must be at least five heartbeats. */
export const etcdElectsInTime: Rule = (cluster) => {
  const [beat, election] = [final(cluster, 'heartbeat-interval'), final(cluster, 'election-timeout')];
  const [beatMs, electionMs] = [Number(beat.text), Number(election.text)];
  // A value that is not a number, or out of range, is reported by the check of flags.
  if (Number.isNaN(beatMs) || Number.isNaN(electionMs) || beatMs <= 0) return [];
  if (electionMs >= 5 * beatMs) return [];
  return [error(election.path, say('etcd-election', { version: cluster.versions.etcd, electionMs, beatMs }))];
};

/** embed/etcd.go, parseCompactionRetention: hours as a number, or a duration. */
export const etcdCompacts: Rule = (cluster) => {
  const { text, path } = final(cluster, 'auto-compaction-retention');
  const mode = cluster.spec.etcd.extraArgs['auto-compaction-mode'] ?? 'periodic';
  if (mode !== 'revision' || milliseconds(text) === undefined) return [];
  return [warning(path, say('etcd-compaction', { text }))];
};

/**
 * Metrics without a certificate reveal keys and clients to everyone; on loopback only the machine itself can read them.
 */
export const etcdMetricsAreClosed: Rule = ({ spec }) => {
  const own = spec.etcd.extraArgs['listen-metrics-urls'];
  if (own === undefined) return [];
  const urls = (Array.isArray(own) ? own : [own]).flatMap((one) => String(one).split(','));
  const open = urls.find((url) => /^http:\/\//.test(url) && !/^http:\/\/(127\.|localhost\b|\[::1\])/.test(url));
  if (open === undefined) return [];
  return [warning(['etcd', 'extraArgs', 'listen-metrics-urls'], say('etcd-metrics-open', { url: open }))];
};
