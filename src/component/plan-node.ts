import type { Report } from '../base/diagnostic.ts';
import { nodePaths } from '../base/node-paths.ts';
import type { Cluster, ClusterNode } from '../model/cluster.ts';
import { holdsSecret } from './build/holds-secret.ts';
import { mergeContributions } from './build/merged.ts';
import type { Contribution, FileDecl, UnitDecl } from './contract.ts';
import { osPackages } from './machine/os.ts';
import type { ComponentRequests, NodePlan, PlannedFile, PlannedUnit } from './plan.ts';
import { clashesOf } from './plan-clashes.ts';
import { type Profile, profiles } from './profile.ts';

/**
 * Everything that a machine needs to become `node`.
 * @param profile the components that may contribute.
 * @returns no value, and an error at its place in the cluster file, if the user's own files or units conflict with
 * knode's.
 */
export function planNode(cluster: Cluster, node: ClusterNode, profile: Profile = profiles[0]): Report<NodePlan> {
  const context = { cluster, node };
  const named = profile.components.flatMap((component) => {
    const contribution = component.contribute(context);
    return contribution === undefined ? [] : [{ name: component.name, contribution }];
  });
  // In the boot order the system and the artifacts come before every component.
  const leading: typeof named = [];
  for (const { name, contribute } of profile.collectors) {
    const merged = mergeContributions([...leading, ...named].map((one) => one.contribution));
    leading.push({ name, contribution: contribute(context, merged) });
  }
  named.unshift(...leading);
  const files = named.flatMap(({ name, contribution }) => plannedFiles(name, contribution));
  const units = named.flatMap(({ name, contribution }) => plannedUnits(name, contribution.units ?? []));
  const diagnostics = clashesOf(cluster, files, units);
  if (diagnostics.length > 0) return { diagnostics };
  const merged = mergeContributions(named.map((one) => one.contribution));
  return {
    diagnostics: [],
    value: {
      cluster,
      node,
      files: files.sort((a, b) => (a.path < b.path ? -1 : 1)),
      units,
      requests: named.flatMap(({ name, contribution }) => requestsOf(name, contribution)),
      certificates: merged.certificates,
      passports: merged.passports,
      secrets: merged.secrets,
      artifacts: merged.artifacts,
      packages: [...new Set([...osPackages(cluster, merged.packages), ...cluster.spec.os.packages])].sort(),
    },
  };
}

function plannedUnits(component: string, units: readonly UnitDecl[]): PlannedUnit[] {
  return units.map(({ name, layer, start }) => ({ name, component, layer, start }));
}

function requestsOf(component: string, contribution: Contribution): readonly ComponentRequests[] {
  const { artifacts = [], packages = [], kernelModules = [] } = contribution;
  if (artifacts.length + packages.length + kernelModules.length === 0) return [];
  return [{ component, artifacts, packages, kernelModules }];
}

function plannedFiles(component: string, contribution: Contribution): PlannedFile[] {
  const unitFiles = (contribution.units ?? []).map(({ name, layer, content, from }) => ({
    path: `${nodePaths.units}/${name}`,
    layer,
    content,
    ...(from === undefined ? {} : { from }),
  }));
  return [...(contribution.files ?? []), ...unitFiles].map((file: FileDecl) => {
    const secret = file.secret ?? holdsSecret(file.content);
    return { mode: secret ? '0600' : '0644', ...file, secret, component };
  });
}
