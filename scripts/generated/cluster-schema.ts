import { clusterJsonSchema } from '../../src/commands/schema.ts';
import type { GeneratedFile } from './publish.ts';

/** The JSON Schema as the repository publishes it: what `knode schema` prints. */
export function schemaFiles(): readonly GeneratedFile[] {
  return [{ path: 'schema/cluster.v1.json', content: `${JSON.stringify(clusterJsonSchema(), null, 2)}\n` }];
}
