import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { parse as parseToml } from 'smol-toml';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';
import { formatDiagnostics } from '../../src/base/format-diagnostic.ts';
import type { PlannedFile } from '../../src/component/plan.ts';
import { readCluster } from '../../src/component/read-cluster.ts';
import { cloudConfig } from '../../src/delivery/cloud-init/cloud-config.ts';
import { userData } from '../../src/delivery/cloud-init/user-data.ts';
import type { Cluster } from '../../src/model/cluster.ts';
import { fillSecrets } from '../../src/render/render-plan.ts';
import { checkConfigFields, checkFlags, type Program, parseUnitExec } from '../oracle/oracle.ts';
import { contentOf, renderUnlocked, type UnlockedNode, words } from '../support/render-unlocked.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { clusterFile } from './cluster-arbitrary.ts';
import { runs, seed } from './random-seed.ts';

const programs = {
  'kube-apiserver': ({ spec }: Cluster) => spec.kubernetes.apiServer,
  'kube-controller-manager': ({ spec }: Cluster) => spec.kubernetes.controllerManager,
  'kube-scheduler': ({ spec }: Cluster) => spec.kubernetes.scheduler,
  kubelet: ({ spec }: Cluster) => spec.kubernetes.kubelet,
  'kube-proxy': ({ spec }: Cluster) => spec.kubernetes.kubeProxy,
  etcd: ({ spec }: Cluster) => spec.etcd,
  flanneld: ({ spec }: Cluster) => spec.network.flannel,
} as const;

/** Variables that knode's own units read; every other dollar sign is the user's, and doubled. */
const ownVariables =
  /\$(\{(NODE_NAME|NODE_IP|NODE_LABELS|NODE_TAINTS|KNODE_ETCD_CLUSTER|KNODE_ETCD_STATE)\}|DOCKER_NETWORK_OPTIONS\b|MAINPID\b)/g;

/**
 * Sections and assignments only; every command line consists of words; nothing that systemd would expand except knode's
 * own variables.
 */
function checkUnit(path: string, text: string): void {
  const joined = text.replaceAll(/\\\n */g, ' ');
  for (const line of joined.split('\n'))
    expect(line, path).toMatch(/^(|\[(Unit|Service|Install|Timer)\]|[A-Z][A-Za-z]+=[^\n]*)$/);
  for (const setting of ['ExecStart', 'ExecStartPre', 'ExecStartPost', 'ExecReload'])
    for (const { argv } of parseUnitExec(text, setting)) expect(argv[0], path).toMatch(/^\/(usr|bin)\//);
  expect(joined.replaceAll('%%', ''), path).not.toContain('%');
  expect(joined.replaceAll('$$', '').replaceAll(ownVariables, ''), path).not.toContain('$');
}

/** The user's arguments for a program are on its command line, unchanged, and no others are. */
function checkArguments(cluster: Cluster, node: UnlockedNode): void {
  for (const [program, settings] of Object.entries(programs)) {
    const unit = contentOf(node, `/etc/systemd/system/${program}.service`);
    if (unit === undefined) continue;
    const { versions } = cluster;
    const version = { etcd: versions.etcd, flanneld: versions.flannel }[program] ?? versions.kubernetes;
    const [command] = parseUnitExec(unit);
    const argv = command?.argv ?? [];
    const given = Object.entries(settings(cluster).extraArgs).flatMap(([name, value]) =>
      [value].flat().map((one) => `--${name.replaceAll('_', '-')}=${one}`),
    );
    expect(argv).toEqual(expect.arrayContaining(given));
    // Feature gates are those that every minor has.
    expect(checkFlags(program as Program, version, argv)).toEqual([]);
    expect(argv.slice(1).every((word) => word.startsWith('--'))).toBe(true);
  }
}

/** cri-dockerd gets the sandbox image, whatever the registry's name. */
function checkSandbox({ images }: Cluster, node: UnlockedNode): void {
  const unit = contentOf(node, '/etc/systemd/system/cri-dockerd.service');
  if (unit === undefined) return;
  expect(parseUnitExec(unit)[0]?.argv).toContain(`--pod-infra-container-image=${images.pause}`);
}

/** Folders of the user's own reach `install -d` as they are. */
function checkFolders({ spec }: Cluster, node: UnlockedNode): void {
  const made = ['etcd', 'kube-apiserver'].flatMap((program) =>
    parseUnitExec(contentOf(node, `/etc/systemd/system/${program}.service`) ?? '', 'ExecStartPre')
      .filter(({ argv }) => argv[0] === '/usr/bin/install')
      .map(({ argv }) => argv),
  );
  for (const argv of made) expect(argv.slice(0, -1)).toEqual(['/usr/bin/install', '-d', '-m', '0700']);
  const { audit } = spec.kubernetes.apiServer;
  const folders = made.map((argv) => argv.at(-1));
  if (node.plan.node.role === 'master' && audit.enabled) expect(folders).toContain(audit.directory);
  if (node.plan.node.etcdMember && spec.etcd.walDir !== undefined) expect(folders).toContain(spec.etcd.walDir);
}

const envLine = /^([A-Za-z_][A-Za-z0-9_]*)="((?:[^"\\$`]|\\["\\$`])*)"$/;

