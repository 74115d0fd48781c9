import { describe, expect, test } from 'vitest';
import {
  checkApiVersion,
  checkFeatureGates,
  checkKubeletLabels,
  checkPlugins,
  controlPlaneMarks,
  proxyModes,
} from '../oracle/configs.ts';
import {
  checkConfigFields,
  checkDockerDaemonJson,
  checkFlags,
  deprecatedFlags,
  flagNames,
  mandatory,
  mandatoryConfigFields,
  parseUnitExec,
} from '../oracle/oracle.ts';

/** The oracle judges the rest; here the oracle itself is tested, above all on what it must refuse. */

describe('command lines of a unit', () => {
  test('continued over lines, with comments between them', () => {
    const unit = [
      '[Service]',
      'Type=notify',
      '# ExecStart=/bin/false',
      'ExecStart=/usr/local/bin/etcd \\',
      `  --name=\${KNODE_NAME} \\`,
      '# why',
      '  --data-dir=/var/lib/etcd',
      'Restart=always',
    ].join('\n');
    expect(parseUnitExec(unit)).toEqual([
      { argv: ['/usr/local/bin/etcd', `--name=\${KNODE_NAME}`, '--data-dir=/var/lib/etcd'] },
    ]);
  });

  test('quotes, escapes, percent and dollar signs', () => {
    const unit = String.raw`ExecStart=-/bin/sh -c 'echo "$$HOME" 100%%' "a \"b\" c" x\x20y d\te "" --a="b c"`;
    expect(parseUnitExec(unit)[0]?.argv).toEqual([
      '/bin/sh',
      '-c',
      'echo "$HOME" 100%',
      'a "b" c',
      'x y',
      'd\te',
      '',
      '--a=b c',
    ]);
  });

  test('prefixes go; with a colon dollars stay', () => {
    expect(parseUnitExec('ExecStart=:/bin/echo $$A')[0]?.argv).toEqual(['/bin/echo', '$$A']);
    expect(parseUnitExec('ExecStart=+/bin/true\n')).toEqual([{ argv: ['/bin/true'] }]);
  });

  test('several, started anew, and other settings', () => {
    const unit = 'ExecStart=/a\nExecStart=\nExecStart=/b\nExecStart=/c\nExecStartPre=/d\n';
    expect(parseUnitExec(unit).map(({ argv }) => argv[0])).toEqual(['/b', '/c']);
    expect(parseUnitExec(unit, 'ExecStartPre')).toEqual([{ argv: ['/d'] }]);
    expect(parseUnitExec('[Unit]\nDescription=ExecStart=/x\n')).toEqual([]);
  });

  test('unbalanced quotes and unknown escapes are refused', () => {
    expect(() => parseUnitExec('ExecStart=/bin/echo "a')).toThrow('unbalanced');
    expect(() => parseUnitExec('ExecStart=/bin/echo \\d')).toThrow('unknown escape');
  });
});

