import type { DataPath } from '../../base/diagnostic.ts';
import { nearest } from '../../base/nearest.ts';
import type { Cluster } from '../cluster.ts';
import { type OwnArtifact, ownArtifactsOf } from '../own-artifacts.ts';
import { error, type Finding, type Rule, warning } from './rule.ts';

function each({ spec }: Cluster, check: (own: OwnArtifact, path: DataPath, index: number) => Finding[]): Finding[] {
  return spec.artifacts.extra.flatMap((own, index) => check(own, ['artifacts', 'extra', index], index));
}

/** The bytes of an artifact come from one place. */
export const ownArtifactHasSource: Rule = (cluster) =>
  each(cluster, ({ name, url, file }, path) => {
    if ((url === undefined) !== (file === undefined)) return [];
    const message = url === undefined ? `nothing says where ${name} comes from` : `${name} comes from two places`;
    const hint = "give either 'url' or 'file' (beside the cluster file)";
    return [error([...path, 'name'], 'artifact-source-once', message, hint)];
  });

/** A lock pins a name, version and architecture once, and a node has one artifact of a name. */
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
    const message = `${own.name} stands twice: artifacts.extra[${earlier}] is it too`;
    const hint = 'keep one, give each its own arch, or nodes of its own (roles, pools)';
    return [error([...path, 'name'], 'artifact-twice', message, hint)];
  });
};

/** A bare file is one member, an archive's members are named, and an image is not for people to look into. */
export const ownMembersFitFormat: Rule = (cluster) =>
  each(cluster, ({ name, format, members }, path) => {
    if (format === 'image') {
      const hint = 'remove them: the runtime imports the file, wherever it lies';
      return members.length > 0
        ? [error([...path, 'members'], 'member-of-image', 'an image has no members', hint)]
        : [];
    }
    if (members.length === 0) {
      const hint = "add members: [{ to: /usr/local/bin/NAME }], with 'from' where the file is an archive";
      return [error([...path, 'name'], 'members-missing', `nothing says where ${name} goes`, hint)];
    }
    if (format === 'binary') {
      const archive = members.length > 1 || members.some((member) => member.from !== '');
      const hint = "give it one member without 'from', or write format: tar.gz";
      return archive ? [error([...path, 'members'], 'member-of-binary', 'a bare file has no members', hint)] : [];
    }
    return members.flatMap((member, at) =>
      member.from === ''
        ? [
            error(
              [...path, 'members', at, 'to'],
              'member-without-from',
              `nothing says which file of the archive goes to ${member.to}`,
              "add 'from', the path that tar -t prints",
            ),
          ]
        : [],
    );
  });

export const ownArtifactPoolsExist: Rule = (cluster) =>
  each(cluster, ({ pools = [] }, path) => {
    const known = Object.keys(cluster.spec.nodes.pools);
    return pools.flatMap((pool, at) => {
      if (known.includes(pool)) return [];
      const near = nearest(pool, known);
      const list = known.length === 0 ? 'the cluster file has no pools' : `pools: ${known.join(', ')}`;
      const hint = near === undefined ? list : `did you mean '${near}'?`;
      return [error([...path, 'pools', at], 'unknown-pool', `there is no pool '${pool}'`, hint)];
    });
  });

/** A file beside the cluster file has no upstream: nodes can only get it from a mirror. */
export const ownFilesHaveMirror: Rule = (cluster) =>
  each(cluster, ({ name, file, url }, path) => {
    if (file === undefined || url !== undefined || cluster.spec.artifacts.mirrors.length > 0) return [];
    const message = `nodes cannot download ${name}: it is a file of yours, and there is no mirror`;
    const hint = 'name one in artifacts.mirrors, and fill it: knode mirror pull, knode mirror push';
    return [warning([...path, 'file'], 'file-without-mirror', message, hint)];
  });
