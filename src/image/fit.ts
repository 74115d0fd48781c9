import type { Diagnostic } from '../base/diagnostic.ts';
import { sha256 } from '../base/digest.ts';
import type { ResolvedArtifact } from '../component/artifact.ts';
import type { NodePlan } from '../component/plan.ts';
import type { GoldenImageManifest } from './golden-image-manifest.ts';
import { messages } from './messages.ts';

interface NodeFile {
  readonly path: string;
  readonly mode: string;
  readonly content: string;
}

/** The content of a node's user-data if the node boots from an image. */
export interface Rest<T extends NodeFile> {
  /** Files that the image lacks, or that differ there. */
  readonly files: readonly T[];
  /** Names of packages that the image lacks. */
  readonly packages: readonly string[];
}

/** The parts of a plan that the image lacks: a file with another mode or content is delivered. */
export function restOf<T extends NodeFile>(
  { packages }: NodePlan,
  files: readonly T[],
  image: GoldenImageManifest,
): Rest<T> {
  const there = new Map(image.files.map((file) => [file.path, `${file.mode} ${file.sha256}`]));
  const installed = new Set(image.packages.map((one) => one.name));
  return {
    files: files.filter(({ path, mode, content }) => there.get(path) !== `${mode} ${sha256(content)}`),
    packages: packages.filter((name) => !installed.has(name)),
  };
}

type Tell = (severity: Diagnostic['severity'], code: string, message: string, hint: string) => Diagnostic;

const tell: Tell = (severity, code, message, hint) => ({ severity, code, message, hint });

/** Whether a node can boot from the image; further downloads are a warning. */
export function checkFit(
  plan: NodePlan,
  artifacts: readonly ResolvedArtifact[],
  image: GoldenImageManifest,
): readonly Diagnostic[] {
  const { node, cluster } = plan;
  const { family } = cluster.spec.os;
  const wrong: Diagnostic[] = [];
  if (image.arch !== node.arch) {
    const message = messages.otherArch(image.name, image.arch, node.name, node.arch);
    wrong.push(tell('error', 'image-of-other-arch', message, messages.otherArchHint(node.arch)));
  }
  if (image.os.family !== family) {
    const message = messages.otherFamily(image.name, image.os.family, family);
    wrong.push(tell('error', 'image-of-other-family', message, messages.otherFamilyHint));
  }
  wrong.push(...otherVersions(plan, artifacts, image));
  return wrong.length > 0 ? wrong : [...lacking(plan, artifacts, image), ...superfluous(plan, image)];
}

function otherVersions(
  plan: NodePlan,
  artifacts: readonly ResolvedArtifact[],
  image: GoldenImageManifest,
): Diagnostic[] {
  const there = new Map(image.artifacts.map((one) => [one.name, one.version]));
  const lines = artifacts.flatMap(({ name, version }) => {
    const has = there.get(name);
    return has === undefined || has === version ? [] : [`${name} ${has} instead of ${version}`];
  });
  if (lines.length === 0) return [];
  const message = messages.otherVersions(image.name, plan.node.name, lines);
  return [tell('error', 'image-of-other-versions', message, messages.otherVersionsHint)];
}

function lacking(plan: NodePlan, artifacts: readonly ResolvedArtifact[], image: GoldenImageManifest): Diagnostic[] {
  const { role, name } = plan.node;
  const there = new Map(image.artifacts.map((one) => [one.name, one.checksum]));
  const absent = artifacts.filter((one) => !there.has(one.name)).map((one) => one.name);
  const differ = artifacts.filter((one) => there.has(one.name) && there.get(one.name) !== one.checksum);
  const { packages } = restOf(plan, [], image);
  return [
    ...(absent.length === 0
      ? []
      : [tell('warning', 'image-lacks-programs', messages.lacks(image.name, name, absent), messages.lacksHint(role))]),
    ...(differ.length === 0
      ? []
      : [
          tell(
            'warning',
            'image-of-other-lock',
            messages.differs(
              image.name,
              differ.map((one) => one.name),
            ),
            messages.differsHint,
          ),
        ]),
    ...(packages.length === 0
      ? []
      : [
          tell(
            'warning',
            'image-lacks-packages',
            messages.lacksPackages(image.name, name, packages),
            messages.lacksHint(role),
          ),
        ]),
  ];
}

/** Folders that only knode writes to: files there that are not in the plan are leftovers. */
const own = /^\/etc\/(knode|systemd\/system|kubernetes|etcd|cni)\/|^\/usr\/local\/lib\/knode\//;

/** An image for several roles naturally contains more than each of them needs. */
function superfluous({ files }: NodePlan, image: GoldenImageManifest): Diagnostic[] {
  if (image.roles.length > 1) return [];
  const planned = new Set(files.map((file) => file.path));
  const more = image.files.map((file) => file.path).filter((path) => own.test(path) && !planned.has(path));
  return more.length === 0
    ? []
    : [tell('warning', 'image-has-more', messages.more(image.name, more), messages.moreHint)];
}
