import { describe, expect, it } from 'vitest';
import { coreDnsObjects } from '../../src/component/addon/core-dns.ts';
import { facts } from '../../src/release/facts.ts';
import { knownMinors } from '../../src/release/minors.ts';
import { atLeast } from '../../src/release/version.ts';
import { clusterOf } from '../support/cluster-text.ts';

interface PodSpec {
  readonly affinity?: { readonly podAntiAffinity: Readonly<Record<string, unknown>> };
  readonly topologySpreadConstraints?: readonly Readonly<Record<string, unknown>>[];
  readonly tolerations: readonly { readonly key: string; readonly tolerationSeconds?: number }[];
  readonly containers: readonly [{ readonly readinessProbe: { readonly httpGet: { readonly path: string } } }];
}

function parts(over: Record<string, unknown>): { corefile: string; pod: PodSpec } {
  const objects = coreDnsObjects(clusterOf(over)) as { kind: string; data: { Corefile: string }; spec: never }[];
  const find = (kind: string) => objects.find((one) => one.kind === kind);
  const deployment = find('Deployment')?.spec as unknown as { template: { spec: PodSpec } };
  return { corefile: find('ConfigMap')?.data.Corefile ?? '', pod: deployment.template.spec };
}

const image = (tag: string) => ({ addons: { coreDNS: { image: `registry.example.com/coredns:${tag}` } } });

describe('the Corefile', () => {
  it.each(knownMinors())('of %s has only options that its CoreDNS knows', (minor) => {
    const { kubernetes, coredns } = facts('kubernetes-minors').minors[minor] ?? { kubernetes: '', coredns: '' };
    const { corefile } = parts({ kubernetes: { version: kubernetes } });
    expect(corefile.includes('max_concurrent')).toBe(atLeast(coredns, '1.6.9'));
    expect(corefile).toMatch(/^ {4}ready$/m);
  });

  it.each([
    ['1.6.7', false],
    ['1.6.9', true],
    ['v1.11.3-eksbuild.1', true],
    ['stable', false],
    ['2024-05', false],
    ['v1', false],
  ])('follows the user’s image: %s', (tag, limits) => {
    expect(parts(image(tag)).corefile.includes('max_concurrent')).toBe(limits);
  });

  it('uses health for an image without ready', () => {
    const { corefile, pod } = parts(image('1.3.1'));
    expect(corefile).not.toMatch(/^ {4}ready$/m);
    expect(pod.containers[0].readinessProbe.httpGet.path).toBe('/health');
    expect(parts(image('1.1.0')).corefile).not.toContain('loop');
  });

  it('has a source for every option', () => {
    for (const { source } of Object.values(facts('coredns').options)) expect(source).not.toBe('');
  });
});

describe('replicas', () => {
  const masters = (count: number) => Array.from({ length: count }, (_, index) => ({ address: `10.0.0.${11 + index}` }));
  const required = 'requiredDuringSchedulingIgnoredDuringExecution';
  const preferred = 'preferredDuringSchedulingIgnoredDuringExecution';
  const rule = (over: Record<string, unknown>) => Object.keys(parts(over).pod.affinity?.podAntiAffinity ?? {});
  const dedicated = [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }];

  it.each([
    ['three masters and a worker', { nodes: { masters: masters(3) } }, [required]],
    ['one master and one worker', {}, [required]],
    [
      'one master alone',
      { nodes: { masters: masters(1), workers: [] }, roles: { master: { schedulable: true } } },
      [preferred],
    ],
    ['a pool', { nodes: { masters: masters(1), workers: [], pools: { web: {} } } }, [required]],
    ['a worker that keeps it away', { nodes: { workers: [{ address: '10.0.0.21', taints: dedicated }] } }, [preferred]],
    [
      'more replicas than nodes before 1.27',
      { kubernetes: { version: '1.20.2' }, addons: { coreDNS: { replicas: 5 } } },
      [preferred],
    ],
  ])('%s', (_what, over, expected) => {
    expect(rule(over)).toEqual(expected);
  });

  it('more replicas than nodes: on at least two, from 1.27 on', () => {
    const { pod } = parts({ addons: { coreDNS: { replicas: 5 } } });
    expect(pod.affinity).toBeUndefined();
    expect(pod.topologySpreadConstraints).toMatchObject([{ minDomains: 2, whenUnsatisfiable: 'DoNotSchedule' }]);
  });

  it('leave an unreachable node within half a minute', () => {
    const seconds = parts({}).pod.tolerations.flatMap(({ key, tolerationSeconds }) => (tolerationSeconds ? [key] : []));
    expect(seconds).toEqual(['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']);
  });
});
