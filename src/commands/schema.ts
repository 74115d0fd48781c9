import { clusterJsonSchema } from '../model/json-schema.ts';
import { type CommandIo, printJson } from './io.ts';

/** `knode schema`. */
export function schema(_options: object, io: CommandIo): void {
  printJson(clusterJsonSchema(), io);
}
