import { readFileSync } from 'node:fs';
import { sha256 } from '../../base/digest.ts';
import { packagePath } from '../../base/files/package-root.ts';
import type { ArtifactNeed, ResolvedArtifact } from '../../component/artifact.ts';
import type { Materials } from '../../component/contract.ts';
import type { NodePlan } from '../../component/plan.ts';
import {
  type BakedLayer,
  type BakeInput,
  type BakePayload,
  bakePayload,
  bakeSettings,
  imageName,
  isBaked,
} from '../../image/bake-payload.ts';
import type { ImageHead } from '../../image/golden-image-manifest.ts';
import { artifactId, sortedNeeds } from '../../mirror/catalogue/identity.ts';
import { apiVersion } from '../../model/api-version.ts';
import type { Arch } from '../../model/cluster.ts';
import type { ReadCluster } from '../../model/read-cluster.ts';
import { isSecretManifest } from '../../model/rules/secrets.ts';
import type { NodeFile } from '../../render/node-file.ts';
import { renderPlan } from '../../render/render-plan.ts';
import { artifactsText, envText } from '../../render/structured.ts';
import { imageMaterials } from '../mirror/layer-archive.ts';
import { lockedArtifacts } from '../mirror/locked-artifacts.ts';
import { issue, tellActions } from '../pki/issue.ts';
import { readSources, readUserFile } from '../read-inputs.ts';
import { demand, type Session } from '../session.ts';
import { chosenLayers, chosenNodes, type ImageChoice } from './choice.ts';

export interface PreparedBakePayload extends BakePayload {
  readonly name: string;
  readonly arch: Arch;
}

/** The plans without the parts that an image never contains. */
function bakedPlans(plans: readonly NodePlan[], layers: readonly BakedLayer[]): readonly NodePlan[] {
  return plans.map((plan) => ({ ...plan, files: plan.files.filter((file) => isBaked(file, layers)) }));
}

/** The image's files for a plan. The user's own manifests with a Secret come with the user-data of masters. */
function bakedTree(plan: NodePlan, materials: Materials): readonly NodeFile[] {
  const manifests = new Set(plan.files.filter(({ from }) => from?.[0] === 'addons').map(({ path }) => path));
  return renderPlan(plan, materials).filter(({ path, content }) => !manifests.has(path) || !isSecretManifest(content));
}

/**
 * The non-secret cluster layer needs only certificates of the authorities, and the public half of the key that signs
 * passports; no private key and no secret is available here.
 */
async function materialsFor(
  plans: readonly NodePlan[],
  layers: readonly BakedLayer[],
  session: Session,
  artifact: (need: ArtifactNeed) => ResolvedArtifact,
): Promise<Materials> {
  const materials = imageMaterials(artifact);
  if (!layers.includes('cluster')) return materials;
  const sources = demand(readSources(plans, session.read), session);
  const passports = plans.flatMap((plan) => plan.passports);
  const authorities = ['kubernetes', 'etcd', 'front-proxy'] as const;
  const issued = await issue(session, { certificates: [], passports, secrets: [], authorities });
  tellActions(issued.actions, session);
  return {
    ...materials,
    authority: (name, part) =>
      part === 'certificate' ? issued.materials.authority(name, part) : materials.authority(name, part),
    passportKey: issued.materials.passportKey,
    source: (file) => sources.get(file) ?? materials.source(file),
  };
}

const scriptNames = ['bake', 'clean', 'hygiene', 'lib', 'manifest'] as const;

/** The scripts that make an image, as they ship: the folder `provision` of the Packer build. */
export function provisionScripts(): readonly {
  readonly path: string;
  readonly content: string;
  readonly mode: string;
}[] {
  return scriptNames.map((name) => ({
    path: `provision/${name}`,
    content: readFileSync(packagePath('packer/provision', name), 'utf8'),
    mode: '0755',
  }));
}

function knodeVersion(): string {
  return (JSON.parse(readFileSync(packagePath('package.json'), 'utf8')) as { version: string }).version;
}

interface Known {
  readonly artifacts: readonly ResolvedArtifact[];
  readonly lockSha256: string;
  readonly sizes: readonly (number | undefined)[];
}

/** Only pinned artifacts: an image holds nothing unchecked. */
function knownArtifacts(plans: readonly NodePlan[], session: Session): Known {
  const resolved = lockedArtifacts(plans, session);
  const { lock } = session;
  const sizes = new Map(lock?.entries.map((entry) => [artifactId(entry), entry.size]));
  const needs = sortedNeeds(plans.flatMap((plan) => plan.artifacts));
  return {
    artifacts: needs.flatMap((need) => resolved.get(artifactId(need)) ?? []),
    lockSha256: sha256(lock?.source?.text ?? ''),
    sizes: needs.map((need) => sizes.get(artifactId(need))),
  };
}

/** Information on an image beside its content. */
interface Origin {
  readonly read: ReadCluster;
  readonly system: string;
  readonly lockSha256: string;
  /** Digest of the bake payload. */
  readonly digest: string;
  readonly base?: string;
}

function headOf({ plans, artifacts }: BakeInput, layers: readonly BakedLayer[], origin: Origin): ImageHead {
  const { read, system, lockSha256, digest, base } = origin;
  const { arch } = plans[0]?.node ?? { arch: 'amd64' as const };
  const { spec, versions, name: cluster } = read.cluster;
  const roles = [...new Set(plans.map((plan) => plan.node.role))];
  const label = roles.length > 1 ? 'all' : (roles[0] ?? '');
  return {
    apiVersion,
    kind: 'Image',
    name: imageName([label, versions.kubernetes, system, arch], digest),
    roles,
    layers: [...layers],
    arch,
    os: { family: spec.os.family, system },
    artifacts: artifacts.map(({ name, version, algorithm, checksum = '' }) => ({ name, version, algorithm, checksum })),
    builtFrom: {
      knode: knodeVersion(),
      cluster,
      clusterFile: sha256(readUserFile(read.source.file)),
      lock: lockSha256,
      payload: digest,
      ...(base === undefined ? {} : { base }),
    },
  };
}

/** All inputs of an image's bake, except the builder. `system` names the distribution. */
export async function prepareBakePayload(
  session: Session,
  choice: ImageChoice,
  { system, base }: { readonly system: string; readonly base?: string },
): Promise<PreparedBakePayload> {
  const { read } = session;
  const layers = chosenLayers(choice);
  const plans = session.plans(chosenNodes(read, choice));
  const { artifacts, lockSha256, sizes } = knownArtifacts(plans, session);
  const byId = new Map(artifacts.map((one) => [artifactId(one), one]));
  const baked = bakedPlans(plans, layers);
  const materials = await materialsFor(baked, layers, session, (need) => lookUp(byId, need));
  const input: BakeInput = {
    plans,
    trees: baked.map((plan) => bakedTree(plan, materials)),
    artifacts,
    artifactsList: artifactsText(artifacts),
    sizes,
  };
  const head = (digest: string) =>
    headOf(input, layers, { read, system, lockSha256, digest, ...(base === undefined ? {} : { base }) });
  const scripts = provisionScripts().map((one) => one.content);
  const payload = bakePayload(input, envText(bakeSettings(input)), scripts, head);
  const { name, arch } = head(payload.digest);
  return { ...payload, name, arch };
}

function lookUp(artifacts: ReadonlyMap<string, ResolvedArtifact>, need: ArtifactNeed): ResolvedArtifact {
  const found = artifacts.get(artifactId(need));
  if (found === undefined) throw new Error(`${need.name} was planned but not prepared`);
  return found;
}
