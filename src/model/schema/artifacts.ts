import * as z from 'zod';
import { isAbsolutePath, isArtifactName, isArtifactVersion, isPlainUrl, isRelativePath } from '../../base/safe-text.ts';
import { archs } from '../../platform/arch.ts';
import { dnsLabel } from './addresses.ts';
import { say } from './messages.ts';
import { role } from './nodes.ts';
import { text } from './primitives.ts';

const name = text((value) => (isArtifactName(value) ? undefined : say('invalid-artifact-name', { value })), {
  pattern: '^[a-z0-9][a-z0-9-]{0,62}$',
});

const artifactVersion = text((value) =>
  isArtifactVersion(value) ? undefined : say('invalid-artifact-version', { value }),
);

const sha256 = text((value) => (/^[0-9a-f]{64}$/.test(value) ? undefined : say('invalid-sha256', { value })), {
  pattern: '^[0-9a-f]{64}$',
});

/** The last segment of a URL or of a path becomes a key of the mirror. */
const fileUrl = text((value) =>
  isPlainUrl(value) && !value.includes('?') && isRelativePath(value.slice(value.lastIndexOf('/') + 1))
    ? undefined
    : say('invalid-artifact-url', { value }),
);

const localFile = text((value) =>
  isRelativePath(value.slice(value.lastIndexOf('/') + 1)) && !/\p{Cc}/u.test(value)
    ? undefined
    : say('invalid-artifact-file', { value }),
);

const memberFrom = text((value) =>
  value === '' || isRelativePath(value.replace(/^\.\//, '')) ? undefined : say('invalid-member', { value }),
);

const memberTo = text((value) => (isAbsolutePath(value) ? undefined : say('invalid-path/member-to', { value })));

const memberMode = text((value) =>
  /^0[0-7]{3}$/.test(value) ? undefined : say('invalid-mode/member-mode', { value }),
);

const member = z.strictObject({
  from: memberFrom.default('').describe('Path in the archive; left out for a bare file.'),
  to: memberTo.describe('Path on the node.'),
  mode: memberMode.default('0755').describe('Mode, four octal digits in quotes.'),
});

const extra = z.strictObject({
  name: name.describe('Its name; must differ from those of knode’s own artifacts.'),
  version: artifactVersion.describe('Its version.'),
  arch: z.enum(archs).optional().describe('Nodes of this architecture get it. Default: all, if the file runs on both.'),
  url: fileUrl.optional().describe('Its upstream URL.'),
  file: localFile
    .optional()
    .describe('Or a file beside the cluster file, which nodes get from a mirror: knode mirror pull copies it there.'),
  sha256: sha256.describe('Its sha256, as sha256sum prints it.'),
  format: z
    .enum(['binary', 'tar.gz', 'image'])
    .default('binary')
    .describe('A bare file, an archive, or a container image as docker save writes it, which the runtime imports.'),
  members: z
    .array(member)
    .default([])
    .describe('Files of the archive and their paths on the node. A container image has none.'),
  roles: z.array(role).optional().describe('Nodes that get it. Default: all, or none if pools are named.'),
  pools: z.array(dnsLabel).optional().describe('Pools whose machines get it.'),
});

/** Replaces the whole host; the rest of upstream's URL is appended. */
const standIn = text((value) => {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const plain = url !== undefined && /^https?:\/\/[^\s'"\\@?#]+$/.test(value);
  return plain ? undefined : say('invalid-url', { value });
});

const upstreamHost = text((value) =>
  /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/.test(value) ? undefined : say('invalid-host', { value }),
);

/** The key of a file is added to its path, before a query. */
const mirrorUrl = text((value) => {
  const notAUrl = say('invalid-url/not-aurl', { value });
  if (!/^https?:\/\/[^\s\p{Cc}'"\\]+$/u.test(value) || !URL.canParse(value)) return notAUrl;
  return value.includes('#') ? say('mirror-fragment') : undefined;
});

export const artifacts = z
  .strictObject({
    mirrors: z
      .array(mirrorUrl)
      .default([])
      .describe(
        'Base URLs that nodes try in turn before the upstream hosts. If one of them has a user and password or a query (a SAS token), they are a secret: only root on the node can read them, and no golden image contains them.',
      ),
    parallel: z.int().min(1).max(32).default(4).describe('Number of concurrent downloads.'),
    upstream: z.boolean().default(true).describe('Try the upstream host after the mirrors. Off for air-gapped sites.'),
    images: z
      .enum(['registry', 'mirror'])
      .default('registry')
      .describe(
        'Where nodes get the container images of pause and CoreDNS: pulled from their registry, or as pinned files from a mirror, imported before kubelet starts.',
      ),
    payload: z
      .enum(['user-data', 'mirror'])
      .default('user-data')
      .describe(
        'Where nodes get the files that are the same on every machine of a role (scripts, units, kernel settings): in their user-data, or as one archive from a mirror, pinned by its sha256 (the node layer archive), which makes user-data less than half as large.',
      ),
    upstreamHosts: z
      .record(upstreamHost, standIn)
      .default({})
      .describe(
        'Upstream host to the URL that replaces it, for nodes and for knode mirror, for example dl.k8s.io: https://mirror.example.com/k8s.',
      ),
    extra: z.array(extra).default([]).describe('Programs of your own, pinned, mirrored and installed like knode’s.'),
  })
  .prefault({})
  .describe('Where nodes download binaries. Their checksums are pinned in the artifact lock, knode.lock.yaml.');
