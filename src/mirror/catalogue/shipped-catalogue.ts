import { packagePath } from '../../base/files/package-root.ts';
import { type Catalogue, readCatalogue } from './catalogue-files.ts';

/** The catalogue that ships with knode. The build puts the entries themselves in the place of this module (scripts/build.ts). */
export function shippedCatalogue(): Catalogue {
  return readCatalogue(packagePath('artifacts'));
}
