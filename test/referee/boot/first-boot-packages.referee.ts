/**
 * A first boot while the package source is down, with one name in os.packages that no source has: the behaviour of real
 * cloud-init, systemd and apt. The machine lacks nginx and socat; the source has them, and comes up late.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BootedNode, bootNode } from '../machines/boot.ts';
import { mirrorPort, serve } from '../machines/image-machine.ts';
import { suites } from '../machines/suites.ts';
import { clusterOf, type RenderedNode } from '../rendered.ts';
import { debSource } from '../servers/package-source.ts';
import { describeReferee, sh, sleep, tempDir } from '../tools.ts';

const clusterText = `
apiVersion: knode.dev/v1
kind: Cluster
name: prod
kubernetes: { version: 1.36.3 }
apiEndpoint: { address: 10.0.0.10 }
nodes:
  masters: [{ name: m1, address: 10.0.0.11 }]
  balancers: [{ name: lb, address: 10.0.0.10 }]
pki: { algorithm: ecdsa-p256 }
os: { packages: [no-such-package, jq] }
`;

const needs = { root: true, tools: { 'systemd-nspawn': 'systemd-container', 'dpkg-deb': 'dpkg' } };

/** Removes packages from a machine, and configures a source for it at mirrorPort. */
async function without(root: string): Promise<void> {
  const run = (...argv: string[]) =>
    sh('chroot', [root, '/usr/bin/env', '-i', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', ...argv]);
  const there = await run('dpkg-query', '-W', '-f', '${Package}\\n', 'nginx*', 'libnginx*', 'jq');
  const gone = there.stdout.trim().split('\n');
  expect(gone).toContain('libnginx-mod-stream');
  await run('dpkg', '--purge', '--force-depends', ...gone);
  rmSync(join(root, 'usr/sbin/nginx'), { force: true });
  writeFileSync(join(root, 'etc/apt/sources.list'), `deb [trusted=yes] http://127.0.0.1:${mirrorPort} ./\n`);
}

/** Stand-ins for the packages; that of nginx has a program that waits, under nginx's name. */
async function source(): Promise<string> {
  const folder = tempDir('late-source');
  const nginx = `printf '#!/bin/sh\\ncase $* in *-t*) exit 0 ;; esac\\nexec sleep infinity\\n' >/usr/sbin/nginx; chmod 755 /usr/sbin/nginx`;
  await debSource(folder, [
    { name: 'nginx', version: '9.0', scripts: { postinst: nginx } },
    { name: 'libnginx-mod-stream', version: '9.0' },
    { name: 'jq', version: '9.0' },
  ]);
  return folder;
}

for (const suite of suites)
  describeReferee(`a first boot while the package source is away, judged by ${suite}`, needs, () => {
    let machine: BootedNode;
    let node: RenderedNode;
    let folder: string;
    const text = async (...cmd: string[]): Promise<string> => (await machine.run(cmd)).stdout.trim();
    const until = async (what: string, condition: () => boolean | Promise<boolean>): Promise<void> => {
      for (let tries = 0; !(await condition()); tries += 1) {
        if (tries > 300) throw new Error(`${what}\n${machine.journal().split('\n').slice(-60).join('\n')}`);
        await sleep(300);
      }
    };

    beforeAll(async () => {
      folder = await source();
      node = (await clusterOf('late-source', clusterText)).node('lb');
      machine = await bootNode({
        seedDir: node.seed,
        name: 'lb',
        suite,
        nspawn: ['--bind-ro=/bin/true:/usr/sbin/swapoff'],
        prepare: without,
      });
    });
    afterAll(() => machine?.stop());

    it('ends cloud-init without an error, and retries required packages, with the reason on console and in the receipt', async () => {
      expect(machine.status.result.v1.errors).toEqual([]);
      const reason =
        /waiting for packages: libnginx-mod-stream: .*(?:Could not|Unable to) connect to 127\.0\.0\.1:8090.*\(and for the same reason nginx\)/;
      await until('no reason on the console', () => reason.test(machine.console()));
      expect(await text('systemctl', 'is-active', 'knode-packages.service')).toBe('activating');
      await until('no reason in the receipt', async () => reason.test(await text('cat', '/run/knode/receipt.json')));
      expect(await text('systemctl', 'is-active', 'knode-load-balancer.service')).toBe('inactive');
    });

    it('continues by itself once the source works, and names the package that no source has', async () => {
      serve(machine, folder);
      await until(
        'no load balancer',
        async () => (await text('systemctl', 'is-active', 'knode-load-balancer.service')) === 'active',
      );
      expect(await text('systemctl', 'is-active', 'knode-packages.service')).toBe('active');
      expect(await text('dpkg-query', '-W', '-f', '${db:Status-Status} ${Version}', 'jq')).toBe('installed 9.0');
      const unknown = /no-such-package: Unable to locate package no-such-package/;
      await until('not named on the console', () => unknown.test(machine.console()));
      await until('not named in the receipt', async () => unknown.test(await text('cat', '/run/knode/receipt.json')));
      const receipt = JSON.parse(await text('cat', '/run/knode/receipt.json'));
      expect(receipt.ready).toBe(false);
      expect(await text('systemctl', '--failed', '--no-legend', '--plain')).toBe('');
      expect(readFileSync(join(machine.rootDir, 'var/lib/knode/installed'), 'utf8')).toBe('');
    });
  });
