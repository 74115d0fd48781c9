import { UserMistake } from '../base/failure.ts';
import { memoize } from '../base/memoize.ts';
import { together } from '../base/option-mistakes.ts';
import type { ArtifactNeed, ResolvedArtifact } from '../component/artifact.ts';
import type { Materials } from '../component/contract.ts';
import { type RenderedNode, renderedWhenAsked } from '../delivery/rendered-node.ts';
import { artifactId } from '../mirror/catalogue/identity.ts';
import { lockFileName } from '../mirror/lock/lock.ts';
import type { ClusterNode } from '../model/cluster.ts';
import type { PkiAction } from '../pki/settings.ts';
import { renderPlan, type SharedTexts } from '../render/render-plan.ts';
import { demandFounders, grantOf } from './founding.ts';
import { demandImageFits } from './image/golden-image.ts';
import { checkLayerArchivePinned, kindOf, layerArchiveOf, oneOfEach } from './mirror/layer-archive.ts';
import { lockedArtifacts } from './mirror/locked-artifacts.ts';
import { guardPresigned, presignedArtifacts } from './mirror/presigned.ts';
import { issue } from './pki/issue.ts';
import { distinct } from './plan-nodes.ts';
import { readSources } from './read-inputs.ts';
import { type RecalledCluster, remembered } from './recall.ts';
import type { RenderInputs } from './render-inputs.ts';
import { renderNode } from './render-node.ts';
import { demand, type Session } from './session.ts';

export interface RenderResult {
  readonly nodes: readonly RenderedNode[];
  readonly actions: readonly PkiAction[];
}

/**
 * The main job: from plans, certificates and artifacts to the bytes of every node. First commits new keys, and the
 * memory for the next render, to the state.
 */
export async function renderNodes(
  recalled: RecalledCluster,
  nodes: readonly ClusterNode[],
  { image, presigned, found }: RenderInputs,
): Promise<RenderResult> {
  const { session } = recalled;
  const { read } = session;
  if (found) demandFounders(read, nodes);
  const plans = session.needs(nodes);
  const [sources, locked] = together([
    () => demand(readSources(plans, read), session),
    () => lockedArtifacts(plans, session),
  ]);
  const artifacts = presigned === undefined ? locked : presignedArtifacts(locked, session, presigned);
  if (image !== undefined) demandImageFits(session.plans(nodes), artifacts, image, session);
  else demandLayerArchivesPinned(session, nodes, artifacts);
  const certificates = plans.flatMap((plan) => plan.certificates);
  const passports = plans.flatMap((plan) => plan.passports);
  const secrets = plans.flatMap((plan) => plan.secrets);
  const issued = await issue(
    session,
    { certificates, passports, secrets, authorities: ['kubernetes', 'etcd', 'front-proxy'], grant: grantOf(found) },
    (stored) => remembered(recalled, stored),
  );
  const materials: Materials = {
    ...issued.materials,
    artifact: (need: ArtifactNeed) => known(artifacts.get(artifactId(need)), need.name),
    source: (file: string) => known(sources.get(file), file),
  };
  const sharedTexts = memoize((_kind: string): SharedTexts => new Map());
  const render = (node: ClusterNode) => {
    const plan = session.plan(node);
    const files = renderPlan(plan, materials, sharedTexts(kindOf(node)));
    return renderNode(plan, presigned === undefined ? files : guardPresigned(files), materials, image);
  };
  return { actions: issued.actions, nodes: renderedWhenAsked(nodes, render) };
}

/** Checks one node of each kind, before any key is made. */
function demandLayerArchivesPinned(
  session: Session,
  nodes: readonly ClusterNode[],
  artifacts: ReadonlyMap<string, ResolvedArtifact>,
): void {
  if (session.read.cluster.spec.artifacts.payload === 'user-data' || session.options.unlocked) return;
  const lock = session.lock ?? { file: lockFileName, entries: [] };
  const artifact = (need: ArtifactNeed) => known(artifacts.get(artifactId(need)), need.name);
  const found = session
    .plans(oneOfEach(nodes))
    .flatMap((plan) => checkLayerArchivePinned(layerArchiveOf(plan, artifact), lock));
  if (found.length > 0) throw new UserMistake(distinct(found));
}

function known<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`${what} was planned but not prepared`);
  return value;
}
