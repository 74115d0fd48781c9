import * as z from 'zod';
import { clusterFileSchema } from './schema/cluster-file.ts';
import { synonyms } from './schema/synonyms.ts';

/** Its identifier. The URL has no content: editors read the file that `init` writes beside the cluster file. */
export const schemaId = 'https://knode.dev/schema/v1/cluster.json';

/** The JSON Schema of the cluster file as users write it: keys with a default are optional. */
export function clusterJsonSchema(): object {
  const schema = z.toJSONSchema(clusterFileSchema, { io: 'input', target: 'draft-07', unrepresentable: 'any' });
  const root = synonyms.reduce(withOlderName, schema as ObjectSchema);
  return { $id: schemaId, title: 'knode cluster file', ...root };
}

/** The part of a JSON Schema that older names need. */
interface ObjectSchema {
  readonly properties?: Readonly<Record<string, ObjectSchema>>;
  readonly required?: readonly string[];
}

/** Adds the key's older name, directly after the newer one. A required key is required under one of them. */
function withOlderName(root: ObjectSchema, { section, key, older }: (typeof synonyms)[number]): ObjectSchema {
  const { properties = {}, required = [], ...parent } = root.properties?.[section] ?? {};
  const description = `The older name of ${key}, which stays valid. Write one of the two.`;
  const named = Object.entries(properties).flatMap(([name, schema]) =>
    name === key ? [[name, schema] as const, [older, { ...schema, description }] as const] : [[name, schema] as const],
  );
  const choice = [key, older].map((name) => ({ required: [name] }));
  const inner = {
    ...parent,
    properties: Object.fromEntries(named),
    ...(required.includes(key) ? { required: required.filter((name) => name !== key), oneOf: choice } : { required }),
  };
  return { ...root, properties: { ...root.properties, [section]: inner } };
}
