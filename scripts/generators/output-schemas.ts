import * as z from 'zod';
import { keyDocuments } from './output-keys.ts';
import { mirrorDocuments } from './output-mirror.ts';
import { nodeDocuments } from './output-nodes.ts';
import { failed } from './output-parts.ts';
import type { GeneratedFile } from './publish.ts';

/** The documents of `--json`, by command. */
const documents: Readonly<Record<string, z.ZodType>> = { ...nodeDocuments, ...keyDocuments, ...mirrorDocuments };

export const documentedCommands: readonly string[] = Object.keys(documents);

/** Path of the schema of a command's document, in the repository and in the package. */
export function outputSchemaPath(command: string): string {
  return `schema/output/${command.replaceAll(' ', '-')}.v1.json`;
}

function generated(command: string, title: string, schema: z.ZodType): GeneratedFile {
  const json = z.toJSONSchema(schema, { io: 'output', target: 'draft-07', unrepresentable: 'any' });
  return { path: outputSchemaPath(command), content: `${JSON.stringify({ title, ...json }, null, 2)}\n` };
}

/** JSON Schemas of everything that `--json` prints: a file for each command, and one for failures before a command runs. */
export function outputSchemaFiles(): readonly GeneratedFile[] {
  const each = Object.entries(documents).map(([command, schema]) =>
    generated(command, `knode --json ${command}`, z.union([schema, failed])),
  );
  return [generated('error', 'knode --json: a failure', failed), ...each];
}
