import * as z from 'zod';
import { isAbsolutePath, isArtifactName, isArtifactVersion, isPlainUrl, isRelativePath } from '../../base/safe-text.ts';
import { dnsLabel } from './addresses.ts';
import { role } from './nodes.ts';
import { type Problem, text } from './primitives.ts';

function refuse(code: string, message: string, hint: string): Problem {
  return { code, message, hint };
}

const name = text(
  (value) =>
    isArtifactName(value)
      ? undefined
      : refuse(
          'invalid-artifact-name',
          `'${value}' is not an artifact name`,
          "use lower-case letters, digits and '-', for example node-exporter",
        ),
  { pattern: '^[a-z0-9][a-z0-9-]{0,62}$' },
);

const artifactVersion = text((value) =>
  isArtifactVersion(value)
    ? undefined
    : refuse(
        'invalid-artifact-version',
        `'${value}' is not a version`,
        "use letters, digits, '.' and '-', without '..', for example 1.8.2",
      ),
);

const sha256 = text(
  (value) =>
    /^[0-9a-f]{64}$/.test(value)
      ? undefined
      : refuse(
          'invalid-sha256',
          `'${value}' is not a sha256`,
          'write its 64 lower-case hex digits: sha256sum FILE prints them',
        ),
  { pattern: '^[0-9a-f]{64}$' },
);

/** The last segment of a URL or of a path becomes a key of the mirror. */
const fileUrl = text((value) =>
  isPlainUrl(value) && !value.includes('?') && isRelativePath(value.slice(value.lastIndexOf('/') + 1))
    ? undefined
    : refuse(
        'invalid-artifact-url',
        `'${value}' is not a plain http(s) URL of a file`,
        "write one that ends in a file name, without user, password, query and '..'",
      ),
);

const localFile = text((value) =>
  isRelativePath(value.slice(value.lastIndexOf('/') + 1)) && !/\p{Cc}/u.test(value)
    ? undefined
    : refuse(
        'invalid-artifact-file',
        `'${value}' cannot be a file of a mirror`,
        "use letters, digits, '.', '+', '_' and '-' in its name, beginning with a letter or digit",
      ),
);

const memberFrom = text((value) =>
  value === '' || isRelativePath(value.replace(/^\.\//, ''))
    ? undefined
    : refuse(
        'invalid-member',
        `'${value}' is not a path in an archive`,
        "write it as tar -t prints it, without '..' and a leading '/'",
      ),
);

const memberTo = text((value) =>
  isAbsolutePath(value)
    ? undefined
    : refuse(
        'invalid-path',
        `'${value}' is not a path that an artifact can be put at`,
        "write an absolute path of letters, digits, '.', '+', '_', '~' and '-', without '..', for example /usr/local/bin/agent",
      ),
);

const memberMode = text((value) =>
  /^0[0-7]{3}$/.test(value)
    ? undefined
    : refuse('invalid-mode', `'${value}' is not a file mode`, "write four octal digits in quotes, for example '0755'"),
);

const member = z.strictObject({
  from: memberFrom.default('').describe('Path in the archive; left out for a bare file.'),
  to: memberTo.describe('Path on the node.'),
  mode: memberMode.default('0755').describe('Mode, four octal digits in quotes.'),
});

const extra = z.strictObject({
  name: name.describe('Its name; none of knode’s own artifacts has it.'),
  version: artifactVersion.describe('Its version.'),
  arch: z
    .enum(['amd64', 'arm64'])
    .optional()
    .describe('Nodes of this architecture get it. Default: all, where the file runs on both.'),
  url: fileUrl.optional().describe('Where upstream has it.'),
  file: localFile
    .optional()
    .describe('Or a file beside the cluster file, which nodes get from a mirror: knode mirror pull copies it there.'),
  sha256: sha256.describe('Its sha256, as sha256sum prints it.'),
  format: z
    .enum(['binary', 'tar.gz', 'image'])
    .default('binary')
    .describe('A bare file, an archive, or a container image as docker save writes it, which the runtime imports.'),
  members: z.array(member).default([]).describe('What goes where. An image has none.'),
  roles: z.array(role).optional().describe('Nodes that get it. Default: all, or none when pools are named.'),
  pools: z.array(dnsLabel).optional().describe('Pools whose machines get it.'),
});

/** Replaces the whole host; the rest of upstream's URL is appended. */
const standIn = text((value) => {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const plain = url !== undefined && /^https?:\/\/[^\s'"\\@?#]+$/.test(value);
  return plain
    ? undefined
    : refuse(
        'invalid-url',
        `'${value}' cannot stand in for a host`,
        'write an http(s) URL without user, password and query, for example https://mirror.example.com/k8s',
      );
});

const upstreamHost = text((value) =>
  /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/.test(value)
    ? undefined
    : refuse('invalid-host', `'${value}' is not a host`, 'write the host of a URL alone, for example dl.k8s.io'),
);

/** The key of a file is added to its path, before a query. */
const mirrorUrl = text((value) => {
  const hint = 'write the base URL of the mirror, for example https://mirror.example.com/knode';
  const notAUrl = refuse('invalid-url', `'${value}' is not an http(s) URL`, hint);
  if (!/^https?:\/\/[^\s\p{Cc}'"\\]+$/u.test(value) || !URL.canParse(value)) return notAUrl;
  const fragment = "remove '#' and what follows it: write a '#' of a password as %23";
  return value.includes('#')
    ? refuse('mirror-fragment', 'no server is ever sent the part of a URL behind #', fragment)
    : undefined;
});

export const artifacts = z
  .strictObject({
    mirrors: z
      .array(mirrorUrl)
      .default([])
      .describe(
        'Base URLs that nodes try in turn before the upstream hosts. A user and password or a query (a SAS token) in one of them makes them a secret: only root on the node reads them, and no image holds them.',
      ),
    parallel: z.int().min(1).max(32).default(4).describe('Downloads at a time.'),
    upstream: z.boolean().default(true).describe('Try the upstream host after the mirrors. Off for air-gapped sites.'),
    images: z
      .enum(['registry', 'mirror'])
      .default('registry')
      .describe(
        'Where nodes get the images of pause and CoreDNS: pulled from their registry, or as pinned files from a mirror, imported before kubelet starts.',
      ),
    payload: z
      .enum(['user-data', 'mirror'])
      .default('user-data')
      .describe(
        'Where nodes get the files that are the same on every machine of a role (scripts, units, kernel settings): in their user-data, or as one archive pinned by its sha256 from a mirror, which makes user-data less than half as large.',
      ),
    upstreamHosts: z
      .record(upstreamHost, standIn)
      .default({})
      .describe(
        'Upstream host to the URL that stands in for it, for nodes and for knode mirror, for example dl.k8s.io: https://mirror.example.com/k8s.',
      ),
    extra: z.array(extra).default([]).describe('Programs of your own, pinned, mirrored and installed like knode’s.'),
  })
  .prefault({})
  .describe('Where nodes download binaries. What they accept is pinned in knode.lock.yaml.');
