import type { ArtifactNeed } from '../component/artifact.ts';
import { osPackages } from '../component/machine/os.ts';
import type { NodePlan } from '../component/plan.ts';

/** The components that request an artifact or a package: `artifact etcd`, `package curl`. */
export function askers({ cluster, requests }: NodePlan): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  const add = (what: string, component: string) => found.set(what, [...(found.get(what) ?? []), component]);
  for (const { component, artifacts, packages } of requests) {
    for (const need of artifacts) add(artifactKey(need), component);
    for (const one of osPackages(cluster, packages)) add(`package ${one}`, component);
  }
  for (const one of cluster.spec.os.packages) add(`package ${one}`, 'os');
  return found;
}

export function artifactKey(need: ArtifactNeed): string {
  return `artifact ${need.name}`;
}
