import { createHash } from 'node:crypto';
import { Builders, Factories } from '@cyclonedx/cyclonedx-library/Contrib/FromNodePackageJson';
import { Factories as LicenceFactories } from '@cyclonedx/cyclonedx-library/Contrib/License';
import { ComponentType, HashAlgorithm, LifecyclePhase } from '@cyclonedx/cyclonedx-library/Enums';
import { Bom, Component } from '@cyclonedx/cyclonedx-library/Models';
import { JSON as Json, JsonSerializer } from '@cyclonedx/cyclonedx-library/Serialize';
import { Spec1dot6 } from '@cyclonedx/cyclonedx-library/Spec';
import { version as esbuild } from 'esbuild';
import { PackageURL } from 'packageurl-js';
import spdx from 'spdx-expression-parse';
import type { BundleContents, BundledLibrary, Manifest } from './contents.ts';

/** `packages` of package-lock.json, by folder. */
export type LockedPackages = Readonly<Record<string, { readonly version?: string; readonly integrity?: string }>>;

const builder = new Builders.ComponentBuilder(
  new Factories.ExternalReferenceFactory(),
  new LicenceFactories.LicenseFactory(spdx),
);

function component(manifest: Manifest, type: ComponentType): Component {
  const { name, version } = manifest;
  const made = builder.makeComponent(structuredClone(manifest), type);
  if (made === undefined) throw new Error(`${name}: package.json names no component`);
  const [, group, own = name] = /^(@[^/]+)\/(.+)$/.exec(name) ?? [];
  made.purl = new PackageURL('npm', group, own, version).toString();
  made.bomRef.value = `${name}@${version}`;
  return made;
}

/** SHA-512 of the library's archive on the registry, as hexadecimal digits. */
function lockedDigest({ folder, manifest: { name, version } }: BundledLibrary, locked: LockedPackages): string {
  const entry = locked[folder.slice(folder.indexOf('node_modules/'))];
  if (entry?.version !== version)
    throw new Error(`${name} ${version} is installed, package-lock.json has ${entry?.version ?? 'none'}: run npm ci`);
  const [, base64] = /^sha512-(\S+)$/.exec(entry.integrity ?? '') ?? [];
  if (base64 === undefined) throw new Error(`${name} ${version} has no sha512 in package-lock.json`);
  return Buffer.from(base64, 'base64').toString('hex');
}

/** The same content gives the same UUID: RFC 9562, version 8. */
function serialNumber(content: string): string {
  const hex = createHash('sha256').update(content).digest('hex');
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return `urn:uuid:${parts.join('-')}`;
}

/**
 * The bundle's bill of materials, CycloneDX 1.6 as JSON. The same bundle gives the same bytes; it has a timestamp only if
 * SOURCE_DATE_EPOCH gives one.
 */
export function softwareBillOfMaterials(
  own: Manifest,
  { libraries, imports }: BundleContents,
  locked: LockedPackages,
  sourceDateEpoch?: string,
): string {
  const bom = new Bom();
  const main = component(own, ComponentType.Application);
  bom.metadata.component = main;
  bom.metadata.lifecycles.add(LifecyclePhase.Build);
  bom.metadata.tools.components.add(new Component(ComponentType.Application, 'esbuild', { version: esbuild }));
  if (sourceDateEpoch) bom.metadata.timestamp = new Date(Number(sourceDateEpoch) * 1000);
  const made = new Map(libraries.map(({ folder, manifest }) => [folder, component(manifest, ComponentType.Library)]));
  const link = (from: Component, folders: readonly string[]) => {
    for (const folder of folders) from.dependencies.add(made.get(folder)!.bomRef);
  };
  link(main, imports);
  for (const library of libraries) {
    const one = made.get(library.folder)!;
    one.hashes.set(HashAlgorithm['SHA-512'], lockedDigest(library, locked));
    link(one, library.imports);
    bom.components.add(one);
  }
  const serializer = new JsonSerializer(new Json.Normalize.Factory(Spec1dot6));
  const text = () => serializer.serialize(bom, { sortLists: true, space: 2 });
  bom.serialNumber = serialNumber(text());
  return `${text()}\n`;
}
