import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { packagePath } from '../../src/base/files/package-root.ts';
import { kubeletConfiguration } from '../../src/component/worker/kubelet-config.ts';
import { accepted } from '../support/cis/accepted.ts';
import {
  type Benchmark,
  benchmarks,
  type Flags,
  kubernetesOf,
  type NodeView,
  type Program,
} from '../support/cis/check.ts';
import { checks } from '../support/cis/checks.ts';
import { clusterOf, planOf } from '../support/cluster-text.ts';

/** A master planned for a version of the benchmark, with defaults only. */
function planned(benchmark: Benchmark): NodeView {
  const cluster = clusterOf({ kubernetes: { version: kubernetesOf[benchmark] } });
  const { files } = planOf(cluster);
  const content = (path: string) => files.find((file) => file.path === path)?.content;
  const scheduler = content('/etc/kubernetes/kube-scheduler.yaml');
  const encryption = content('/etc/kubernetes/encryption.yaml');
  return {
    flags(program: Program): Flags {
      const unit = content(`/etc/systemd/system/${program}.service`);
      const words = unit?.kind === 'template' ? (unit.data.arguments as readonly string[]) : [];
      return new Map(words.map((word) => [word.slice(2).split('=')[0] ?? '', word.split('=').slice(1).join('=')]));
    },
    kubelet: kubeletConfiguration(cluster),
    scheduler: scheduler?.kind === 'yaml' ? stringify(scheduler.documents) : '',
    encryption: encryption?.kind === 'yaml' ? stringify(encryption.documents) : '',
    modes: (path) => files.filter((file) => path.test(file.path)).map(({ mode }) => Number.parseInt(mode, 8)),
  };
}

function failing(benchmark: Benchmark): readonly string[] {
  const node = planned(benchmark);
  return checks.filter(({ ids, holds }) => ids[benchmark] !== undefined && !holds(node)).map(({ what }) => what);
}

test.each(benchmarks)('every check of CIS %s holds, or has a reason why not', (benchmark) => {
  const mine = checks.filter(({ ids }) => ids[benchmark] !== undefined);
  expect(mine.length).toBeGreaterThan(65);
  expect(failing(benchmark).filter((what) => accepted[what] === undefined)).toEqual([]);
});

test('no check that holds has a reason', () => {
  const failed = new Set(benchmarks.flatMap(failing));
  expect(Object.keys(accepted).filter((what) => !failed.has(what))).toEqual([]);
});

test('a check fails where its flag is missing', () => {
  const node: NodeView = { ...planned('1.12'), flags: () => new Map(), modes: () => [0o666] };
  const failed = checks.filter(({ ids, holds }) => ids['1.12'] !== undefined && !holds(node)).map(({ what }) => what);
  for (const what of ['kube-apiserver: --anonymous-auth=false', 'etcd: --client-cert-auth=true', 'keys: 600 or less'])
    expect(failed).toContain(what);
});

test('docs/security.md has the deviations, with the numbers of each benchmark', () => {
  const rows = Object.entries(accepted).map(([what, why]) => {
    const check = checks.find((one) => one.what === what);
    return `| ${what} | ${benchmarks.map((benchmark) => check?.ids[benchmark] ?? '–').join(' | ')} | ${why} |`;
  });
  const docs = readFileSync(packagePath('docs/security.md'), 'utf8');
  const table = docs.slice(docs.indexOf('## CIS deviations')).split('\n');
  expect(table.filter((line) => /^\| kube|^\| [a-z]/.test(line) && !line.startsWith('| check'))).toEqual(rows);
});
