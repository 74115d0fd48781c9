/** The scripts that clean an image and check it, on a tree that stands for a machine. Real bakes: test/referee/image/bake.referee.ts. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/base/digest.ts';
import { packagePath } from '../../src/base/files/package-root.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** Data that a machine has collected before it becomes an image; each item identifies the machine. */
const gathered: Readonly<Record<string, string>> = {
  'etc/machine-id': '0123456789abcdef0123456789abcdef\n',
  'var/lib/dbus/machine-id': '0123456789abcdef0123456789abcdef\n',
  'etc/ssh/ssh_host_ed25519_key': 'a key',
  'etc/ssh/ssh_host_ed25519_key.pub': 'a key',
  'etc/hostname': 'bake\n',
  'var/lib/cloud/instance/user-data.txt': '#cloud-config',
  'var/lib/cloud/seed/nocloud/user-data': '#cloud-config',
  'var/lib/systemd/random-seed': 'seed',
  'var/lib/systemd/credential.secret': 'secret',
  'var/lib/dhcp/dhclient.eth0.leases': 'lease',
  'var/lib/NetworkManager/internal-1-eth0.lease': 'lease',
  'var/log/journal/0123/system.journal': 'journal',
  'var/log/cloud-init.log': 'log',
  'var/log/syslog.1': 'log',
  'var/lib/apt/lists/deb.example.com_dists_stable_main_binary-amd64_Packages': 'list',
  'var/cache/apt/archives/curl_1_amd64.deb': 'package',
  'var/cache/dnf/fedora.solv': 'list',
  'root/.ssh/authorized_keys': 'a key',
  'root/.bash_history': 'secret command',
  'home/baker/.ssh/authorized_keys': 'a key',
  'home/baker/.zsh_history': 'secret command',
  'tmp/left': 'over',
  'var/tmp/left': 'over',
  'var/lib/knode/artifacts/etcd.0.part': 'half',
};

/** What an image keeps. */
const kept: Readonly<Record<string, string>> = {
  'etc/passwd': 'root:x:0:0:root:/root:/bin/bash\nbaker:x:1000:1000::/home/baker:/bin/bash\n',
  'etc/knode/image.json': '{}\n',
  'etc/fstab': '# knode: swap is off: /swapfile none swap sw 0 0\n/dev/vda1 / ext4 defaults 0 1\n',
  'home/baker/.profile': 'profile',
  'var/tmp/knode-bake/payload/tree.tar': 'the bake itself',
  'var/lib/knode/artifacts/kubelet.done': 'record',
};

function machine(files: Readonly<Record<string, string>>): string {
  const root = tempFolder('machine');
  for (const [path, content] of Object.entries(files)) put(root, path, content);
  mkdirSync(join(root, 'usr/sbin'), { recursive: true });
  mkdirSync(join(root, 'var/log'), { recursive: true });
  return root;
}

