import type { Diagnostic } from '../base/diagnostic.ts';
import { sha256 } from '../base/digest.ts';
import type { ResolvedArtifact } from '../component/contract.ts';
import type { NodePlan } from '../component/plan.ts';
import type { ImageManifest } from './manifest.ts';
import { messages } from './messages.ts';

interface NodeFile {
  readonly path: string;
  readonly mode: string;
  readonly content: string;
}

/** What a node gets by its user-data although it boots from an image. */
export interface Rest<T extends NodeFile> {
  /** Those that the image does not have, or has otherwise. */
  readonly files: readonly T[];
  /** Names of packages that the image lacks. */
  readonly packages: readonly string[];
}

/** What the image does not bring: a file that is there with another mode or other content is delivered. */
export function restOf<T extends NodeFile>({ packages }: NodePlan, files: readonly T[], image: ImageManifest): Rest<T> {
  const there = new Map(image.files.map((file) => [file.path, `${file.mode} ${file.sha256}`]));
  const installed = new Set(image.packages.map((one) => one.name));
  return {
    files: files.filter(({ path, mode, content }) => there.get(path) !== `${mode} ${sha256(content)}`),
    packages: packages.filter((name) => !installed.has(name)),
  };
}

type Tell = (severity: Diagnostic['severity'], code: string, message: string, hint: string) => Diagnostic;

const tell: Tell = (severity, code, message, hint) => ({ severity, code, message, hint });

/** Whether a node can be made of the image; what it will have to download all the same is a warning. */
export function checkFit(
  plan: NodePlan,
  artifacts: readonly ResolvedArtifact[],
  image: ImageManifest,
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

function otherVersions(plan: NodePlan, artifacts: readonly ResolvedArtifact[], image: ImageManifest): Diagnostic[] {
  const there = new Map(image.artifacts.map((one) => [one.name, one.version]));
  const lines = artifacts.flatMap(({ name, version }) => {
    const has = there.get(name);
    return has === undefined || has === version ? [] : [`${name} ${has} instead of ${version}`];
  });
  if (lines.length === 0) return [];
  const message = messages.otherVersions(image.name, plan.node.name, lines);
  return [tell('error', 'image-of-other-versions', message, messages.otherVersionsHint)];
}

function lacking(plan: NodePlan, artifacts: readonly ResolvedArtifact[], image: ImageManifest): Diagnostic[] {
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

/** Where knode alone writes: what is there and not in the plan is a remnant. */
const own = /^\/etc\/(knode|systemd\/system|kubernetes|etcd|cni)\/|^\/usr\/local\/lib\/knode\//;

/** An image for several roles has more than each of them by its nature. */
function superfluous({ files }: NodePlan, image: ImageManifest): Diagnostic[] {
  if (image.roles.length > 1) return [];
  const planned = new Set(files.map((file) => file.path));
  const more = image.files.map((file) => file.path).filter((path) => own.test(path) && !planned.has(path));
  return more.length === 0
    ? []
    : [tell('warning', 'image-has-more', messages.more(image.name, more), messages.moreHint)];
}
