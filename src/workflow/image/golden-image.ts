import { type Diagnostic, hasErrors } from '../../base/diagnostic.ts';
import { UserMistake } from '../../base/failure.ts';
import type { ResolvedArtifact } from '../../component/artifact.ts';
import type { NodePlan } from '../../component/plan.ts';
import type { ImageStep } from '../../delivery/cloud-init/cloud-config.ts';
import { checkFit } from '../../image/fit.ts';
import { type GoldenImageManifest, parseGoldenImageManifest } from '../../image/golden-image-manifest.ts';
import { artifactId } from '../../mirror/catalogue/identity.ts';
import { readUserFile } from '../read-inputs.ts';
import { demand, type Surroundings } from '../session.ts';

/**
 * Reads the manifest of a bake from disk.
 * @throws UserMistake
 */
export function readImage(path: string, around: Pick<Surroundings, 'notices'>): GoldenImageManifest {
  return demand(parseGoldenImageManifest(new TextDecoder().decode(readUserFile(path)), path), around);
}

/** One finding per kind and role: the nodes of a role do not differ in their image. */
function onePerRole(found: readonly (Diagnostic & { readonly role: string })[]): readonly Diagnostic[] {
  const first = new Map([...found].reverse().map(({ role, ...one }) => [`${one.code} ${role}`, one]));
  return [...first.values()].reverse();
}

/**
 * Stops if a node cannot boot from the image; warns about further downloads.
 * @throws UserMistake
 */
export function demandImageFits(
  plans: readonly NodePlan[],
  artifacts: ReadonlyMap<string, ResolvedArtifact>,
  image: GoldenImageManifest,
  { notices }: Pick<Surroundings, 'notices'>,
): void {
  const found = plans.flatMap((plan) => {
    const needed = plan.artifacts.flatMap((need) => artifacts.get(artifactId(need)) ?? []);
    return checkFit(plan, needed, image).map((one) => ({ ...one, role: plan.node.role }));
  });
  const diagnostics = onePerRole(found);
  if (hasErrors(diagnostics)) throw new UserMistake(diagnostics);
  notices.warn(diagnostics);
}

/** The user-data's reference to its image. */
export function imageStep(image: GoldenImageManifest): ImageStep {
  return { name: image.name, sha256: image.sha256 };
}
