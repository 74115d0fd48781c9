import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Diagnostic } from '../../base/diagnostic.ts';
import { optionMistake } from '../../base/failure.ts';
import { packagePath } from '../../base/files/package-root.ts';
import type { TreeFile } from '../../base/files/write-tree.ts';
import { together } from '../../base/option-mistakes.ts';
import { bakeSeed, buildBlock, wantsPlugins } from '../../image/bake-folder.ts';

import { placeDiagnostics, type ReadCluster } from '../../model/read-cluster.ts';
import { pairsOn } from '../../model/rules/components.ts';
import { imageFor, type NamedBuilder } from '../../platform/builders.ts';
import type { System } from '../../platform/family.ts';
import { demand, type Session } from '../session.ts';
import { type PreparedBakePayload, prepareBakePayload, provisionScripts } from './bake-payload.ts';
import { type BaseChoice, checkedBase, chooseBuilder, chooseSystem, demandBase } from './base.ts';
import { chosenLayers, chosenNodes, type ImageChoice } from './choice.ts';
import { say } from './messages.ts';

/** Options of `knode image template` and `build`. */
export interface ImageOptions extends ImageChoice, BaseChoice {
  /** The Packer version for the build: 1.6 does not accept plugin requirements. */
  readonly packer?: string;
}

export interface ImageFolder {
  readonly image: string;
  readonly files: readonly TreeFile[];
}

function packerFile(...segments: readonly string[]): string {
  return readFileSync(packagePath('packer', ...segments), 'utf8');
}

/** The Packer files as they ship, except for the build block's list of sources. */
function definitions({ packer: name, builtIn }: NamedBuilder, packer: string): readonly TreeFile[] {
  const texts: Record<string, string> = {
    'build.pkr.hcl': buildBlock(packerFile('build.pkr.hcl'), name),
    'variables.pkr.hcl': packerFile('variables.pkr.hcl'),
    [`${name}.pkr.hcl`]: packerFile('builders', `${name}.pkr.hcl`),
  };
  if (wantsPlugins(packer) && !builtIn) texts['plugins.pkr.hcl'] = packerFile('plugins', `${name}.pkr.hcl`);
  return Object.entries(texts).map(([path, content]) => ({ path, content, mode: '0644' }));
}

/** A key that lets Packer into this one machine: made here, kept in the folder, removed from the image. */
function seedFiles(): readonly TreeFile[] {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  // RFC 5656, section 3.1: type, curve and point, each after its length.
  const blob = ['ecdsa-sha2-nistp256', 'nistp256', point].flatMap((part) => {
    const bytes = Buffer.from(part as string);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return [length, bytes];
  });
  const seed = bakeSeed(`ecdsa-sha2-nistp256 ${Buffer.concat(blob).toString('base64')} knode-bake`);
  return [
    { path: 'seed/id', content: privateKey.export({ type: 'sec1', format: 'pem' }).toString(), mode: '0600' },
    ...Object.entries(seed).map(([name, content]) => ({ path: `seed/${name}`, content, mode: '0644' })),
  ];
}

/** The Packer version of `--packer`; by default a current one. */
function packerVersion({ packer = '1.7' }: ImageOptions): string {
  if (/^\d+\.\d+(\.\d+)?$/.test(packer)) return packer;
  throw optionMistake('--packer', say('bad-packer-version', { text: packer }));
}

function variables(builder: NamedBuilder, system: System, payload: PreparedBakePayload, options: ImageOptions) {
  const { base, checksum } = options;
  const image = imageFor(builder, system, payload.arch);
  const bake = {
    arch: payload.arch,
    user: system.user,
    ...(image === undefined ? {} : { image }),
    ...(base === undefined ? {} : { base }),
    ...(checksum === undefined ? {} : { checksum }),
  };
  return { image_name: payload.name, ...builder.variables(bake) };
}

/** Conflicts between the cluster's programs and the image's system, if the cluster file names no release itself. */
function systemFindings({ cluster, source }: ReadCluster, system: System): readonly Diagnostic[] {
  const { release } = cluster.spec.os;
  if (release !== undefined && release !== system.name) {
    return [{ severity: 'error', ...say('os-release-differs', { release, system: system.name }) }];
  }
  return release === undefined ? placeDiagnostics(pairsOn(cluster, system.name), source) : [];
}

/** Everything that Packer needs for the build, as files of one folder. */
export async function imageFolder(session: Session, options: ImageOptions): Promise<ImageFolder> {
  const { read } = session;
  const { os } = read.cluster.spec;
  const [builder, packer, system] = together([
    () => chooseBuilder(options.builder),
    () => packerVersion(options),
    () => chooseSystem(options.os ?? os.release, os.family),
    () => chosenLayers(options),
    () => chosenNodes(read, options),
  ]);
  demand({ value: system, diagnostics: systemFindings(read, system) }, session);
  const arch = options.arch === 'arm64' ? 'arm64' : 'amd64';
  demandBase(builder, system, arch, options);
  const base = await checkedBase(builder, options);
  const from = base === undefined ? {} : { base: options.checksum ?? base };
  const payload = await prepareBakePayload(session, options, { system: system.name, ...from });
  const named = { ...options, ...(base === undefined ? {} : { base }) };
  const pkrvars = JSON.stringify(variables(builder, system, payload, named), null, 2);
  return {
    image: payload.name,
    files: [
      ...definitions(builder, packer),
      { path: 'knode.auto.pkrvars.json', content: `${pkrvars}\n`, mode: '0644' },
      ...provisionScripts(),
      ...payload.files,
      ...(builder.seed ? seedFiles() : []),
    ],
  };
}
