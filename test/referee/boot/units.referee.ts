/**
 * systemd's own verification of every unit, in a root with only those programs that the node's artifacts and packages
 * contain.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { packagePath } from '../../../src/base/files/package-root.ts';
import { parseUnitExec } from '../../oracle/unit.ts';
import { exposures } from '../../support/exposure.ts';
import { example, exampleNames, type RenderedNode, treePaths } from '../rendered.ts';
import { describeReferee, type Finished, sh, tempDir } from '../tools.ts';

const unitFolder = '/etc/systemd/system';
/** Programs of the operating system and of the user-data's packages. */
const programs = ['/usr/bin/install', '/usr/bin/sh', '/usr/bin/kill', '/usr/sbin/nginx', '/usr/sbin/iptables'];

function unitsOf(node: RenderedNode): Map<string, string> {
  const names = treePaths(node).filter((path) => path.startsWith(`${unitFolder}/`));
  return new Map(names.map((path) => [path, readFileSync(join(node.tree, path), 'utf8')]));
}

/** Where the artifacts of the node put programs. */
function installed(node: RenderedNode): string[] {
  const list = join(node.tree, 'etc/knode/artifacts.list');
  if (!treePaths(node).includes('/etc/knode/artifacts.list')) return [];
  return [...readFileSync(list, 'utf8').matchAll(/^ +0?755 (\/\S*[^/\s])(?: |$)/gm)].map((match) => match[1] as string);
}

/** The node's root as the first boot makes it, with stand-ins for programs and the distribution's own units. */
function rootOf(node: RenderedNode): string {
  const root = tempDir('units');
  cpSync(node.tree, root, { recursive: true });
  for (const folder of ['bin', 'sbin', 'lib']) {
    mkdirSync(join(root, 'usr', folder), { recursive: true });
    symlinkSync(`usr/${folder}`, join(root, folder));
  }
  cpSync('/lib/systemd/system', join(root, 'usr/lib/systemd/system'), { recursive: true, verbatimSymlinks: true });
  for (const program of [...programs, ...installed(node)]) {
    mkdirSync(dirname(join(root, program)), { recursive: true });
    writeFileSync(join(root, program), '', { mode: 0o755 });
  }
  return root;
}

async function verify(root: string, names: readonly string[]): Promise<Finished> {
  const args = ['verify', `--root=${root}`, '--man=no', ...names];
  const judged = await sh('systemd-analyze', args, { env: { SYSTEMD_LOG_COLOR: '0' } });
  rmSync(root, { recursive: true });
  return judged;
}

describeReferee('systemd-analyze verify', { root: true, tools: { 'systemd-analyze': 'systemd' } }, () => {
  it.each(exampleNames)('accepts the units of %s', async (name) => {
    for (const node of (await example(name)).nodes) {
      const units = unitsOf(node);
      // An empty file masks the package's own unit; there is nothing to verify.
      const masks = [...units].filter(([, text]) => text === '').map(([path]) => path);
      expect(masks, node.name).toEqual(units.has(`${unitFolder}/nginx.service`) ? [`${unitFolder}/nginx.service`] : []);
      const names = [...units.keys()]
        .filter((path) => !masks.includes(path))
        .map((path) => path.split('/').at(-1) ?? '');
      expect(names).toContain('knode.target');
      expect(await verify(rootOf(node), names), node.name).toEqual({ code: 0, stdout: '', stderr: '' });
    }
  });

  it('finds no unit with a higher score, and detects a missing line', async () => {
    const shim = packagePath('test/golden/cri-dockerd/want/shim-w1/rootfs', unitFolder, 'cri-dockerd.service');
    const found = new Map([['cri-dockerd.service', readFileSync(shim, 'utf8')]]);
    for (const name of exampleNames) {
      for (const node of (await example(name)).nodes)
        for (const [path, text] of unitsOf(node)) if (text !== '') found.set(path.replace(/^.*\//, ''), text);
    }
    for (const [unit, { now }] of Object.entries(exposures)) {
      const text = found.get(`${unit}.service`) ?? '';
      // Ten times the exposure that systemd counts.
      const rate = (content: string, least: number) => {
        const file = join(tempDir('exposure'), `${unit}.service`);
        writeFileSync(file, content);
        const threshold = Math.round(least * 10);
        return sh('systemd-analyze', ['security', '--offline=true', `--threshold=${threshold}`, '--no-pager', file]);
      };
      expect(text, unit).not.toBe('');
      expect(await rate(text, now), unit).toExit(0);
      expect(await rate(text, now - 0.1), `${unit} is better: lower its figure`).not.toExit(0);
      const open = text.replace(/^(CapabilityBoundingSet|RestrictNamespaces|SystemCallArchitectures)=.*\n/gm, '');
      if (open !== text) expect(await rate(open, now), unit).not.toExit(0);
    }
  });

  it.each(exampleNames)('finds the same bytes on all nodes of a role of %s', async (name) => {
    const { nodes } = await example(name);
    for (const role of new Set(nodes.map((node) => node.role))) {
      const [first, ...others] = nodes.filter((node) => node.role === role);
      if (first === undefined) continue;
      for (const other of others) expect(unitsOf(other), `${first.name} and ${other.name}`).toEqual(unitsOf(first));
    }
  });

  it.each(exampleNames)('finds no unit of %s that waits for a missing one', async (name) => {
    const system = new Set(readdirSync('/lib/systemd/system'));
    for (const node of (await example(name)).nodes) {
      const units = unitsOf(node);
      for (const [path, text] of units) {
        for (const [, words = ''] of text.matchAll(/^(?:Requires|Wants)=(.*)$/gm)) {
          const unknown = words.split(' ').filter((unit) => !units.has(`${unitFolder}/${unit}`) && !system.has(unit));
          expect(unknown, `${node.name} ${path}`).toEqual([]);
        }
        for (const { argv } of parseUnitExec(text)) expect(argv[0], path).toMatch(/^\//);
      }
    }
  });

  it('and refuses a wrong one', async () => {
    const node = (await example('smallest')).nodes[0] as RenderedNode;
    const root = rootOf(node);
    const unit = join(root, unitFolder, 'kubelet.service');
    writeFileSync(unit, `${readFileSync(unit, 'utf8')}Restart=sometimes\nMemoryAcounting=true\n`);
    const { stderr } = await verify(root, ['kubelet.service']);
    expect(stderr).toContain('sometimes');
    expect(stderr).toContain('MemoryAcounting');
  });
});
