import { stringify } from 'yaml';
import { clusterJsonSchema } from '../../src/model/json-schema.ts';
import type { GeneratedFile } from './publish.ts';

/** The parts of a JSON Schema that this page uses. */
interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  /** Names of one key, of which one is required. */
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
}

/** JSON Schema's own bounds of whole numbers say nothing to people. */
const unbounded = Number.MAX_SAFE_INTEGER;

function numberType({ minimum, maximum }: Schema): string {
  const low = minimum !== undefined && minimum > -unbounded ? `${minimum}` : undefined;
  const high = maximum !== undefined && maximum < unbounded ? `${maximum}` : undefined;
  if (low !== undefined && high !== undefined) return `whole number, ${low} to ${high}`;
  return low === undefined ? 'whole number' : `whole number, at least ${low}`;
}

function isObject(schema: Schema): boolean {
  return schema.properties !== undefined;
}

function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' or ');
  switch (schema.type) {
    case 'integer':
      return numberType(schema);
    case 'boolean':
      return '`true`, `false`';
    case 'array':
      return listType(schema);
    case 'object':
      return isObject(schema) ? 'mapping' : mapType(schema);
    default:
      return schema.type ?? 'any value';
  }
}

function listType({ items = {}, minItems }: Schema): string {
  const what = isObject(items) ? 'mappings' : items.enum ? `${typeOf(items)}` : `${typeOf(items)}s`;
  return `list of ${what}${minItems === undefined ? '' : `, at least ${minItems}`}`;
}

function mapType({ additionalProperties }: Schema): string {
  const values = typeof additionalProperties === 'object' ? typeOf(additionalProperties) : 'any value';
  return `map of name to ${values}`;
}

/** The object whose keys a value has: its own, or those of a list's entries. */
function inner(schema: Schema): Schema | undefined {
  if (isObject(schema)) return schema;
  return schema.items && isObject(schema.items) ? schema.items : undefined;
}

function defaultOf(schema: Schema, required: boolean): string {
  if (required) return '**required**';
  if (schema.default === undefined || isObject(schema)) return '';
  return `\`${stringify(schema.default, { collectionStyle: 'flow', lineWidth: 0, flowCollectionPadding: true }).trim()}\``;
}

/** Of a required key with two names, the first one is shown as required. */
function isRequired({ required = [], oneOf = [] }: Schema, key: string): boolean {
  return required.includes(key) || (oneOf[0]?.required?.includes(key) ?? false);
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/** GitHub's anchor of a heading. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(' ', '-')
    .replace(/[^a-z0-9_-]/g, '');
}

function link(path: string): string {
  return `[\`${path}\`](#${anchor(path)})`;
}

/** Writes each kind of object once; a later one of the same keys refers to the first. */
class Reference {
  readonly lines: string[] = [];
  private readonly first = new Map<string, string>();

  section(path: string, schema: Schema, required: boolean): void {
    this.lines.push(`## ${path}`, '');
    const object = inner(schema);
    if (object === undefined) {
      this.table([this.row(path, schema, required)]);
      return;
    }
    this.lines.push(`${schema.description ?? ''}${required ? ' Required.' : ''}`.trim(), '');
    this.object(schema.items === undefined ? path : `${path}[]`, object);
  }

  private object(path: string, schema: Schema): void {
    const entries = Object.entries(schema.properties ?? {});
    const nested: [string, Schema][] = [];
    const rows = entries.map(([key, value]) => {
      const below = `${path}.${key}`;
      const object = inner(value);
      const same = object === undefined ? undefined : this.first.get(shape(object));
      if (object !== undefined && same === undefined) {
        const heading = value.items === undefined ? below : `${below}[]`;
        this.first.set(shape(object), heading);
        nested.push([heading, object]);
      }
      const see = object === undefined ? '' : ` See ${link(same ?? `${below}${value.items ? '[]' : ''}`)}.`;
      return this.row(below, value, isRequired(schema, key), see);
    });
    this.table(rows);
    if (schema.additionalProperties !== false) this.lines.push('Further keys are taken as they are.', '');
    for (const [heading, object] of nested) {
      this.lines.push(`### ${heading}`, '');
      this.object(heading, object);
    }
  }

  private row(path: string, schema: Schema, required: boolean, see = ''): string {
    const cells = [
      `\`${path}\``,
      typeOf(schema),
      defaultOf(schema, required),
      `${schema.description ?? ''}${see}`.trim(),
    ];
    return `| ${cells.map(cell).join(' | ')} |`;
  }

  private table(rows: readonly string[]): void {
    this.lines.push('| path | type | default | what it is |', '|---|---|---|---|', ...rows, '');
  }
}

/** Two objects with the same keys, types and words are the same to a reader. */
function shape(schema: Schema): string {
  return JSON.stringify(schema);
}

const intro = `# The cluster file

<!-- Made by \`npm run docs\` from src/model/schema: do not edit. -->

One YAML file describes one cluster. It is strict: an unknown key is an error, with the nearest known one as its remedy.
What has a default may be left out; \`**required**\` marks what may not. Where the default column is empty, the description
says what happens without the key. Editors complete and explain the file when its first line names the schema that \`knode init\`
writes beside it; \`knode schema\` prints the same.

Besides what stands here, rules between settings are checked (\`knode validate\` names them all at once): networks that
overlap, versions that do not go together, flags that the chosen version does not know, and more.

The smallest file that is valid:

\`\`\`yaml
apiVersion: knode.dev/v1
kind: Cluster
name: smallest
kubernetes: { version: 1.36.3 }
apiEndpoint: { address: 10.30.0.11 }
nodes:
  controlPlane: [{ address: 10.30.0.11 }]
  workers: [{ address: 10.30.0.21 }]
\`\`\`
`;

/** docs/cluster-file.md, in the order of the schema. */
export function clusterFileReference(): GeneratedFile {
  const schema = clusterJsonSchema() as Schema;
  const keys = Object.entries(schema.properties ?? {});
  const reference = new Reference();
  for (const [key, value] of keys) reference.section(key, value, schema.required?.includes(key) ?? false);
  const contents = `Keys: ${keys.map(([key]) => link(key)).join(', ')}.`;
  return {
    path: 'docs/cluster-file.md',
    content: `${intro}\n${contents}\n\n${reference.lines.join('\n').trimEnd()}\n`,
  };
}