describe('flags', () => {
  test.each([
    ['kubelet', '1.23', '--network-plugin=cni', []],
    ['kubelet', '1.24', '--network-plugin=cni', ['kubelet 1.24: unknown flag --network-plugin']],
    ['kube-apiserver', '1.24.3', '--insecure-port=0', ['kube-apiserver 1.24.3: unknown flag --insecure-port']],
    ['kube-apiserver', '1.36', '--secure_port=6443', []],
    ['kube-apiserver', '1.36', '--secure-port=x', ['kube-apiserver 1.36: --secure-port=x is not of type int']],
    ['kube-proxy', '1.30', '-v=2', []],
    ['kube-proxy', '1.30', '-x=2', ['kube-proxy 1.30: unknown flag -x']],
    ['kubelet', '1.30', '--fail-swap-on=no', ['kubelet 1.30: --fail-swap-on=no is not of type bool']],
    ['kubelet', '1.30', `--node-ip=\${KNODE_ADDRESS}`, []],
    ['kubelet', '1.30', 'stray', ["kubelet 1.30: unexpected argument 'stray'"]],
    ['kubelet', '1.30', '--node-ip', ['kubelet 1.30: --node-ip lacks its value']],
    ['etcd', '3.5.33', '--enable-v2=true', []],
    ['etcd', '3.6.8', '--enable-v2=true', ['etcd 3.6.8: unknown flag --enable-v2']],
    ['etcd', '3.6.8', '--data_dir=/x', ['etcd 3.6.8: unknown flag --data_dir']],
    ['flanneld', '0.11.0', '-ip-masq', []],
    ['flanneld', '0.11.0', '--net-config-path=/x', ['flanneld 0.11.0: unknown flag --net-config-path']],
    ['flanneld', '0.12.0', '--net-config-path=/x', []],
  ] as const)('%s %s %s', (program, version, arg, want) => {
    expect(checkFlags(program, version, [program, arg])).toEqual(want);
  });

  test('a value may stand by itself; a boolean takes none', () => {
    expect(checkFlags('kubelet', '1.30', ['kubelet', '--node-ip', '10.0.0.1', '--register-node'])).toEqual([]);
    expect(checkFlags('kubelet', '1.30', ['kubelet', '--register-node', 'true'])).toHaveLength(1);
  });

  test('given twice', () => {
    expect(checkFlags('kubelet', '1.30', ['kubelet', '--node-ip=::1', '--node_ip=::2'])).toEqual([
      'kubelet 1.30: --node-ip is given twice',
    ]);
    expect(checkFlags('flanneld', '0.27.4', ['flanneld', '--iface=a', '--iface=b'])).toEqual([]);
  });

  test('deprecated ones come with their message', () => {
    const argv = ['kubelet', '--cluster-dns=10.0.0.10', '--node-ip=10.0.0.1'];
    expect(deprecatedFlags('kubelet', '1.30', argv)).toHaveLength(1);
    expect(deprecatedFlags('kubelet', '1.30', argv)[0]).toMatch(/--cluster-dns is deprecated: .*--config/);
    expect(flagNames('kubelet', '1.30', argv)).toEqual(['cluster-dns', 'node-ip']);
  });

  test.each([
    ['kube-apiserver', '1.16', ['etcd-servers', 'insecure-port']],
    ['kube-apiserver', '1.19', ['etcd-servers', 'insecure-port']],
    [
      'kube-apiserver',
      '1.20',
      ['etcd-servers', 'service-account-key-file', 'service-account-issuer', 'service-account-signing-key-file'],
    ],
    ['kube-scheduler', '1.21', []],
    ['kube-scheduler', '1.22', ['authentication-kubeconfig', 'authorization-kubeconfig']],
    ['kubelet', '1.23', []],
    ['kubelet', '1.24.1', ['container-runtime-endpoint']],
    ['kubelet', '1.27', []],
    ['kube-proxy', '1.36', []],
  ] as const)('%s %s must be given %j', (program, version, want) => {
    expect(mandatory(program, version)).toEqual(want);
  });

  test('more of them', () => {
    expect(mandatory('kube-apiserver', '1.34')).not.toContain('requestheader-allowed-names');
    expect(mandatory('kube-apiserver', '1.35')).toContain('requestheader-allowed-names');
    expect(mandatory('kubelet', '1.23', 'containerd')).toEqual(['container-runtime', 'container-runtime-endpoint']);
    expect(mandatory('kubelet', '1.23', 'docker')).toEqual([]);
    expect(mandatoryConfigFields('KubeletConfiguration', '1.26.1')).toEqual([]);
    expect(mandatoryConfigFields('KubeletConfiguration', '1.27.0')).toEqual(['containerRuntimeEndpoint']);
  });
});

