import type { DataPath } from '../../../base/diagnostic.ts';
import { checkExtraArgs } from '../../../release/flags.ts';
import type { Cluster } from '../../cluster.ts';
import { eachIntact } from '../../loading/intact.ts';
import { atKey, error, type Finding, type Rule } from '../rule.ts';
import { deniedArgs } from './denied-args.ts';
import { say } from './flag-messages.ts';

interface ArgsOf {
  readonly program: keyof typeof deniedArgs;
  readonly path: DataPath;
  readonly names: readonly string[];
  readonly problems: readonly {
    readonly flag: string;
    readonly problem: string;
    readonly since?: string;
    readonly until?: string;
    readonly nearest?: string;
  }[];
  readonly version: string;
}

/** The extraArgs of each program, computed separately: a broken section does not hide the others. */
function argsOf(cluster: Cluster): readonly (() => ArgsOf)[] {
  const { spec, versions } = cluster;
  const programs = [
    ['kube-apiserver', 'apiServer'],
    ['kube-controller-manager', 'controllerManager'],
    ['kube-scheduler', 'scheduler'],
    ['kubelet', 'kubelet'],
    ['kube-proxy', 'kubeProxy'],
  ] as const;
  const ofKubernetes = programs.map(([program, key]) => (): ArgsOf => {
    const names = Object.keys(spec.kubernetes[key].extraArgs);
    return {
      program,
      path: ['kubernetes', key, 'extraArgs'],
      names,
      version: versions.kubernetes,
      problems: checkExtraArgs(program, cluster.kubernetes.minor, names),
    };
  });
  const ofEtcd = (): ArgsOf => {
    const names = Object.keys(spec.etcd.extraArgs);
    const problems = cluster.etcd.checkExtraArgs(names);
    return { program: 'etcd', path: ['etcd', 'extraArgs'], names, version: versions.etcd, problems };
  };
  const ofFlannel = (): ArgsOf => {
    const names = Object.keys(spec.network.flannel.extraArgs);
    const problems = cluster.flannel.checkExtraArgs(names);
    const path = ['network', 'flannel', 'extraArgs'];
    return { program: 'flanneld', path, names, version: versions.flannel, problems };
  };
  return [...ofKubernetes, ofEtcd, ofFlannel];
}

/** A program exits on an unknown flag; a flag that knode sets itself may hold the cluster together. */
export const extraArgsAreKnown: Rule = (cluster) =>
  eachIntact(argsOf(cluster), (argsOfProgram) => {
    const { program, path, names, problems, version } = argsOfProgram();
    const strange = new Set(problems.map(({ flag }) => flag));
    const denials = names.flatMap((name) => {
      const why = deniedArgs[program]?.[name.replaceAll('_', '-')];
      // Flags that the version does not have are reported as unknown only.
      if (why === undefined || strange.has(name)) return [];
      return [error([...path, name], say('flag-denied', { name, program, reason: why.reason, instead: why.instead }))];
    });
    return [...problems.map((found) => unknownArg(program, version, path, found)), ...denials].map(atKey);
  });

function unknownArg(program: string, version: string, path: DataPath, found: ArgsOf['problems'][number]): Finding {
  const { flag, problem, since, until } = found;
  const place = [...path, flag];
  if (problem === 'removed') {
    return error(place, say('flag-removed', { program, version, flag, until }));
  }
  if (problem === 'not-yet') return error(place, say('flag-not-yet', { program, version, flag, since }));
  return error(place, say('flag-unknown', { program, version, flag, nearest: found.nearest }));
}
