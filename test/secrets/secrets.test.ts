/** No secret of the cluster file, its sources, the lock, presigned URLs, the environment or the state is said or left open anywhere. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { stringify } from 'yaml';
import * as z from 'zod';
import { documentedCommands } from '../../scripts/generators/output-schemas.ts';
import { formatDiagnostics } from '../../src/base/format-diagnostic.ts';
import { isSecretPlace } from '../../src/base/secret-keys.ts';
import { merge } from '../../src/component/build/deep-merge.ts';
import { readCluster } from '../../src/component/read-cluster.ts';
import { inParallel } from '../../src/mirror/parallel.ts';
import { clusterFileSchema } from '../../src/model/schema/cluster-file.ts';
import { knode } from '../support/cli-process.ts';
import { type S3Server, startS3 } from '../support/s3-server.ts';
import { shapeBelow } from '../support/schema-shape.ts';
import { clusters, open, refused } from './clusters.ts';
import { marked, marker, markersIn, othersRead } from './marker.ts';
import { makeSite, runVerb, type Said, type Site, stateSecrets, verbs } from './site.ts';

// Each test starts many processes.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 120_000 });

const probe = 'https://u:word@h.example.com/x?sig=word';

/** Places of the schema that could hold a secret: by their name, or because they take any text. */
const secretPlaces = shapeBelow(clusterFileSchema)
  .filter(({ types }) => types.some((type) => /string|lazy/.test(type)))
  .filter(({ path, schema }) => isSecretPlace(path) || z.safeParse(schema, probe).success)
  .map(({ path }) => path.join('.'));

/** Places of the schema at which a value has a marker. */
function plantedIn(value: unknown, path: readonly string[] = []): string[] {
  const known = new Set(shapeBelow(clusterFileSchema).map((place) => place.path.join('.')));
  const walk = (inner: unknown, at: string): string[] => {
    if (typeof inner === 'string') return markersIn(inner).length > 0 ? [at] : [];
    if (Array.isArray(inner)) return inner.flatMap((item) => walk(item, at));
    if (typeof inner !== 'object' || inner === null) return [];
    return Object.entries(inner).flatMap(([key, item]) => {
      const own = at === '' ? key : `${at}.${key}`;
      // Below what has any fields, the place is that of its fields.
      return walk(item, known.has(own) ? own : at.endsWith('*') ? at : `${at}.*`);
    });
  };
  return walk(value, path.join('.'));
}

test('every place for a secret has a marker, or is known to hold none', () => {
  const planted = [...Object.values(clusters).flatMap((one) => plantedIn(one)), ...Object.keys(refused), ...open];
  expect(
    secretPlaces.filter((place) => !planted.includes(place)),
    'plant them in test/secrets/clusters.ts',
  ).toEqual([]);
  expect(open.filter((place) => !secretPlaces.includes(place))).toEqual([]);
});

test('every verb is run', () => {
  expect(Object.keys(verbs).sort()).toEqual([...documentedCommands].sort());
});

let s3 = {} as S3Server;
beforeAll(async () => {
  s3 = await startS3();
});
afterAll(() => s3.close());

const shown = ({ args, code, out, err }: Said) =>
  `knode ${args.join(' ')} (${code})\n${out.slice(0, 3000)}\n${err.slice(0, 3000)}`;

