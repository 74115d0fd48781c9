import type { Catalogue } from './catalogue-files.ts';
import { shippedCatalogue } from './shipped-catalogue.ts';

export type { Catalogue, CatalogueEntry } from './catalogue-files.ts';

let shipped: Catalogue | undefined;

/** The catalogue that ships with knode. Read once. */
export function loadCatalogue(): Catalogue {
  shipped ??= shippedCatalogue();
  return shipped;
}
