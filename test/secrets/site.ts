import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { packagePath } from '../../src/base/files/package-root.ts';
import { fillMirror, lockText, noise } from '../mirror/store-fixture.ts';
import { knode } from '../support/cli-process.ts';
import { manifestOf, writeManifest } from '../support/golden-image-manifest.ts';
import type { S3Server } from '../support/s3-server.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { clusters, sources } from './clusters.ts';
import { marker } from './marker.ts';

const key = 'kubelet/1.36.2/linux-amd64/kubelet';

/** A folder with a cluster file full of markers, and all that the verbs of knode need. */
export interface Site {
  readonly folder: string;
  /** What was written about it so far. */
  readonly env: Readonly<Record<string, string>>;
}

/** Variables that hold secrets, each with its marker. The proxy is of a kind that is refused at once. */
function environment(bin: string): Record<string, string> {
  const proxy = `socks5://u:${marker('EnvProxy')}@127.0.0.1:9`;
  return {
    PATH: `${bin}:${process.env.PATH}`,
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: marker('EnvAws'),
    AWS_SESSION_TOKEN: marker('EnvSession'),
    AWS_EC2_METADATA_DISABLED: 'true',
    HTTP_PROXY: proxy,
    HTTPS_PROXY: proxy,
    NO_PROXY: '127.0.0.1',
    PKR_VAR_password: marker('EnvPacker'),
  };
}

function packer(): string {
  const bin = tempFolder('bin');
  const script = `#!/bin/bash\ncase $1 in version) echo "Packer v1.6.6" ;; build) exit 1 ;; esac\n`;
  writeFileSync(join(bin, 'packer'), script);
  chmodSync(join(bin, 'packer'), 0o755);
  return bin;
}

export function makeSite(name: string): Site {
  const folder = tempFolder(`secrets-${name}`);
  writeFileSync(join(folder, 'cluster.yaml'), stringify(clusters[name]));
  for (const [path, text] of Object.entries(sources)) writeFileSync(join(folder, path), text);
  writeFileSync(join(folder, 'knode.lock.yaml'), readFileSync(packagePath('test/fixtures/test.lock.yaml')));
  const entries = fillMirror(join(folder, 'mirror'), { [key]: noise(1000, 1) });
  writeFileSync(join(folder, 'mirror.lock.yaml'), lockText(entries));
  writePresigned(folder);
  return { folder, env: environment(packer()) };
}

/** URLs of a private bucket for every artifact that a lock pins. */
function writePresigned(folder: string): void {
  const lock = readFileSync(join(folder, 'knode.lock.yaml'), 'utf8');
  const keys = [...lock.matchAll(/^ {4}key: (\S+)$/gm)].map(([, one = '']) => one);
  const url = (one: string) => `https://bucket.example.com/${one}?X-Amz-Signature=${marker('Presigned')}`;
  const urls = Object.fromEntries(keys.map((one) => [one, url(one)]));
  const document = { apiVersion: 'knode.dev/v1', kind: 'PresignedURLs', expires: '2100-01-01T00:00:00.000Z', urls };
  writeFileSync(join(folder, 'urls.json'), JSON.stringify(document), { mode: 0o600 });
}

