import * as z from 'zod';
import { clusterFileSchema } from './schema/cluster-file.ts';

/** Its name among schemas. Nothing is there: editors read the file that `init` writes beside the cluster file. */
export const schemaId = 'https://knode.dev/schema/v1/cluster.json';

/** The JSON Schema of the cluster file as users write it: what has a default may be left out. */
export function clusterJsonSchema(): object {
  const schema = z.toJSONSchema(clusterFileSchema, { io: 'input', target: 'draft-07', unrepresentable: 'any' });
  return { $id: schemaId, title: 'knode cluster file', ...schema };
}