function readEnv(text: string): Record<string, string> {
  const pairs = text
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const match = envLine.exec(line);
      expect(match, line).not.toBeNull();
      return [match?.[1], match?.[2]?.replace(/\\(.)/gs, '$1')];
    });
  return Object.fromEntries(pairs) as Record<string, string>;
}

interface Batch {
  readonly yaml: { readonly text: string; readonly want: unknown }[];
  readonly env: { readonly text: string; readonly want: Readonly<Record<string, string>> }[];
}
const batch: Batch = { yaml: [], env: [] };

/** Parsed structured files equal the component's data. */
function checkStructured(decl: PlannedFile, text: string): void {
  const { content } = decl;
  const plain = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;
  if (content.kind === 'yaml') {
    const want = plain(fillSecrets(content.documents, words));
    expect(plain([parseAllDocuments(text)].flat().map((one) => one.toJS())), decl.path).toEqual(want);
    if (!decl.path.includes('/manifests/')) batch.yaml.push({ text, want: (want as unknown[])[0] });
  } else if (content.kind === 'json') expect(JSON.parse(text), decl.path).toEqual(plain(content.value));
  else if (content.kind === 'toml') expect(plain(parseToml(text)), decl.path).toEqual(plain(content.value));
  else if (content.kind === 'env') {
    const want = fillSecrets(content.values, words) as Record<string, string>;
    expect(readEnv(text), decl.path).toEqual(want);
    batch.env.push({ text, want });
  } else if (content.kind === 'text' && decl.component === 'extras') expect(text, decl.path).toBe(content.text);
}

function checkNode(cluster: Cluster, node: UnlockedNode): void {
  for (const file of node.files) {
    const decl = node.plan.files.find((one) => one.path === file.path)!;
    checkStructured(decl, file.content);
    if (file.path.startsWith('/etc/systemd/system/') && file.component !== 'extras' && file.content !== '')
      checkUnit(file.path, file.content);
  }
  checkArguments(cluster, node);
  checkFolders(cluster, node);
  checkSandbox(cluster, node);
  for (const [path, kind] of [
    ['/etc/kubernetes/kubelet.yaml', 'KubeletConfiguration'],
    ['/etc/kubernetes/kube-proxy.yaml', 'KubeProxyConfiguration'],
  ] as const) {
    const text = contentOf(node, path);
    if (text === undefined) continue;
    const [document] = [parseAllDocuments(text)].flat();
    expect(checkConfigFields(kind, cluster.kubernetes.minor, document?.toJS() as Record<string, unknown>)).toEqual([]);
  }
}

