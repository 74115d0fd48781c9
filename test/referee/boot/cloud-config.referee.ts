/** Every node's user-data and network-config, judged by cloud-init itself and read back by Python's YAML, as cloud-init reads it. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ensureImage, judgesIn, runInTree, suites } from '../machines/suites.ts';
import { example, exampleNames, type RenderedNode, treePaths } from '../rendered.ts';
import { describeReferee, sh, tempDir } from '../tools.ts';

interface Written {
  readonly path: string;
  readonly permissions: unknown;
  readonly content: unknown;
}

// Debian's own interpreter, which runs cloud-init.
const python = '/usr/bin/python3';
const loadAll =
  'import json,sys,yaml; print(json.dumps([yaml.safe_load(open(f, "rb").read().decode("utf-8")) for f in sys.argv[1:]]))';

async function readWithPython(files: readonly string[]): Promise<Record<string, unknown>[]> {
  return JSON.parse((await sh(python, ['-c', loadAll, ...files], { check: true })).stdout);
}

/** The output of `render --files`, in the format of write_files. */
function filesOf(node: RenderedNode): Written[] {
  return treePaths(node).map((path) => ({
    path,
    permissions: (statSync(join(node.tree, path)).mode & 0o7777).toString(8).padStart(4, '0'),
    content: readFileSync(join(node.tree, path), 'utf8'),
  }));
}

/** cloud-init translates the network config for the system's own tool. Newer ones know `schema -t network-config`; 22.4 does not. */
async function netConvert(node: RenderedNode, distro: string, renderer: string): Promise<string> {
  const dir = tempDir('net');
  const file = join(node.seed, 'network-config');
  const args = ['devel', 'net-convert', '-p', file, '-k', 'yaml', '-d', dir, '-D', distro, '-O', renderer];
  const done = await sh('cloud-init', [...args], { check: true });
  expect(done.stderr).not.toMatch(/warn|error|ignor/i);
  return (await sh('grep', ['-r', '', dir], { check: true })).stdout;
}

describeReferee('cloud-init reads', { root: true, tools: { 'cloud-init': 'cloud-init' } }, () => {
  it.each(exampleNames)('user-data of every node of %s as valid', async (name) => {
    for (const node of (await example(name)).nodes) {
      const judged = await sh('cloud-init', ['schema', '--config-file', join(node.seed, 'user-data')]);
      expect(judged, node.name).toExit(0, { stderr: '' });
      expect(judged.stdout, node.name).toMatch(/^Valid cloud-config: [^\n]*\n$/);
    }
  });

  it.each(exampleNames)('exactly the files of every node of %s', async (name) => {
    const { nodes } = await example(name);
    const configs = await readWithPython(nodes.map((node) => join(node.seed, 'user-data')));
    for (const [index, node] of nodes.entries()) {
      const written = configs[index]?.write_files as Written[];
      expect(written.map((file) => file.path).sort()).toEqual(treePaths(node));
      const byPath = new Map(written.map((file) => [file.path, file]));
      for (const want of filesOf(node)) expect(byPath.get(want.path), `${node.name} ${want.path}`).toEqual(want);
      for (const [key, value] of Object.entries(configs[index] ?? {})) {
        // YAML 1.1 turns on, 012 and 12:30 into something else; nothing but switches may be anything but text.
        const switches = [
          'preserve_hostname',
          'manage_etc_hosts',
          'package_update',
          'package_upgrade',
          'prefer_fqdn_over_hostname',
        ];
        if (switches.includes(key)) expect(typeof value, key).toBe('boolean');
        else expect(['string', 'object'], key).toContain(typeof value);
      }
      for (const one of (configs[index]?.packages ?? []) as unknown[]) expect(typeof one).toBe('string');
    }
  });

  it.each(exampleNames)('the meta-data and network of every node of %s', async (name) => {
    const { nodes, cluster } = await example(name);
    const read = await readWithPython(nodes.map((node) => join(node.seed, 'meta-data')));
    expect(read.map((one) => one['local-hostname'])).toEqual(nodes.map((node) => node.name));
    expect(new Set(read.map((one) => one['instance-id'])).size).toBe(nodes.length);
    const { host } = cluster.spec.network;
    const fixed = host.cidr !== undefined && host.gateway !== undefined;
    // One node a cluster is enough: they differ in the address only.
    const node = nodes[0] as RenderedNode;
    const networkd = await netConvert(node, 'debian', 'networkd');
    expect(networkd).toMatch(fixed ? new RegExp(`Address=${node.plan.node.address}/`) : /DHCP=ipv4/);
    if (fixed) expect(networkd).toMatch(new RegExp(`Gateway=${host.gateway}`));
    for (const server of host.nameservers) expect(networkd).toContain(server);
    const sysconfig = await netConvert(node, 'rhel', 'sysconfig');
    expect(sysconfig).toMatch(fixed ? new RegExp(`IPADDR=${node.plan.node.address}`) : /BOOTPROTO=dhcp/);
    if (fixed) expect(sysconfig).toMatch(new RegExp(`GATEWAY=${host.gateway}`));
  });

  it('and refuses a wrong one', async () => {
    const node = (await example('smallest')).nodes[0] as RenderedNode;
    const file = join(tempDir('wrong'), 'user-data');
    const text = readFileSync(join(node.seed, 'user-data'), 'utf8').replace('permissions: "0644"', 'permissions: 420');
    await sh('tee', [file], { input: text, check: true });
    expect(await sh('cloud-init', ['schema', '--config-file', file])).toExit(1);
  });
});

