import type { Content, Materials } from '../component/contract.ts';
import type { NodePlan, PlannedFile } from '../component/plan.ts';
import { SecretRef } from '../component/requests.ts';
import { checkUnit } from './check-unit.ts';
import type { NodeFile } from './node-file.ts';
import { artifactsText, envText, jsonText, tomlText, yamlText } from './structured.ts';
import { renderTemplate, staticFile } from './template.ts';

/** Texts shared by nodes of one kind, by path: see `renderPlan`. */
export type SharedTexts = Map<string, string>;

/**
 * Makes the bytes of every file of a plan. Pure except for reading the package's templates: the same plan and materials
 * give the same files, in order of their paths.
 * @param shared texts of another node of the same role, pool and architecture, with the same materials: only the node
 * layer differs from one to the next (the rule of the layers, which the goldens check), so the rest is made once.
 * Missing texts are added.
 * @throws Error for a bug: a template that uses an undefined name, an invalid unit, a secret in the image layer.
 */
export function renderPlan(plan: NodePlan, materials: Materials, shared: SharedTexts = new Map()): readonly NodeFile[] {
  const files = plan.files.filter(({ during }) => during === undefined || materials.lasts(during));
  return files.map((file) => {
    if (file.secret && file.layer === 'image') throw new Error(`${file.path} is secret and cannot be in an image`);
    const content = shared.get(file.path) ?? renderChecked(file, materials);
    if (file.layer !== 'node') shared.set(file.path, content);
    const { path, mode, layer, secret, component, from } = file;
    return { path, mode, layer, secret, component, content, ...(from === undefined ? {} : { from }) };
  });
}

type Static = Extract<Content, { kind: 'static' }>;

function renderChecked(file: PlannedFile, materials: Materials): string {
  const content = renderContent(file, file.content, materials);
  if (file.component !== 'extras') checkUnit(file.path, content);
  return content;
}

function renderContent(file: PlannedFile, content: Content, materials: Materials): string {
  switch (content.kind) {
    case 'static':
      return staticFile(file.path, sectionsOf(content, materials));
    case 'template':
      return renderTemplate(file.path, content.data);
    case 'text':
      return content.text;
    case 'source':
      return materials.source(content.file);
    case 'yaml':
      return yamlText(content.documents.map((document) => fillSecrets(document, materials)));
    case 'json':
      return jsonText(fillSecrets(content.value, materials));
    case 'toml':
      return tomlText(content.value);
    case 'env':
      return envText(fillSecrets(content.values, materials) as Record<string, string>);
    case 'csv':
      return `${(fillSecrets(content.cells, materials) as string[]).join(',')}\n`;
    case 'certificate':
      return materials.certificate(content.id);
    case 'private-key':
      return materials.privateKey(content.id);
    case 'authority':
      return materials.authority(content.authority, content.part);
    case 'passport':
      return materials.passport(content.id);
    case 'passport-key':
      return materials.passportKey();
    case 'service-account':
      return materials.serviceAccount(content.part);
    case 'artifacts':
      return artifactsText(content.needs.map((need) => materials.artifact(need)));
  }
}

function sectionsOf({ sections = [], needs = [] }: Static, materials: Materials): readonly string[] {
  const unlocked = needs.some((need) => materials.artifact(need).checksum === undefined);
  return unlocked ? [...sections, 'unlocked'] : sections;
}

/** Replaces references to secrets in structured content by the secrets. */
export function fillSecrets(value: unknown, materials: Pick<Materials, 'secret'>): unknown {
  if (value instanceof SecretRef) return `${value.prefix}${secretText(value, materials)}${value.suffix}`;
  if (Array.isArray(value)) return value.map((item) => fillSecrets(item, materials));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillSecrets(item, materials)]));
}

function secretText({ name, field }: SecretRef, materials: Pick<Materials, 'secret'>): string {
  if (field !== 'token') return materials.secret(name, field);
  return `${materials.secret(name, 'id')}.${materials.secret(name, 'secret')}`;
}