function read(text: string): Cluster {
  const { value, diagnostics } = readCluster(text, 'cluster.yaml');
  if (value === undefined) throw new Error(formatDiagnostics(diagnostics));
  return value.cluster;
}

function userDataOf({ plan, files }: UnlockedNode): string {
  return userData(cloudConfig(plan, files));
}

/** Any valid cluster file renders, for every node, with the meaning of the file. */
function checkCluster(file: Record<string, unknown>, asJson: boolean): void {
  const text = asJson ? JSON.stringify(file, null, 2) : stringify(file);
  const cluster = read(text);
  const own = cluster.spec.extraFiles.map(({ content }) => content);
  expect(own).toEqual(((file.extraFiles ?? []) as { content: string }[]).map(({ content }) => content));
  const nodes = [...cluster.nodes, ...cluster.pools].map((node) => renderUnlocked(cluster, node));
  const again = read(text);
  [...again.nodes, ...again.pools].forEach((node, index) => {
    expect(userDataOf(renderUnlocked(again, node))).toBe(userDataOf(nodes[index]!));
  });
  for (const node of nodes) {
    checkNode(cluster, node);
    if (node.plan.node.index > 0) continue;
    // Manifests are long, and alike in every cluster.
    const files = node.files.filter(({ path }) => !path.includes('/manifests/') && !path.includes('/pki/'));
    const config = cloudConfig(node.plan, files);
    batch.yaml.push({ text: userData(config), want: JSON.parse(JSON.stringify(config)) });
  }
}

const folder = () => tempFolder('fuzz');

beforeAll(() => {
  process.stdout.write(`fuzz: KNODE_FUZZ_SEED=${seed}\n`);
});

describe('any valid cluster file', () => {
  it('renders twice the same, with what its versions accept and what it says', { timeout: 600_000 }, () => {
    fc.assert(fc.property(clusterFile, fc.boolean(), checkCluster), runs(25));
  });

  it('makes YAML that PyYAML, which cloud-init uses, reads correctly', { timeout: 600_000 }, () => {
    const input = join(folder(), 'cases.json');
    writeFileSync(input, JSON.stringify(batch.yaml));
    const script = [
      'import json, sys, yaml',
      'for i, case in enumerate(json.load(open(sys.argv[1], encoding="utf-8"))):',
      '    try: got = yaml.safe_load(case["text"].encode("utf-8"))',
      '    except Exception as e: got = repr(e)',
      '    if got != case["want"]: print(json.dumps([i, got if isinstance(got, str) else "differs"]))',
    ].join('\n');
    const { status, stdout, stderr, error } = spawnSync('python3', ['-c', script, input], { encoding: 'utf8' });
    // A developer's machine may have no PyYAML; CI has.
    if (error !== undefined || /No module named '?yaml/.test(stderr)) return;
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const failures = stdout.split('\n').filter((line) => line !== '');
    const [first] = failures.map((line) => JSON.parse(line) as [number, string]);
    expect(failures, `seed ${seed}: ${first?.[1]}\n${batch.yaml[first?.[0] ?? 0]?.text}`).toEqual([]);
  });

  it('makes environment files that a shell sources correctly', { timeout: 60_000 }, () => {
    const path = folder();
    const script = batch.env.map(({ text, want }, index) => {
      const file = join(path, `${index}.env`);
      writeFileSync(file, text);
      return `( . ${file}; printf '%s\\0' ${Object.keys(want)
        .map((name) => `"$${name}"`)
        .join(' ')} )`;
    });
    const options = {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' },
    } as const;
    writeFileSync(join(path, 'all.sh'), script.join('\n'));
    const { status, stdout, stderr } = spawnSync('bash', [join(path, 'all.sh')], options);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const want = batch.env.flatMap((one) => Object.values(one.want));
    expect(stdout.split('\0').slice(0, -1)).toEqual(want);
  });
});