function put(root: string, path: string, content: string): void {
  mkdirSync(join(root, dirname(path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

function run(script: string, root: string): { code: number | null; said: string[] } {
  const { status, stdout, stderr } = spawnSync('bash', [packagePath('packer/provision', script)], {
    env: { PATH: process.env.PATH, KNODE_ROOT: root, KNODE_SWAP: 'off' },
    encoding: 'utf8',
  });
  return { code: status, said: `${stdout}${stderr}`.trim().split('\n').filter(Boolean) };
}

/** A machine with one program, as installed. */
function cleanMachine(): string {
  const root = machine({
    'etc/machine-id': '',
    'etc/knode/image.json': '{}\n',
    'etc/fstab': '',
    'usr/local/bin/kubelet': 'kubelet',
  });
  put(root, 'etc/knode/artifacts.list', 'artifact kubelet sha256 00 kubelet -\n  0755 /usr/local/bin/kubelet -\n');
  put(
    root,
    'var/lib/knode/artifacts/kubelet.done',
    `# sha256 00\n${sha256('kubelet')}  ${root}/usr/local/bin/kubelet\n`,
  );
  return root;
}

describe('clean', () => {
  it('removes everything that would make two clones the same machine, and nothing else', () => {
    const root = machine({ ...gathered, ...kept });
    expect(run('clean', root)).toEqual({ code: 0, said: ['knode: what a clone must not have is gone'] });
    for (const path of Object.keys(gathered)) {
      const stays = ['etc/machine-id', 'var/log/cloud-init.log', 'var/lib/dbus/machine-id'].includes(path);
      expect([path, existsSync(join(root, path)) && !stays]).toEqual([path, false]);
    }
    for (const path of ['etc/machine-id', 'var/log/cloud-init.log']) expect(statSync(join(root, path)).size).toBe(0);
    for (const [path, content] of Object.entries(kept)) expect(readFileSync(join(root, path), 'utf8')).toBe(content);
  });

  it('leaves nothing that the check would find', () => {
    const root = cleanMachine();
    for (const [path, content] of Object.entries(gathered)) put(root, path, content);
    put(root, 'etc/passwd', kept['etc/passwd'] ?? '');
    expect(run('hygiene', root)).toExit(1);
    expect(run('clean', root)).toExit(0);
    expect(run('hygiene', root)).toEqual({ code: 0, said: ['knode: the image is clean'] });
  });
});

describe('hygiene', () => {
  it('finds nothing wrong with a clean machine', () => {
    expect(run('hygiene', cleanMachine())).toEqual({ code: 0, said: ['knode: the image is clean'] });
  });

  it.each([
    ['etc/machine-id', 'x', 'the machine-id is set: /etc/machine-id'],
    ['var/lib/dbus/machine-id', 'x', 'the machine-id is set: /var/lib/dbus/machine-id'],
    ['etc/ssh/ssh_host_rsa_key', 'x', 'an SSH host key: /etc/ssh/ssh_host_rsa_key'],
    ['var/lib/cloud/sem/x', 'x', 'state of cloud-init: /var/lib/cloud/sem'],
    ['var/lib/systemd/random-seed', 'x', 'a random seed: /var/lib/systemd/random-seed'],
    ['var/lib/systemd/credential.secret', 'x', 'a secret of systemd: /var/lib/systemd/credential.secret'],
    ['var/lib/dhcp/eth0.leases', 'x', 'a DHCP lease: /var/lib/dhcp/eth0.leases'],
    ['var/log/journal/1/system.journal', 'x', 'a journal: /var/log/journal/1'],
    ['var/log/auth.log', 'x', 'a log that is not empty: /var/log/auth.log'],
    ['var/cache/apt/archives/a.deb', 'x', 'a downloaded package: /var/cache/apt/archives/a.deb'],
    ['root/.ssh/authorized_keys', 'x', 'a key that lets somebody in: /root/.ssh/authorized_keys'],
    ['home/a/.ssh/id_rsa', 'x', 'a private key: /home/a/.ssh/id_rsa'],
    ['home/a/.bash_history', 'x', "a shell's history: /home/a/.bash_history"],
    ['etc/knode/node.env', 'x', 'a file of one node: /etc/knode/node.env'],
    ['etc/kubernetes/pki/ca.key', 'x', 'a private key: /etc/kubernetes/pki/ca.key'],
    ['etc/knode/founding.env', 'x', 'a file of one node: /etc/knode/founding.env'],
    ['etc/knode/passport', 'x', 'a file of one node: /etc/knode/passport'],
    ['etc/kubernetes/x.kubeconfig', 'users:\n- user:\n    token: x\n', 'a secret within: /etc/kubernetes/x.kubeconfig'],
    ['etc/etcd/x.pem', '-----BEGIN EC PRIVATE KEY-----\n', 'a secret within: /etc/etcd/x.pem'],
    ['etc/kubernetes/token.csv', 'x', 'a secret: /etc/kubernetes/token.csv'],
    ['etc/knode/proxy.env', 'x', 'a secret: /etc/knode/proxy.env'],
    ['var/lib/etcd/member/wal', 'x', 'data of etcd: /var/lib/etcd/member'],
    ['etc/fstab', '/dev/vdb none swap sw 0 0\n', 'swap: /etc/fstab'],
    ['usr/sbin/policy-rc.d', 'x', 'services would not start: /usr/sbin/policy-rc.d'],
    ['usr/local/bin/kubelet', 'other', 'changed since it was installed: kubelet'],
    ['var/lib/knode/artifacts/kubelet.done', '', 'not installed: kubelet'],
    ['etc/knode/image.json', '', 'there is no manifest: /etc/knode/image.json'],
  ])('finds %s', (path, content, expected) => {
    const root = cleanMachine();
    put(root, path, content);
    const { code, said } = run('hygiene', root);
    expect(code).toBe(1);
    expect(said).toContain(`knode: not clean: ${expected}`);
  });
});