/** How each verb is run in a site, several times; `made` counts so that nothing is there already. */
export const verbs: Readonly<Record<string, (s3: S3Server, folder: string) => readonly (readonly string[])[]>> = {
  init: () => [['-f', 'new/cluster.yaml'], ['other']],
  validate: () => [[], ['--strict']],
  render: () => [
    ['--all', '--files', 'tree', '--unlocked'],
    ['--all', '-o', 'out', '--unlocked'],
    ['--node', 'w1', '-o', 'w1.yaml'],
    ['--node', 'w1', '-o', 'signed', '--presigned', 'urls.json'],
    ['--node', 'm1', '-o', 'aws', '--platform', 'aws'],
  ],
  'image template': () => [['--builder', 'null', '--all-roles', '--layers', 'image,cluster', '-o', 'template']],
  explain: () => [
    ['--all'],
    ...[
      '/etc/containerd/config.toml',
      '/etc/knode/mirrors.env',
      '/etc/knode/proxy.env',
      '/etc/agent/secret',
      '/etc/agent/secret:1',
      '/etc/agent/other:1',
      '/etc/docker/daemon.json',
      '/etc/systemd/system/kubelet.service',
      '/etc/systemd/system/flanneld.service',
      '/etc/kubernetes/kubelet.yaml',
    ].map((path) => ['--node', 'w1', path]),
    ...[
      '/etc/knode/manifests/50-secret.yaml',
      '/etc/knode/manifests/50-secret.yaml:4',
      '/etc/knode/flannel-network.json',
    ].map((path) => ['--node', 'm1', path]),
  ],
  'pki list': () => [[], ['--calendar']],
  'pki renew': () => [['--all', '--dry-run']],
  'pki export': () => [['-o', 'exported', '--keys']],
  'pki requests': () => [['-o', 'requests']],
  'pki import': () => [['secret.yaml'], ['urls.json']],
  kubeconfig: () => [['-o', 'jane.kubeconfig', '--user', 'jane']],
  token: () => [['-o', 'token.yaml']],
  passport: () => [['--node', 'w1']],
  'mirror lock': () => [
    ['--lock', 'new.lock.yaml'],
    ['--update', 'etcd'],
  ],
  'mirror pull': () => [['-o', 'pulled']],
  'mirror push': (s3) => [[...bucket(s3), '-i', 'mirror']],
  'mirror verify': (s3) => [
    [...bucket(s3), '--lock', 'mirror.lock.yaml'],
    [`https://u:${marker('Target')}@mirror.invalid/knode?sig=${marker('TargetQuery')}`, '--lock', 'mirror.lock.yaml'],
  ],
  'mirror ls': (s3) => [
    bucket(s3),
    [`https://u:${marker('Target')}@mirror.invalid/knode?sig=${marker('TargetQuery')}`],
  ],
  'mirror gc': (s3) => [[...bucket(s3), '--keep', 'mirror.lock.yaml']],
  'mirror presign': (s3) => [[...bucket(s3), '--expires', '1h', '-o', 'signed.json', '--lock', 'mirror.lock.yaml']],
  'mirror serve': () => [['none'], ['mirror', '--listen', 'nonsense']],
  'image build': () => [
    [
      '--builder',
      'null',
      '--all-roles',
      '--layers',
      'image,cluster',
      '-o',
      'images',
      '--var',
      `ssh_password=${marker('Var')}`,
    ],
  ],
  'image inspect': (_, folder) => [...imageManifest(folder), ['urls.json']],
  schema: () => [[]],
  completion: () => [['bash']],
};

/** Of the image that `image template` prepared. */
function imageManifest(folder: string): string[][] {
  const template = join(folder, 'template');
  return existsSync(template) ? [[writeManifest(manifestOf(template))]] : [];
}

function bucket(s3: S3Server): string[] {
  return ['s3://artifacts/knode', '--endpoint-url', s3.endpoint];
}

export interface Said {
  readonly args: readonly string[];
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a verb for people and with `--json`; the second run meets what the first has made. */
export async function runVerb({ folder, env }: Site, verb: string, s3: S3Server): Promise<Said[]> {
  const all: Said[] = [];
  for (const args of verbs[verb]?.(s3, folder) ?? [])
    for (const json of [[], ['--json']]) {
      const words = [...json, ...verb.split(' '), ...args];
      all.push({ args: words, ...(await knode(words, { cwd: folder, env })) });
    }
  return all;
}

/** Texts of the state that nobody may see: lines of private keys, and values of secrets. */
export function stateSecrets(folder: string): string[] {
  const state = join(folder, '.knode');
  const paths = (readdirSync(state, { recursive: true }) as string[]).map((path) => join(state, path));
  const keys = paths.filter((path) => path.endsWith('.key')).flatMap((path) => readFileSync(path, 'utf8').split('\n'));
  const values = paths
    .filter((path) => path.includes('/secrets/') && path.endsWith('.json'))
    .flatMap((path) => Object.values(JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>));
  const dates = /^\d{4}-\d\d-\d\dT|^[a-z-]+$/;
  return [
    ...keys.filter((line) => line.length === 64),
    ...values.filter((value) => value.length >= 16 && !dates.test(value)),
  ];
}