/** One node of each role: the schema judges their common parts alike. */
function oneOfEachRole(nodes: readonly RenderedNode[]): RenderedNode[] {
  return [...new Map(nodes.map((node) => [node.role, node])).values()];
}

// Debian 12's is this machine's own, above.
for (const suite of suites.filter((name) => name !== 'bookworm')) {
  describeReferee(`cloud-init of ${suite} reads`, { root: true, tools: { debootstrap: 'debootstrap' } }, () => {
    // Debian 11's judges user-data alone, and under another name.
    const words = suite === 'bullseye' ? ['cloud-init', 'devel', 'schema'] : ['cloud-init', 'schema'];
    const schema = async (folder: string, file: string, ...more: string[]) =>
      runInTree(await ensureImage(suite), folder, [...words, '--config-file', `/mnt/${file}`, ...more]);

    it.each(exampleNames)('user-data and network-config of %s as valid', async (name) => {
      process.stderr.write(`${judgesIn(await ensureImage(suite), suite)}\n`);
      for (const node of oneOfEachRole((await example(name)).nodes)) {
        const judged = await schema(node.seed, 'user-data');
        expect(judged, node.name).toExit(0, { stderr: '' });
        expect(judged.stdout, node.name).toMatch(/^Valid (cloud-config|schema)[^\n]*\n$/);
        if (suite === 'bullseye') continue;
        const network = await schema(node.seed, 'network-config', '--schema-type', 'network-config');
        expect(network, node.name).toExit(0, { stderr: '' });
        expect(network.stdout, node.name).toMatch(/^Valid schema[^\n]*\n$/);
      }
    });

    it('and refuses a wrong one', async () => {
      const node = (await example('smallest')).nodes[0] as RenderedNode;
      const folder = tempDir('wrong');
      const wrong = readFileSync(join(node.seed, 'user-data'), 'utf8').replace(
        'permissions: "0644"',
        'permissions: 420',
      );
      writeFileSync(join(folder, 'user-data'), wrong);
      expect(await schema(folder, 'user-data')).toExit(1);
      if (suite === 'bullseye') return;
      writeFileSync(join(folder, 'network-config'), 'version: 2\nethernets: { eth0: { dhcp4: perhaps } }\n');
      expect(await schema(folder, 'network-config', '--schema-type', 'network-config')).toExit(1);
    });
  });
}
