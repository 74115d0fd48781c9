import { describe, expect, test } from 'vitest';
import { cloudConfig } from '../../src/delivery/cloud-init/cloud-config.ts';
import { clusterOf, planOf } from '../support/cluster-text.ts';

const config = (over: Readonly<Record<string, unknown>> = {}) =>
  cloudConfig(planOf(clusterOf(over)), [{ path: '/etc/knode/key', mode: '0600', content: 'x' }]);

test('a plain node', () => {
  expect(config()).toMatchObject({
    hostname: 'prod-m1',
    preserve_hostname: false,
    manage_etc_hosts: false,
    timezone: 'Etc/UTC',
    locale: 'C.UTF-8',
    write_files: [{ path: '/etc/knode/key', permissions: '0600', content: 'x' }],
  });
  for (const key of ['ssh_authorized_keys', 'ntp']) expect(config()).not.toHaveProperty(key);
});

test('packages are never installed by cloud-init: it tries once, and one unknown name fails all', () => {
  const os = { packages: ['jq'], packageUpgrade: true, proxy: { http: 'http://user:secret@10.0.0.9:3128' } };
  for (const family of ['debian', 'rhel']) {
    const all = config({ os: { ...os, family } });
    for (const key of ['packages', 'package_update', 'package_upgrade', 'apt']) expect(all).not.toHaveProperty(key);
    expect(JSON.stringify({ ...all, write_files: [] })).not.toContain('secret');
  }
});

test('cloud-init starts the target and does not wait for it', () => {
  const { runcmd } = config() as { runcmd: string[][] };
  const starts = runcmd.filter((command) => command.includes('start'));
  expect(starts).toEqual([['systemctl', 'start', '--no-block', 'knode.target']]);
  expect(runcmd.every(Array.isArray)).toBe(true);
});

test('stops services of the image with the names of knode’s units before these are read; journald rereads its settings', () => {
  const { runcmd } = config() as { runcmd: string[][] };
  const words = runcmd.map((command) => command.join(' '));
  const [stop = '', reload, restart, flush] = words;
  for (const unit of ['nginx', 'containerd', 'etcd', 'kubelet']) expect(stop).toContain(` ${unit}.service`);
  expect(stop).not.toContain('knode');
  expect([reload, restart, flush]).toEqual([
    'systemctl daemon-reload',
    'systemctl restart systemd-journald',
    'journalctl --flush',
  ]);
});

test('disks are never formatted by cloud-init: its fs_setup may format one that holds data', () => {
  const disk = { device: '/dev/vdb', mount: '/data', holds: ['etcd'] };
  expect(Object.keys(config({ dataDisks: [disk] }))).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/^(fs_setup|disk_setup|mounts|swap)$/)]),
  );
});

describe('the system settings of the cluster file', () => {
  test('time and keys', () => {
    const os = {
      timezone: 'Europe/Berlin',
      locale: 'de_DE.UTF-8',
      ntp: { servers: ['10.0.0.2'] },
      sshAuthorizedKeys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJWq5GgZ5t3v0k2s7c6b1m9n8v7c6x5z4l3k2j1h0g9f me@host'],
    };
    expect(config({ os })).toMatchObject({
      timezone: 'Europe/Berlin',
      locale: 'de_DE.UTF-8',
      ntp: { enabled: true, servers: ['10.0.0.2'] },
      ssh_authorized_keys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJWq5GgZ5t3v0k2s7c6b1m9n8v7c6x5z4l3k2j1h0g9f me@host'],
    });
    const off = { enabled: false, servers: ['10.0.0.2'] };
    expect(config({ os: { ntp: off } })).not.toHaveProperty('ntp');
  });

  test('a name with dots is the full host name', () => {
    const nodes = { masters: [{ name: 'm1.example.com', address: '10.0.0.11' }] };
    expect(config({ nodes })).toMatchObject({
      hostname: 'm1.example.com',
      fqdn: 'm1.example.com',
      prefer_fqdn_over_hostname: true,
    });
  });
});
