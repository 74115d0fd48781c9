/**
 * Mirrors inside a blank machine, on its own loopback: one is corrupt, one comes up late. Debian's python3, which
 * cloud-init itself needs, serves them.
 */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isInLayerArchive, layerArchiveKey, packLayerArchive } from '../../../src/image/layer-archive.ts';
import type { RenderedNode } from '../rendered.ts';

export const corruptMirror = 'http://127.0.0.1:8081';
export const lateMirror = 'http://127.0.0.1:8082/knode';

/** A unit that serves a folder. It starts before cloud-init has finished, like a mirror elsewhere. */
function service(folder: string, port: number, delay: number): string {
  return `[Unit]
DefaultDependencies=no
[Service]
ExecStartPre=/bin/sleep ${delay}
ExecStart=/usr/bin/python3 -m http.server --bind 127.0.0.1 --directory ${folder} ${port}
TimeoutStartSec=infinity
`;
}

/** Puts both mirrors into a root tree. */
export function placeMirrors(root: string, node: RenderedNode): void {
  const files = node.plan.files.filter(isInLayerArchive);
  const payload = packLayerArchive(
    node.plan,
    files.map(({ path, mode }) => ({ path, mode, content: readFileSync(join(node.tree, path), 'utf8') })),
  );
  const corrupt = Buffer.from(payload.content);
  corrupt.writeUInt8(corrupt.readUInt8(600) ^ 1, 600);
  const key = layerArchiveKey(payload.need);
  for (const [folder, content] of [
    [`srv/corrupt/${key}`, corrupt],
    [`srv/late/knode/${key}`, payload.content],
  ] as const) {
    mkdirSync(join(root, dirname(folder)), { recursive: true });
    writeFileSync(join(root, folder), content);
  }
  const units = join(root, 'etc/systemd/system');
  mkdirSync(join(units, 'sysinit.target.wants'), { recursive: true });
  for (const [name, text] of [
    ['test-corrupt-mirror.service', service('/srv/corrupt', 8081, 0)],
    ['test-late-mirror.service', service('/srv/late', 8082, 12)],
  ] as const) {
    // Type=simple: systemd does not wait for ExecStartPre when nothing is ordered after the unit.
    writeFileSync(join(units, name), text);
    symlinkSync(`../${name}`, join(units, 'sysinit.target.wants', name));
  }
}
