import { type Document, isMap, isPair, isScalar, isSeq, type Node, type Scalar, visit } from 'yaml';
import { isSecretPlace } from '../../base/secret-keys.ts';
import { maskedText } from '../../base/secret-url.ts';
import type { SecretPlaces, YamlSource } from '../../base/yaml/positions.ts';

/** Shorter ones would hide words of the message; no password is that short. */
const shortest = 4;

/** Finds the secrets in a cluster file, valid or not. */
export function secretPlaces(document: Document, text: string): SecretPlaces {
  const found: Scalar[] = [...ownSecretFiles(document)];
  visit(document, {
    Scalar: (key, node, path) => {
      if (key !== 'key' && isBelowSecretKey(path)) found.push(node);
    },
  });
  const ranges = [
    ...found.flatMap(({ range }) => (range ? [[range[0], range[1]] as const] : [])),
    ...(document.errors.length > 0 ? suspiciousEnds(text) : []),
  ];
  const texts = found.flatMap(({ value }) => String(value).split('\n'));
  return { ranges, texts: [...new Set(texts.map((one) => one.trim()).filter((one) => one.length >= shortest))] };
}

const suspicious =
  /((?:(?<!cluster)token|password|passwd|authorization|key|headers?|auth)["']?\s*:|secret["']?\s*:\s*true.*content["']?\s*:)[ \t]*([^\n]+)/gi;

/** Text that YAML cannot parse has no keys: the rest of a line after a word that may name a secret. */
function suspiciousEnds(text: string): (readonly [number, number])[] {
  return [...text.matchAll(suspicious)].map(({ index, 0: whole, 2: rest = '' }) => {
    const end = index + whole.length;
    return [end - rest.length, end] as const;
  });
}

/** Under a key that names a secret, or anywhere below `headers`, which may carry one under any name. */
function isBelowSecretKey(path: readonly unknown[]): boolean {
  return isSecretPlace(path.flatMap((step) => (isPair(step) && isScalar(step.key) ? [String(step.key.value)] : [])));
}

/** `content` of `extraFiles` with `secret: true`. */
function ownSecretFiles(document: Document): Scalar[] {
  const files = isMap(document.contents) ? document.contents.get('extraFiles', true) : undefined;
  if (!isSeq(files)) return [];
  return files.items.flatMap((item) => {
    if (!isMap(item) || item.get('secret') !== true) return [];
    const content = item.get('content', true) as Node | undefined;
    return isScalar(content) ? [content] : [];
  });
}

/** A message without the secrets of the document. */
export function withoutSecrets(text: string, { secrets }: YamlSource): string {
  const texts = secrets?.().texts ?? [];
  return texts.reduce((rest, secret) => rest.replaceAll(secret, '***'), maskedText(text));
}
