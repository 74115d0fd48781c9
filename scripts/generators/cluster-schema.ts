import { clusterJsonSchema } from '../../src/model/json-schema.ts';
import { outputSchemaFiles } from './output-schemas.ts';
import type { GeneratedFile } from './publish.ts';

/** The JSON Schemas in the repository: those of `knode schema` and of `--json`. */
export function schemaFiles(): readonly GeneratedFile[] {
  const cluster = { path: 'schema/cluster.v1.json', content: `${JSON.stringify(clusterJsonSchema(), null, 2)}\n` };
  return [cluster, ...outputSchemaFiles()];
}
