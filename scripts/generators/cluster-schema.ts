import { clusterJsonSchema } from '../../src/model/json-schema.ts';
import { outputSchemaFiles } from './output-schemas.ts';
import type { GeneratedFile } from './publish.ts';

/** The JSON Schemas as the repository publishes them: what `knode schema` prints, and what `--json` prints. */
export function schemaFiles(): readonly GeneratedFile[] {
  const cluster = { path: 'schema/cluster.v1.json', content: `${JSON.stringify(clusterJsonSchema(), null, 2)}\n` };
  return [cluster, ...outputSchemaFiles()];
}
