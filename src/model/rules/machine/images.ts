import type { DataPath } from '../../../base/diagnostic.ts';
import { parseImageReference } from '../../../base/image-reference.ts';
import { eachIntact } from '../../intact.ts';
import { error, type Rule, warning } from '../rule.ts';

/** A file holds an image under its tag, and nothing else could be found on the node. */
export const mirroredImagesHaveTags: Rule = ({ spec, images }) => {
  if (spec.artifacts.images !== 'mirror') return [];
  const registry: DataPath = ['kubernetes', 'imageRegistry'];
  const asked = [
    () => [images.pause, spec.kubernetes.pauseImage === undefined ? registry : ['kubernetes', 'pauseImage']] as const,
    () =>
      [images.coreDns, spec.addons.coreDNS.image === undefined ? registry : ['addons', 'coreDNS', 'image']] as const,
  ];
  return eachIntact(asked, (ask) => {
    const [image, path] = ask();
    if (parseImageReference(image) !== undefined) return [];
    const message = `'${image}' is not registry/name:tag, the only name that artifacts.images: mirror can bring`;
    const hint = 'write it without a scheme and without a digest: the lock pins the file';
    return [error(path, 'image-without-tag', message, hint)];
  });
};

/** An image file is made by knode: no upstream host has it. A machine that was baked with it needs none. */
export const imagesHaveMirror: Rule = ({ spec: { artifacts } }) => {
  if (artifacts.images !== 'mirror' || artifacts.mirrors.length > 0) return [];
  const message = 'the images come from a mirror, and artifacts.mirrors names none';
  const hint = "name the mirror's base URL in artifacts.mirrors, or leave images: registry";
  return [warning(['artifacts', 'images'], 'images-without-mirror', message, hint)];
};
