/** Proves the lab itself, with user-data written by hand: if this fails, no other referee that boots can be trusted. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BootedNode, bootNode } from '../machines/boot.ts';
import { describeReferee, sleep, tempDir } from '../tools.ts';

const packed = `${'a line that packs well\n'.repeat(500)}ünïcode\n`;
const binary = Buffer.from([0, 255, 10, 13, 0, 127, 128]);

interface Written {
  readonly path: string;
  readonly mode: string;
  readonly content: Buffer;
  readonly yaml: string;
}

const written: Written[] = [
  { path: '/etc/lab/plain.conf', mode: '0644', content: Buffer.from('[a]\nb = "c"\n'), yaml: '"[a]\\nb = \\"c\\"\\n"' },
  {
    path: '/etc/lab/deep/er/secret.key',
    mode: '0600',
    content: binary,
    yaml: `${binary.toString('base64')}\n    encoding: b64`,
  },
  {
    path: '/usr/local/lib/lab/packed.txt',
    mode: '0440',
    content: Buffer.from(packed),
    yaml: `${gzipSync(packed).toString('base64')}\n    encoding: gz+b64`,
  },
  {
    path: '/usr/local/bin/lab-step',
    mode: '0755',
    content: Buffer.from('#!/bin/sh\nsleep 1\nhostname > /run/lab-step\n'),
    yaml: '"#!/bin/sh\\nsleep 1\\nhostname > /run/lab-step\\n"',
  },
];

const units = {
  'lab-step.service':
    '[Unit]\\nDescription=A step\\n[Service]\\nType=oneshot\\nRemainAfterExit=yes\\nExecStart=/usr/local/bin/lab-step\\n' +
    '[Install]\\nWantedBy=lab.target\\n',
  'lab.target':
    '[Unit]\\nDescription=The lab\\nWants=lab-step.service\\nAfter=lab-step.service\\n[Install]\\nWantedBy=multi-user.target\\n',
};

const userData = `#cloud-config
hostname: lab-1
fqdn: lab-1.example.org
manage_etc_hosts: false
timezone: Asia/Shanghai
locale: en_US.UTF-8
ntp:
  enabled: true
  ntp_client: chrony
  servers: [192.168.10.250]
package_update: true
packages: [conntrack, ipset, ipvsadm, xfsprogs, chrony]
bootcmd:
  - [sh, -c, 'echo booted > /run/lab-bootcmd']
write_files:
${written.map((file) => `  - path: ${file.path}\n    permissions: '${file.mode}'\n    content: ${file.yaml}`).join('\n')}
${Object.entries(units)
  .map(([name, text]) => `  - path: /etc/systemd/system/${name}\n    content: "${text}"`)
  .join('\n')}
  - path: /etc/sysctl.d/90-lab.conf
    content: "vm.swappiness = 7\\nnet.ipv4.ip_forward = 1\\n"
runcmd:
  - [sysctl, --system]
  - [systemctl, daemon-reload]
  - [systemctl, enable, --now, --no-block, lab.target]
`;

const networkConfig = `version: 2
ethernets:
  eth0:
    match: { name: eth0 }
    addresses: [192.168.10.11/24]
    gateway4: 192.168.10.1
    nameservers: { addresses: [192.168.10.250] }
`;

function seed(): string {
  const dir = tempDir('seed');
  writeFileSync(join(dir, 'user-data'), userData);
  writeFileSync(join(dir, 'meta-data'), 'instance-id: lab-1-a\nlocal-hostname: lab-1\n');
  writeFileSync(join(dir, 'network-config'), networkConfig);
  return dir;
}

describeReferee('the lab', { root: true, tools: { 'systemd-nspawn': 'systemd-container' } }, () => {
  const swappiness = readFileSync('/proc/sys/vm/swappiness', 'utf8');
  let node: BootedNode;
  const text = async (...cmd: string[]): Promise<string> => (await node.run(cmd)).stdout.trim();

  beforeAll(async () => {
    node = await bootNode({ seedDir: seed(), name: 'lab-1' });
    process.stderr.write(`cloud-init ended ${node.bootMs} ms after power-on\n`);
  });

  afterAll(async () => {
    await node?.stop();
    expect(existsSync(node.rootDir)).toBe(false);
    expect(readFileSync('/proc/sys/vm/swappiness', 'utf8'), 'the host keeps its own settings').toBe(swappiness);
  });

  it('ends cloud-init without an error or a warning', async () => {
    expect(node.status.result.v1).toMatchObject({ errors: [] });
    expect(node.status.result.v1.datasource).toContain('NoCloud');
    expect(await text('cloud-init', 'status', '--long')).toMatch(/^status: done$/m);
    const log = readFileSync(join(node.rootDir, 'var/log/cloud-init.log'), 'utf8').split('\n');
    expect(log.filter((line) => /\[(WARNING|ERROR|CRITICAL)\]/.test(line))).toEqual([]);
  });

  it('has user-data that its own cloud-init calls valid', async () => {
    expect(await node.run(['cloud-init', 'schema', '--system'])).toExit(0);
  });

  it.each(written)('wrote $path', ({ path, mode, content }) => {
    const file = join(node.rootDir, path);
    expect(readFileSync(file)).toEqual(content);
    expect((statSync(file).mode & 0o7777).toString(8).padStart(4, '0')).toBe(mode);
  });

  it('set host name, time zone, locale and time server', async () => {
    expect(await text('hostname')).toBe('lab-1');
    expect(await text('cat', '/etc/hostname')).toBe('lab-1');
    expect(await text('date', '+%Z')).toBe('CST');
    expect(await text('cat', '/etc/default/locale')).toContain('en_US.UTF-8');
    expect(await text('cat', '/etc/chrony/chrony.conf')).toContain('server 192.168.10.250');
    expect(await text('systemctl', 'is-active', 'chrony')).toBe('active');
    expect(await text('cat', '/run/lab-bootcmd')).toBe('booted');
  });

  it('has the address of the seed, and no route to the outside', async () => {
    expect(await text('ip', '-br', 'address', 'show', 'eth0')).toContain('192.168.10.11/24');
    expect(await text('ip', 'route')).toContain('default via 192.168.10.1');
    expect(await text('sysctl', '-n', 'net.ipv4.ip_forward')).toBe('1');
  });

  it('ran the units that runcmd started without waiting', async () => {
    for (let tries = 0; tries < 100 && (await text('systemctl', 'is-active', 'lab.target')) !== 'active'; tries += 1) {
      await sleep(100);
    }
    expect(await text('systemctl', 'is-active', 'lab.target', 'lab-step.service')).toBe('active\nactive');
    expect(await text('cat', '/run/lab-step')).toBe('lab-1');
    expect(await text('systemctl', '--failed', '--no-legend', '--plain')).toBe('');
    expect(node.journal()).toContain('Reached target lab.target');
  });

  it('boots a second machine beside it, which reaches the first', async () => {
    const seedDir = tempDir('seed');
    writeFileSync(join(seedDir, 'user-data'), '#cloud-config\nbootcmd:\n  - [reboot-not-found]\n');
    writeFileSync(join(seedDir, 'meta-data'), 'instance-id: lab-2-a\nlocal-hostname: lab-2\n');
    writeFileSync(join(seedDir, 'network-config'), networkConfig.replace('10.11/24', '10.12/24'));
    const second = await bootNode({ seedDir, name: 'lab-2' });
    try {
      // A failing module is reported, not thrown: the referee decides.
      expect(second.status.result.v1.errors.join()).toContain('bootcmd');
      expect(await second.run(['ping', '-c1', '-W2', '192.168.10.11'])).toExit(0);
      const mine = await node.run(['readlink', '/proc/self/ns/net']);
      expect((await second.run(['readlink', '/proc/self/ns/net'])).stdout).not.toBe(mine.stdout);
    } finally {
      await second.stop();
    }
  });
});
