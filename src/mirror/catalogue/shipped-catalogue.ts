import { packagePath } from '../../base/files/package-root.ts';
import { type Catalogue, readCatalogue } from './catalogue-files.ts';

/** The catalogue that ships with knode. The build replaces this module by the entries themselves (scripts/build.ts). */
export function shippedCatalogue(): Catalogue {
  return readCatalogue(packagePath('artifacts'));
}