describe.each(Object.keys(clusters))('the %s cluster', (name) => {
  let site: Site;
  const all: Said[] = [];

  beforeAll(async () => {
    site = makeSite(name);
    // The first of them make what the others look at.
    const [first, rest] = [Object.keys(verbs).slice(0, 4), Object.keys(verbs).slice(4)];
    for (const verb of first) all.push(...(await runVerb(site, verb, s3)));
    all.push(...(await inParallel(rest, 4, (verb) => runVerb(site, verb, s3))).flat());
  }, 600_000);

  test('its file is valid, and most verbs succeed', () => {
    const validated = all.find(({ args }) => args.join(' ') === 'validate');
    expect(validated && { ...validated }).toExit(0);
    expect(all.filter(({ code }) => code === 0).length).toBeGreaterThan(20);
    expect(all.filter(({ err, out }) => /this is a bug|"bug"/.test(err + out)).map(shown)).toEqual([]);
  });

  test('no verb prints a marker, as text or as JSON', () => {
    // The words of the command line are the user's own, and not repeated here.
    expect(all.filter(({ out, err }) => markersIn(out + err).length > 0).map(shown)).toEqual([]);
  });

  test('no verb prints a secret of the state', () => {
    const secrets = stateSecrets(site.folder);
    expect(secrets.length).toBeGreaterThan(10);
    const said = all.filter(({ out, err }) => secrets.some((secret) => (out + err).includes(secret)));
    expect(said.map(shown)).toEqual([]);
  });

  test('no file that others can read has one, except the user’s own', () => {
    const own = /^\d+ (cluster\.yaml|secret\.yaml|other\.txt) /;
    expect(marked(site.folder, othersRead).filter((line) => !own.test(line))).toEqual([]);
  });

  test('no image has one, whatever the mode', () => {
    expect(marked(join(site.folder, 'template'))).toEqual([]);
  });

  test('they arrive on the nodes', () => {
    const arrived = markersIn(marked(join(site.folder, 'tree')).join(' '));
    const elsewhere = ['Password'];
    const wanted = markersIn(JSON.stringify(clusters[name]));
    expect(wanted.filter((one) => !arrived.includes(one) && !elsewhere.some((place) => one === marker(place)))).toEqual(
      [],
    );
  });
});

/** Cluster files with a mistake on the line of a secret, or beside it, and with a secret in a comment of that line. */
function mistaken(): [string, string][] {
  const comment = ` # password: ${marker('Comment')}`;
  const lines = (file: Readonly<Record<string, unknown>>) =>
    Object.entries(file).map(([key, value]) => [key, JSON.stringify(value)] as const);
  const sections = Object.entries(clusters).flatMap(([name, file]) =>
    lines(file).flatMap(([section, json]): [string, string][] => {
      if (!/^[{[]/.test(json)) return [];
      const wrong = json.startsWith('{')
        ? [`{"nonsense":1,${json.slice(1)}`, `${json.slice(0, -1)},"nonsense":1}`]
        : [`["nonsense",${json.slice(1)}`];
      return [...wrong, `${json.slice(0, -1)} :`].map((text, at) => [
        `${name} ${section} ${at}`,
        lines(file)
          .map(([key, value]) => `${key}: ${key === section ? text + comment : value}\n`)
          .join(''),
      ]);
    }),
  );
  const values = Object.entries(refused).map(([place, over]): [string, string] => [
    `refused ${place}`,
    stringify(merge(clusters.modern ?? {}, over)),
  ]);
  return [...sections, ...values];
}

describe('a mistake on the line of a secret is reported without it', () => {
  test.each(mistaken())('in the cluster file: %s', (_, text) => {
    const { value, diagnostics } = readCluster(text, 'cluster.yaml');
    expect(value).toBeUndefined();
    expect(diagnostics).not.toEqual([]);
    expect(markersIn(formatDiagnostics(diagnostics) + JSON.stringify(diagnostics))).toEqual([]);
  });

  test.each([
    ['a lock', 'knode.lock.yaml', `kind: Lock # token: ${marker('Comment')}\nartifacts: 1 # ${marker('Comment')}\n`],
    [
      'a lock with a login',
      'knode.lock.yaml',
      `apiVersion: knode.dev/v1\nkind: Lock\nartifacts: [{ name: x, url: "https://u:${marker('LockUrl')}@h/x?s=${marker('LockQuery')}" }]\n`,
    ],
    ['a list of URLs', 'urls.json', `{"urls":{"a":"https://h/?X-Amz-Signature=${marker('Presigned')}"}}`],
    ['a list that is none', 'urls.json', `X-Amz-Signature=${marker('Presigned')}`],
  ])('in %s', async (_, path, text) => {
    const other = makeSite('modern');
    writeFileSync(join(other.folder, path), text);
    for (const json of [[], ['--json']]) {
      const args = [...json, 'render', '--node', 'w1', '-o', 'out', '--presigned', 'urls.json'];
      const ended = await knode(args, { cwd: other.folder, env: other.env });
      expect(ended).toExit(1);
      expect(markersIn(ended.out + ended.err)).toEqual([]);
    }
  });
});
