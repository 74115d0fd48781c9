import type { DataPath } from '../base/diagnostic.ts';
import type { Layer } from '../component/contract.ts';

/** A file as it will be on the node. */
export interface NodeFile {
  readonly path: string;
  /** Four octal digits. */
  readonly mode: string;
  readonly layer: Layer;
  readonly secret: boolean;
  readonly component: string;
  readonly content: string;
  readonly from?: DataPath;
}
