import type { DataPath } from '../../../base/diagnostic.ts';
import { parseImageReference } from '../../../base/image-reference.ts';
import { eachIntact } from '../../loading/intact.ts';
import { error, type Rule, warning } from '../rule.ts';
import { say } from './messages.ts';

/** A file holds an image under its tag; without a tag it could not be found on the node. */
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
    return [error(path, say('image-without-tag', { image }))];
  });
};

/** knode makes image files: no upstream host has them. A machine baked with them needs no mirror. */
export const imagesHaveMirror: Rule = ({ spec: { artifacts } }) => {
  if (artifacts.images !== 'mirror' || artifacts.mirrors.length > 0) return [];
  return [warning(['artifacts', 'images'], say('images-without-mirror'))];
};
