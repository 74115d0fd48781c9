import * as z from 'zod';
import { action, arch, diagnostic, document, dryRun, layer, need, origin, sha256, size } from './output-parts.ts';

/** Documents of the commands about the cluster file and its nodes. */

const toldFile = {
  path: z.string(),
  layer,
  component: z.string(),
  mode: z.string(),
  secret: z.boolean(),
  ...size.shape,
  ...origin,
};

const branch: z.ZodType = z.lazy(() =>
  z.strictObject({
    unit: z.string(),
    alsoAfter: z.array(z.string()),
    requires: z.array(z.string()),
    children: z.array(branch),
  }),
);

const toldNode = z.strictObject({
  node: z.string(),
  role: z.string(),
  userData: size,
  payload: z
    .strictObject({ ...need, sha256, bytes: z.int(), files: z.int() })
    .optional()
    .describe('The archive that brings the files which are not in the user-data.'),
  image: z.strictObject({ name: z.string(), sha256, files: z.int() }).optional(),
  budget: z.array(
    z.strictObject({ platform: z.string(), format: z.string(), bytes: z.int(), limit: z.int().optional() }),
  ),
  files: z.array(z.strictObject(toldFile)),
  units: z.array(z.strictObject({ name: z.string(), component: z.string(), layer, start: z.boolean(), ...origin })),
  packages: z.array(z.strictObject({ name: z.string(), layer, components: z.array(z.string()), ...origin })),
  artifacts: z.array(z.strictObject({ ...need, layer, components: z.array(z.string()), ...origin })),
  boot: z.array(branch).describe('The boot order as a tree: a unit waits for the unit above it.'),
});

const oneFile = z.strictObject({
  node: z.string(),
  ...toldFile,
  purpose: z.string(),
  request: z.array(z.string()).describe('What was asked of the PKI, for certificates, keys and secrets.'),
  settings: z.array(
    z.strictObject({ setting: z.string(), from: z.string(), lines: z.array(z.int()), wholeFile: z.boolean() }),
  ),
  untried: z.int().describe('Settings of other nodes that the file names too, and that were not looked at.'),
  content: z.string().optional().describe('Never of a secret file.'),
  line: z
    .strictObject({
      number: z.int(),
      text: z.string().optional(),
      origins: z.array(z.strictObject(origin)),
      because: z.string(),
    })
    .optional(),
});

export const nodeDocuments = {
  init: document({
    dryRun,
    cluster: z.string(),
    files: z.array(z.string()),
    unpinned: z.array(z.strictObject(need)).describe('Artifacts that the lock does not pin yet.'),
  }),
  validate: document({ valid: z.boolean(), diagnostics: z.array(diagnostic) }),
  render: document({
    dryRun,
    nodes: z.array(
      z.strictObject({
        name: z.string(),
        role: z.string(),
        index: z.int(),
        files: z.int(),
        bytes: z.int().describe('Of the user-data.'),
        format: z.string(),
        delivered: z.int().optional().describe('Bytes in the format; unknown for an ISO image.'),
      }),
    ),
    actions: z.array(action),
    writes: z.array(z.string()).describe('Files that -o and --files write.'),
  }),
  explain: z.union([z.array(toldNode), z.array(oneFile)]).describe('A list of nodes, or of one file a node.'),
  'image template': document({ dryRun, image: z.string(), folder: z.string(), files: z.array(z.string()) }),
  'image build': document({ image: z.string(), manifest: z.string() }),
  'image inspect': document({
    apiVersion: z.literal('knode.dev/v1'),
    kind: z.literal('Image'),
    name: z.string(),
    roles: z.array(z.string()),
    layers: z.array(z.enum(['image', 'cluster'])),
    arch,
    os: z.strictObject({ family: z.string(), system: z.string() }),
    artifacts: z.array(
      z.strictObject({ name: z.string(), version: z.string(), algorithm: z.string(), checksum: z.string() }),
    ),
    builtFrom: z.strictObject({
      knode: z.string(),
      cluster: z.string(),
      clusterFile: sha256,
      lock: sha256,
      payload: sha256,
      base: z.string().optional(),
    }),
    digest: z.string(),
    files: z.array(z.strictObject({ path: z.string(), mode: z.string(), sha256 })),
    packages: z.array(z.strictObject({ name: z.string(), version: z.string() })),
    sha256: sha256.describe("Of the manifest's own bytes."),
  }),
  schema: z
    .looseObject({ $schema: z.string(), type: z.literal('object'), properties: z.record(z.string(), z.unknown()) })
    .describe('The JSON Schema of the cluster file.'),
  completion: document({ shell: z.enum(['bash', 'zsh', 'fish']), script: z.string() }),
};
