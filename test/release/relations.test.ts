import { describe, expect, it } from 'vitest';
import { finalKubelet } from '../../src/component/final-values/kubelet.ts';
import { effectiveValue } from '../../src/release/relations/field-values.ts';
import { milliseconds, percentage, quantity } from '../../src/release/relations/go-values.ts';
import { checkKubeletValues } from '../../src/release/relations/kubelet.ts';
import type { FinalValues } from '../../src/release/relations/relation.ts';
import { clusterOf } from '../support/cluster-text.ts';

describe('values in Go’s syntax', () => {
  it.each([
    ['1h30m', 5_400_000],
    ['-500ms', -500],
    ['1.5s', 1500],
    ['0', 0],
    ['10', undefined],
    ['1 s', undefined],
    ['', undefined],
  ])('duration %s', (text, want) => expect(milliseconds(text)).toBe(want));

  it.each([
    ['500m', 0.5],
    ['1Gi', 2 ** 30],
    ['2e3', 2000],
    ['-1', -1],
    ['1Gb', undefined],
    ['Mi', undefined],
  ])('quantity %s', (text, want) => expect(quantity(text)).toBe(want));

  it.each([
    ['10%', 10],
    ['-1%', -1],
    ['10', undefined],
  ])('percentage %s', (text, want) => expect(percentage(text)).toBe(want));
});

/** The codes for a configuration of nothing but these fields. */
function refused(minor: string, config: Readonly<Record<string, unknown>>, remote = true): string[] {
  const values: FinalValues = {
    minor,
    value: (field) => effectiveValue('KubeletConfiguration', field, config[field]),
  };
  return checkKubeletValues(values, { remote }).map(({ code }) => code);
}

describe('what kubelet refuses', () => {
  it('nothing of its own defaults, in any minor', () => {
    for (let minor = 16; minor <= 36; minor++) expect(refused(`1.${minor}`, {}), String(minor)).toEqual([]);
  });

  it('zero is its default where the field is no pointer in Go', () => {
    expect(
      refused('1.30', { maxPods: 0, nodeLeaseDurationSeconds: 0, registryBurst: 0, imageMinimumGCAge: '0s' }),
    ).toEqual([]);
    expect(refused('1.30', { containerLogMaxFiles: 0 })).toEqual(['value-range']);
  });

  it('logs are dockerd’s business with dockershim', () => {
    expect(refused('1.20', { containerLogMaxFiles: 1, containerLogMaxSize: 'much' }, false)).toEqual([]);
  });

  it('a disabled gate, from the minor on in which it is not enabled by default', () => {
    const config = { shutdownGracePeriod: '30s' };
    expect([refused('1.20', config), refused('1.21', config)]).toEqual([['gate-needed'], []]);
    const off = { ...config, featureGates: { GracefulNodeShutdown: false } };
    expect(refused('1.30', off)).toEqual(['gate-needed']);
    expect(refused('1.20', { ...config, featureGates: { AllAlpha: true } })).toEqual([]);
  });

  it('sums of reserved memory that differ', () => {
    const config = {
      memoryManagerPolicy: 'Static',
      kubeReserved: { memory: '1Gi' },
      evictionHard: { 'memory.available': '100Mi' },
    };
    const reserved = (memory: string) => ({ ...config, reservedMemory: [{ numaNode: 0, limits: { memory } }] });
    expect(refused('1.30', reserved('1124Mi'))).toEqual([]);
    expect(refused('1.30', reserved('1Gi'))).toEqual(['kubelet-memory']);
    expect(refused('1.30', { ...reserved('1Gi'), evictionHard: { 'memory.available': '5%' } })).toEqual([]);
  });
});

describe('the final value of kubelet', () => {
  const kubelet = (settings: Readonly<Record<string, unknown>>) =>
    finalKubelet(clusterOf({ kubernetes: { kubelet: settings } }));

  it('is the flag’s, otherwise the field’s, the setting’s, or the default', () => {
    expect(kubelet({ maxPods: 50 }).value('maxPods')).toBe(50);
    expect(kubelet({ maxPods: 50, extraConfig: { maxPods: 60 } }).value('maxPods')).toBe(60);
    const all = { maxPods: 50, extraConfig: { maxPods: 60 }, extraArgs: { max_pods: '70' } };
    expect(kubelet(all).value('maxPods')).toBe(70);
    expect(kubelet({ extraConfig: { maxPods: null } }).value('maxPods')).toBe(110);
    expect(kubelet({}).value('cpuManagerPolicy')).toBe('none');
  });

  it('of a flag has the field’s form', () => {
    const final = kubelet({
      extraArgs: {
        'eviction-hard': 'memory.available<200Mi,nodefs.available<5%',
        'system-reserved': ['cpu=1,memory=1Gi'],
        'cgroups-per-qos': 'true',
        'enforce-node-allocatable': 'pods',
        'feature-gates': 'AllBeta=false',
      },
      featureGates: { NodeSwap: true },
    });
    expect(final.value('evictionHard')).toEqual({ 'memory.available': '200Mi', 'nodefs.available': '5%' });
    expect(final.value('systemReserved')).toEqual({ cpu: '1', memory: '1Gi' });
    expect(final.value('cgroupsPerQOS')).toBe(true);
    expect(final.value('enforceNodeAllocatable')).toEqual(['pods']);
    expect(final.value('featureGates')).toEqual({ NodeSwap: true, AllBeta: false });
  });

  it('pulls in parallel silently, like upstream’s default', () => {
    expect(kubelet({ extraConfig: { maxParallelImagePulls: 5 } }).value('serializeImagePulls')).toBe(false);
    expect(kubelet({}).value('serializeImagePulls')).toBe(true);
  });
});
