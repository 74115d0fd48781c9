import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  checkConfigFields,
  checkDockerDaemonJson,
  checkFlags,
  deprecatedFlags,
  mandatory,
  mandatoryConfigFields,
  parseUnitExec,
} from '../oracle/oracle.ts';
import { goldenNames, renderExample } from '../support/examples.ts';

const programs = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
  'etcd',
  'flanneld',
] as const;

describe.each(goldenNames)('%s against what its versions accept', (name) => {
  const { cluster, nodes } = renderExample(name);
  const versions: Readonly<Record<string, string>> = {
    ...Object.fromEntries(programs.map((program) => [program, cluster.versions.kubernetes])),
    etcd: cluster.versions.etcd,
    flanneld: cluster.versions.flannel,
  };
  const runtime = cluster.spec.containerRuntime.type;

  it.each(programs)('%s gets no unknown flag, and every required one', (program) => {
    const unit = `/etc/systemd/system/${program}.service`;
    for (const { files } of nodes) {
      const file = files.find((one) => one.path === unit);
      if (file === undefined) continue;
      const argv = parseUnitExec(file.content)[0]?.argv ?? [];
      expect(argv[0]).toBe(`/usr/local/bin/${program}`);
      expect(checkFlags(program, versions[program] ?? '', argv)).toEqual([]);
      if (program === 'etcd') expect(deprecatedFlags(program, versions.etcd ?? '', argv)).toEqual([]);
      const given = argv.map((word) => word.replace(/^--([^=]+).*/, '$1'));
      expect(given).toEqual(expect.arrayContaining([...mandatory(program, versions[program] ?? '', runtime)]));
    }
    const carriers = nodes.filter((node) => node.files.some((file) => file.path === unit));
    const expected = program === 'flanneld' ? cluster.spec.network.provider === 'flannel' : true;
    expect(carriers.length > 0).toBe(expected);
  });

  it('kubelet and kube-proxy get no field that they would ignore', () => {
    for (const { files } of nodes) {
      for (const [path, kind] of [
        ['/etc/kubernetes/kubelet.yaml', 'KubeletConfiguration'],
        ['/etc/kubernetes/kube-proxy.yaml', 'KubeProxyConfiguration'],
      ] as const) {
        const file = files.find((one) => one.path === path);
        if (file === undefined) continue;
        const config = parse(file.content) as Record<string, unknown>;
        expect(checkConfigFields(kind, cluster.kubernetes.minor, config)).toEqual([]);
        if (kind === 'KubeletConfiguration')
          expect(Object.keys(config)).toEqual(
            expect.arrayContaining([...mandatoryConfigFields(kind, cluster.kubernetes.minor)]),
          );
      }
    }
  });

  it('dockerd gets no key that it refuses', () => {
    const configs = nodes.flatMap((node) => node.files.filter((file) => file.path === '/etc/docker/daemon.json'));
    expect(configs.length > 0).toBe(cluster.spec.containerRuntime.type === 'docker');
    for (const config of configs)
      expect(checkDockerDaemonJson(cluster.versions.docker, JSON.parse(config.content))).toEqual([]);
  });
});
