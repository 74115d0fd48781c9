import { expect, test } from 'vitest';
import type { Role } from '../../src/model/cluster.ts';
import { glibcForContainerd } from '../../src/release/program/os-release.ts';
import { staticFile } from '../../src/render/template.ts';
import { clusterOf, planOf } from '../support/cluster-text.ts';

const path = '/usr/local/lib/knode/system';

/** The script that looks at a node's machine. */
function scriptOf(over: Parameters<typeof clusterOf>[0], role: Role = 'worker'): string {
  const cluster = clusterOf(over);
  const content = planOf(cluster, role).files.find((file) => file.path === path)?.content;
  if (content?.kind !== 'static') throw new Error(`${path} is no script of knode's`);
  return staticFile(path, content.sections ?? []);
}

const current = { kubernetes: { version: '1.36.3' } };

test('a worker of a current cluster is checked against the kernel and the glibc of the facts', () => {
  const script = scriptOf(current);
  expect(script).toContain(
    `kube-proxy needs kernel ${clusterOf(current).kubernetes.kubeProxyMode('nftables').kernel},`,
  );
  expect(script).toContain(`containerd needs glibc ${glibcForContainerd('2.3.4')}'`);
  expect(script).toContain('cgroup.controllers');
});

test('only a master is checked against the minimum size of a control plane', () => {
  const says = 'a master needs 2 CPUs';
  expect(scriptOf(current)).not.toContain(says);
  expect(scriptOf(current, 'master')).toContain(says);
});

test.each([
  [
    'another mode of kube-proxy',
    { kubernetes: { version: '1.36.3', kubeProxy: { mode: 'iptables' } } },
    'kube-proxy needs',
  ],
  ['a static archive of containerd', { ...current, os: { family: 'rhel', release: 'rocky-8' } }, 'containerd needs'],
  ['docker', { kubernetes: { version: '1.20.2' }, containerRuntime: { type: 'docker' } }, ' needs glibc'],
  ['a kubelet that starts on both', { kubernetes: { version: '1.30.4' } }, 'cgroup.controllers'],
])('%s: no checks', (_, cluster, line) => {
  const script = scriptOf(cluster);
  expect(script).toContain('check_clock');
  expect(script).not.toContain(line);
});
