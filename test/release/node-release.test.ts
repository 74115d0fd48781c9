import { describe, expect, test } from 'vitest';
import { knownMinors } from '../../src/release/minors.ts';
import type { RuntimeShim } from '../../src/release/program/kubelet-runtime.ts';
import { checkConfigFields, checkFlags, mandatory, mandatoryConfigFields } from '../oracle/oracle.ts';
import { changes, release } from './releases.ts';

const master = 'node-role.kubernetes.io/master';
const controlPlane = 'node-role.kubernetes.io/control-plane';

test.each<[string, (r: ReturnType<typeof release>) => unknown, Record<string, unknown>]>([
  ['hasDockershim', (r) => r.hasDockershim(), { '1.16': true, '1.24': false }],
  ['runtimeShim of docker', (r) => r.runtimeShim('docker'), { '1.16': 'dockershim', '1.24': 'cri-dockerd' }],
  ['runtimeShim of containerd', (r) => r.runtimeShim('containerd'), { '1.16': 'containerd' }],
  ['criApis', (r) => r.criApis(), { '1.16': ['v1alpha2'], '1.23': ['v1', 'v1alpha2'], '1.26': ['v1'] }],
  ['wantsSandboxImage', (r) => r.wantsSandboxImage(false), { '1.16': true, '1.35': false }],
  ['wantsSandboxImage of a runtime that pins it', (r) => r.wantsSandboxImage(true), { '1.16': true, '1.24': false }],
  ['hasTaintsField', (r) => r.hasTaintsField(), { '1.16': false, '1.23': true }],
  ['refusesCgroupV1', (r) => r.refusesCgroupV1(), { '1.16': false, '1.35': true }],
  ['hasSeccompDefault', (r) => r.hasSeccompDefault(), { '1.16': false, '1.22': true }],
  ['seccompDefaultNeedsGate', (r) => r.seccompDefaultNeedsGate(), { '1.16': false, '1.22': true, '1.25': false }],
  [
    'controlPlaneLabels',
    (r) => r.controlPlaneLabels(),
    { '1.16': [master], '1.20': [master, controlPlane], '1.24': [controlPlane] },
  ],
  [
    'controlPlaneTaints',
    (r) => r.controlPlaneTaints(),
    { '1.16': [master], '1.24': [master, controlPlane], '1.25': [controlPlane] },
  ],
  [
    'toleratedTaints',
    (r) => r.toleratedTaints(),
    { '1.16': [master], '1.23': [master, controlPlane], '1.26': [controlPlane] },
  ],
  [
    'kubeProxyModes',
    (r) => r.kubeProxyModes(),
    {
      '1.16': ['iptables', 'ipvs', 'userspace'],
      '1.26': ['iptables', 'ipvs'],
      '1.29': ['iptables', 'ipvs', 'nftables'],
    },
  ],
  ['defaultProxyMode', (r) => r.defaultProxyMode(), { '1.16': 'iptables', '1.33': 'nftables' }],
  ['ipvs deprecated', (r) => r.kubeProxyMode('ipvs').deprecated, { '1.16': false, '1.35': true }],
  [
    'gate of nftables',
    (r) => r.kubeProxyMode('nftables').featureGate,
    { '1.16': undefined, '1.29': 'NFTablesProxyMode', '1.31': undefined },
  ],
  ['a mode nobody has', (r) => r.kubeProxyMode('ebpf'), { '1.16': { known: false, deprecated: false } }],
  ['label of a zone', (r) => r.kubeletMayLabel('topology.kubernetes.io/zone'), { '1.16': false, '1.17': true }],
  ['label of a role', (r) => r.kubeletMayLabel(master), { '1.16': false }],
  ['restricted label', (r) => r.kubeletMayLabel('node-restriction.kubernetes.io/x'), { '1.16': false }],
  ['label of kubelet', (r) => r.kubeletMayLabel('x.node.kubernetes.io/y'), { '1.16': true }],
  ['label of one’s own', (r) => r.kubeletMayLabel('example.org/rack'), { '1.16': true }],
  ['label that looks like theirs', (r) => r.kubeletMayLabel('notkubernetes.io/rack'), { '1.16': true }],
  ['bare label', (r) => r.kubeletMayLabel('rack'), { '1.16': true }],
])('%s', (_, question, want) => {
  expect(changes(question)).toEqual(want);
});

describe('kubelet’s settings for its runtime', () => {
  const shims: readonly RuntimeShim[] = ['containerd', 'cri-dockerd'];

  test('containerd, by minor', () => {
    const socket = 'unix:///run/containerd/containerd.sock';
    expect(changes((r) => r.kubeletRuntime('containerd'))).toEqual({
      '1.16': {
        endpoint: socket,
        flags: { 'container-runtime': 'remote', 'container-runtime-endpoint': socket },
        configFields: {},
      },
      '1.24': { endpoint: socket, flags: { 'container-runtime-endpoint': socket }, configFields: {} },
      '1.27': { endpoint: socket, flags: {}, configFields: { containerRuntimeEndpoint: socket } },
    });
  });

  test('dockershim with and without CNI', () => {
    expect(release('1.16').kubeletRuntime('dockershim').flags).toEqual({
      'network-plugin': 'cni',
      'cni-bin-dir': '/opt/cni/bin',
      'cni-conf-dir': '/etc/cni/net.d',
    });
    expect(release('1.16').kubeletRuntime('dockershim', { cni: false })).toEqual({ flags: {}, configFields: {} });
  });

  test.each(knownMinors())('the oracle accepts it in %s', (minor) => {
    const own = release(minor);
    for (const shim of own.hasDockershim() ? [...shims, 'dockershim' as const] : shims) {
      const { flags, configFields } = own.kubeletRuntime(shim);
      const argv = ['kubelet', ...Object.entries(flags).map(([name, value]) => `--${name}=${value}`)];
      expect(checkFlags('kubelet', minor, argv)).toEqual([]);
      expect(checkConfigFields('KubeletConfiguration', minor, { ...configFields })).toEqual([]);
      if (shim === 'dockershim') continue;
      expect(Object.keys(flags)).toEqual(expect.arrayContaining(mandatory('kubelet', minor, 'containerd')));
      expect(Object.keys(configFields)).toEqual(mandatoryConfigFields('KubeletConfiguration', minor));
    }
  });
});
