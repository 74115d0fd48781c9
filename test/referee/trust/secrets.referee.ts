/**
 * A blank machine boots user-data in which every place that can hold a secret has a marker, and its mirrors fail. No marker is on the
 * console, in the journal, in the receipt, on a command line, or in a file that a user without rights can read.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { clusters } from '../../secrets/clusters.ts';
import { marker, markersIn } from '../../secrets/marker.ts';
import { type BootedNode, bootNode } from '../machines/boot.ts';
import { clusterOf, type RenderedNode } from '../rendered.ts';
import { describeReferee, sleep } from '../tools.ts';

/** Nothing listens at this port of the machine. */
const nowhere = '127.0.0.1:9';
const mirrors = [
  `http://u:${marker('Login')}@${nowhere}/knode`,
  `http://${nowhere}/signed?sv=1&sig=${marker('Query')}`,
];

/**
 * The cluster of the unit tests, with mirrors that fail at once, without anything that needs files beside it or a
 * proxy.
 */
const leaky = stringify({
  ...clusters.modern,
  name: 'leaky',
  artifacts: { mirrors, upstream: false },
  os: { proxy: { http: `http://u:${marker('Http')}@127.0.0.1:3128`, noProxy: ['127.0.0.1'] } },
  addons: {},
  extraFiles: [{ path: '/etc/agent/secret', secret: true, content: marker('File') }],
});

const needs = { root: true, tools: { 'systemd-nspawn': 'systemd-container' } };

describeReferee('a machine whose mirrors fail', needs, () => {
  let machine: BootedNode;
  let node: RenderedNode;

  beforeAll(async () => {
    node = (await clusterOf('leaky', leaky)).node('w1');
    const nspawn = ['--bind-ro=/bin/true:/usr/sbin/swapoff', '--console=read-only'];
    machine = await bootNode({ seedDir: node.seed, name: 'w1', nspawn });
    for (const end = Date.now() + 120_000; !machine.journal().includes(nowhere); await sleep(500))
      if (Date.now() > end) throw new Error(`the mirrors were not asked:\n${machine.journal().slice(-3000)}`);
  });
  afterAll(() => machine?.stop());

  it('was given them', () => {
    const given = markersIn(readFileSync(join(node.seed, 'user-data'), 'utf8'));
    expect(given).toEqual(expect.arrayContaining([marker('Login'), marker('Query'), marker('File'), marker('Http')]));
  });

  it('names the failing mirror, but no secret, on console and in the journal', () => {
    expect(machine.console()).toContain('knode:');
    expect(machine.journal()).toContain(nowhere);
    expect(markersIn(machine.console())).toEqual([]);
    expect(markersIn(machine.journal())).toEqual([]);
  });

  it('leaves no secret in the receipt', async () => {
    const receipt = await machine.run(['sh', '-c', 'cat /run/knode/receipt.json 2>/dev/null; true']);
    expect(markersIn(receipt.stdout)).toEqual([]);
  });

  it('shows none to a user without rights: no file, no command line, no unit', async () => {
    const asNobody = (script: string) => machine.run(['runuser', '-u', 'nobody', '--', 'bash', '-c', script]);
    const places = 'find / -maxdepth 1 -mindepth 1 -type d ! -name proc ! -name sys -print0';
    const files = await asNobody(
      `${places} | xargs -0 grep -rlaE --devices=skip 'MARKER[A-Za-z]+0f5ecret' -- 2>/dev/null; true`,
    );
    expect(files).toExit(0, { stdout: '' });
    const lines = await asNobody(`grep -al 'MARKER[A-Za-z]*0f5ecret' /proc/[0-9]*/cmdline 2>/dev/null; true`);
    expect(lines).toExit(0, { stdout: '' });
    const units = await asNobody("systemctl show '*.service' 2>/dev/null | grep MARKER; true");
    expect(units).toExit(0, { stdout: '' });
    // The same search finds what root may read.
    const asRoot = await machine.run(['grep', '-rl', 'MARKER', '/etc/agent']);
    expect(asRoot).toExit(0, { stdout: '/etc/agent/secret\n' });
  });
});
