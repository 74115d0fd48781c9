import type { DataPath } from '../../base/diagnostic.ts';
import { nearest } from '../../base/nearest.ts';
import type { Cluster } from '../cluster.ts';
import { type OwnArtifact, ownArtifactsOf } from '../own-artifacts.ts';
import { say } from './messages.ts';
import { error, type Finding, type Rule, warning } from './rule.ts';

function each({ spec }: Cluster, check: (own: OwnArtifact, path: DataPath, index: number) => Finding[]): Finding[] {
  return spec.artifacts.extra.flatMap((own, index) => check(own, ['artifacts', 'extra', index], index));
}

/** The bytes of an artifact come from one place. */
export const ownArtifactHasSource: Rule = (cluster) =>
  each(cluster, ({ name, url, file }, path) => {
    if ((url === undefined) !== (file === undefined)) return [];
    return [error([...path, 'name'], say('artifact-source-once', { url, name }))];
  });

/** A lock pins a name, version and architecture once, and a node has one artifact with a name. */
export const ownArtifactsDiffer: Rule = (cluster) => {
  const onNodes = [...cluster.nodes, ...cluster.pools].map((node) => ownArtifactsOf(cluster, node));
  const sameFile = (a: OwnArtifact, b: OwnArtifact) =>
    a.version === b.version && (a.arch === b.arch || a.arch === undefined || b.arch === undefined);
  return each(cluster, (own, path, index) => {
    const earlier = cluster.spec.artifacts.extra.findIndex(
      (other, at) =>
        at < index &&
        other.name === own.name &&
        (sameFile(other, own) || onNodes.some((list) => list.includes(other) && list.includes(own))),
    );
    if (earlier < 0) return [];
    return [error([...path, 'name'], say('artifact-twice', { name: own.name, earlier }))];
  });
};

/** A bare file is one member, an archive's members are named, and an image has none. */
export const ownMembersFitFormat: Rule = (cluster) =>
  each(cluster, ({ name, format, members }, path) => {
    if (format === 'image') {
      return members.length > 0 ? [error([...path, 'members'], say('member-of-image'))] : [];
    }
    if (members.length === 0) {
      return [error([...path, 'name'], say('members-missing', { name }))];
    }
    if (format === 'binary') {
      const archive = members.length > 1 || members.some((member) => member.from !== '');
      return archive ? [error([...path, 'members'], say('member-of-binary'))] : [];
    }
    return members.flatMap((member, at) =>
      member.from === '' ? [error([...path, 'members', at, 'to'], say('member-without-from', { to: member.to }))] : [],
    );
  });

export const ownArtifactPoolsExist: Rule = (cluster) =>
  each(cluster, ({ pools = [] }, path) => {
    const known = Object.keys(cluster.spec.nodes.pools);
    return pools.flatMap((pool, at) => {
      if (known.includes(pool)) return [];
      const near = nearest(pool, known);
      return [error([...path, 'pools', at], say('unknown-pool', { pool, near, length: known.length, known }))];
    });
  });

/** A file beside the cluster file has no upstream: nodes can only get it from a mirror. */
export const ownFilesHaveMirror: Rule = (cluster) =>
  each(cluster, ({ name, file, url }, path) => {
    if (file === undefined || url !== undefined || cluster.spec.artifacts.mirrors.length > 0) return [];
    return [warning([...path, 'file'], say('file-without-mirror', { name }))];
  });