describe('fields', () => {
  test.each([
    ['1.30', { failSwapOn: false, evictionHard: { 'memory.available': '5%' } }, []],
    ['1.30', { failSwapOff: false }, ['KubeletConfiguration 1.30: unknown field failSwapOff']],
    ['1.30', { failCgroupV1: false }, ['KubeletConfiguration 1.30: unknown field failCgroupV1']],
    ['1.31.2', { failCgroupV1: false }, []],
    [
      '1.30',
      { authentication: { x509: { ca: 'x' } } },
      ['KubeletConfiguration 1.30: unknown field authentication.x509.ca'],
    ],
    ['1.30', { 'authentication.x509': {} }, ['KubeletConfiguration 1.30: unknown field authentication.x509']],
    ['1.30', { maxPods: '110' }, ['KubeletConfiguration 1.30: maxPods must be int32, not "110"']],
    [
      '1.30',
      { evictionHard: { a: 5 } },
      ['KubeletConfiguration 1.30: evictionHard must be map[string]string, not {"a":5}'],
    ],
    [
      '1.30',
      { syncFrequency: '1 minute' },
      ['KubeletConfiguration 1.30: syncFrequency must be duration, not "1 minute"'],
    ],
    ['1.30', { clusterDNS: '10.0.0.10' }, ['KubeletConfiguration 1.30: clusterDNS must be []string, not "10.0.0.10"']],
  ])('%s %j', (version, config, want) => {
    expect(checkConfigFields('KubeletConfiguration', version, config)).toEqual(want);
  });

  test('of kube-proxy', () => {
    const config = {
      kind: 'KubeProxyConfiguration',
      mode: 'ipvs',
      ipvs: { scheduler: 'rr' },
      conntrack: { maxPerCore: 0 },
    };
    expect(checkConfigFields('KubeProxyConfiguration', '1.16', config)).toEqual([]);
    expect(checkConfigFields('KubeProxyConfiguration', '1.28', { nftables: {} })).toHaveLength(1);
  });

  test('of daemon.json', () => {
    expect(checkDockerDaemonJson('19.03.1', { 'exec-opts': [], graph: '/x' })).toEqual([]);
    expect(checkDockerDaemonJson('19.03.1', { ip6tables: true })).toEqual([
      'docker 19.03.1: unknown key ip6tables in daemon.json',
    ]);
    expect(checkDockerDaemonJson('20.10.24', { ip6tables: true })).toEqual([]);
    expect(checkDockerDaemonJson('26.1.5', { graph: '/x' })).toHaveLength(1);
  });
});

describe('names inside of files', () => {
  test.each([
    ['1.16.9', 'rbac.authorization.k8s.io/v1', 'ClusterRole', 0],
    ['1.22.15', 'rbac.authorization.k8s.io/v1beta1', 'ClusterRole', 1],
    ['1.16.9', 'apps/v1', 'Deployment', 0],
    ['1.36.4', 'extensions/v1beta1', 'Deployment', 1],
    ['1.24.14', 'audit.k8s.io/v1beta1', 'Policy', 1],
    ['1.30.13', 'v1', 'Secret', 0],
    ['1.30.13', 'apps/v1', 'Secret', 1],
    ['1.30.13', 'v1', 'Something', 1],
  ])('%s %s %s', (version, apiVersion, kind, problems) => {
    expect(checkApiVersion(version, { apiVersion, kind })).toHaveLength(problems);
  });

  test('plugins, labels, gates and modes', () => {
    expect(checkPlugins('1.24.14', ['PodSecurityPolicy', 'NodeRestriction'])).toEqual([]);
    expect(checkPlugins('1.25.13', ['PodSecurityPolicy', 'NodeRestriction'])).toHaveLength(1);
    expect(
      checkKubeletLabels('1.30', ['example.com/a', 'node.kubernetes.io/b', 'topology.kubernetes.io/zone']),
    ).toEqual([]);
    expect(checkKubeletLabels('1.16', ['topology.kubernetes.io/zone'])).toHaveLength(1);
    expect(checkKubeletLabels('1.30', ['node-role.kubernetes.io/web', 'x.k8s.io/y'])).toHaveLength(2);
    expect(checkFeatureGates('1.25.13', ['DynamicKubeletConfig'])).toEqual([]);
    expect(checkFeatureGates('1.26.13', ['DynamicKubeletConfig'])).toHaveLength(1);
    expect(checkFeatureGates('1.28.1', ['NFTablesProxyMode'])).toHaveLength(1);
    expect(proxyModes('1.28.12')).toEqual(['iptables', 'ipvs']);
    expect(proxyModes('1.29.12')).toEqual(['iptables', 'ipvs', 'nftables']);
  });

  test('marks of the control plane', () => {
    expect(controlPlaneMarks('1.19').labels).toEqual(['node-role.kubernetes.io/master']);
    expect(controlPlaneMarks('1.24')).toEqual({
      labels: ['node-role.kubernetes.io/control-plane'],
      taints: ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'],
    });
  });
});
