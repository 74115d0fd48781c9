import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packagePath } from '../src/base/files/package-root.ts';
import { clusterText } from './cluster-text.ts';
import { installed, inTurns, median, time } from './measure.ts';
import type { Figure } from './report.ts';

interface Listed {
  readonly id: string;
  readonly kind: 'authority' | 'certificate';
  readonly subject: string;
  readonly issuer: string;
  readonly sans: readonly string[];
  readonly usages: readonly string[];
}

const keys = { 'rsa-2048': { algo: 'rsa', size: 2048 }, 'ecdsa-p256': { algo: 'ecdsa', size: 256 } } as const;
const bounds = { 'rsa-2048': 1.5, 'ecdsa-p256': 3 } as const;
const rounds = 5;

/** `CN=m1, O=system:nodes` as cfssl's request has it. */
function request({ subject, sans }: Listed, algorithm: keyof typeof keys): string {
  const attributes = new Map(subject.split(', ').map((part) => part.split('=', 2) as [string, string]));
  const names = [{ O: attributes.get('O') ?? '', OU: attributes.get('OU') ?? '' }];
  return JSON.stringify({ CN: attributes.get('CN'), key: keys[algorithm], hosts: sans, names });
}

/** One `cfssl gencert` a certificate, its answer split by cfssljson, as the how-to documents do it. */
function byCfssl(folder: string, listed: readonly Listed[], algorithm: keyof typeof keys): number {
  const usages = ['signing', 'key encipherment', 'server auth', 'client auth'];
  writeFileSync(
    join(folder, 'config.json'),
    JSON.stringify({ signing: { default: { expiry: '8760h' }, profiles: { node: { expiry: '8760h', usages } } } }),
  );
  const gencert = (name: string, args: string, one: Listed) =>
    time('sh', ['-c', `cd '${folder}' && cfssl gencert ${args} - | cfssljson -bare ${name}`], request(one, algorithm));
  const authorities = listed.filter((one) => one.kind === 'authority');
  let milliseconds = 0;
  for (const one of authorities) milliseconds += gencert(one.id, '-initca', one);
  for (const one of listed.filter(({ kind }) => kind === 'certificate')) {
    const issuer = authorities.find(({ subject }) => subject === one.issuer);
    if (issuer === undefined) throw new Error(`${one.id} has no authority`);
    const ca = `-ca ${issuer.id}.pem -ca-key ${issuer.id}-key.pem -config config.json -profile node`;
    milliseconds += gencert(one.id.replaceAll(/[^a-z0-9-]/g, '_'), ca, one);
  }
  return milliseconds;
}

/** The duration of issuing alone in a fresh process, without its start. */
function issueOnly(file: string): number {
  const args = ['--import', 'tsx', packagePath('bench/issue.ts'), file];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', cwd: packagePath('.') });
  if (status !== 0) throw new Error(`bench/issue.ts ended with ${status}: ${stderr}`);
  return Number(stdout);
}

/** All certificates of three masters, from nothing: issuing, and all of knode's work from its start to rendered nodes. */
export function certificateFigures(cli: string, work: string): readonly Figure[] {
  const missing = ['cfssl', 'cfssljson'].filter((program) => !installed(program));
  if (missing.length > 0) {
    console.log(`SKIPPED certificates against cfssl: no ${missing.join(', ')}; apt-get install golang-cfssl`);
    return [];
  }
  return (['rsa-2048', 'ecdsa-p256'] as const).flatMap((algorithm): Figure[] => {
    const folder = join(work, algorithm);
    mkdirSync(folder);
    const file = join(folder, 'cluster.yaml');
    writeFileSync(file, clusterText(0, algorithm));
    const fresh = () => mkdtempSync(join(folder, 'run-'));
    const knode = (state: string, ...args: string[]) => [cli, '-f', file, '--state', state, ...args];
    const render = (at: string) => knode(join(at, 'state'), 'render', '--all', '--unlocked', '-o', join(at, 'out'));
    const first = fresh();
    time(process.execPath, render(first));
    const { stdout } = spawnSync(process.execPath, knode(join(first, 'state'), '--json', 'pki', 'list'), {
      encoding: 'utf8',
    });
    const { certificates } = JSON.parse(stdout) as { certificates: readonly Listed[] };
    const times = inTurns(
      new Map([
        ['issue', () => issueOnly(file)],
        ['knode', () => time(process.execPath, render(fresh()))],
        ['cfssl', () => byCfssl(fresh(), certificates, algorithm)],
      ]),
      rounds,
    );
    rmSync(folder, { recursive: true });
    const [issue, whole, theirs] = ['issue', 'knode', 'cfssl'].map((name) => median(times.get(name) ?? [])) as [
      number,
      number,
      number,
    ];
    const note = (ours: number) =>
      `${certificates.length} of them: ${ours.toFixed(0)} ms, cfssl ${theirs.toFixed(0)} ms`;
    return [
      {
        name: `certificates, ${algorithm}, faster than cfssl`,
        value: theirs / issue,
        unit: 'x',
        atLeast: bounds[algorithm],
        note: note(issue),
      },
      { name: '  with start, state and rendering', value: theirs / whole, unit: 'x', note: note(whole) },
    ];
  });
}
