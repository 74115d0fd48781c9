import { describe, expect, test } from 'vitest';
import { facts } from '../../src/release/facts.ts';
import { checkFeatureGate } from '../../src/release/feature-gates.ts';
import { contains, parseIntervals } from '../../src/release/interval.ts';
import { knownMinors } from '../../src/release/minors.ts';
import { changes } from './releases.ts';

describe('gates of the minors', () => {
  test.each([
    ['ServiceAccountIssuerDiscovery', true, { '1.16': 'not-yet', '1.18': 'fine', '1.23': 'removed' }],
    ['DynamicKubeletConfig', false, { '1.16': 'fine', '1.26': 'removed' }],
    ['SeccompDefault', true, { '1.16': 'not-yet', '1.22': 'fine', '1.29': 'removed' }],
    ['CSIMigrationOpenStack', false, { '1.16': 'fine', '1.24': 'locked', '1.26': 'removed' }],
    ['UserNamespacesPodSecurityStandards', true, { '1.16': 'not-yet', '1.29': 'fine', '1.35': 'removed' }],
    ['GracefulNodeShutdown', false, { '1.16': 'not-yet', '1.20': 'fine' }],
    ['AllAlpha', true, { '1.16': 'fine' }],
    ['AllBeta', true, { '1.16': 'not-yet', '1.17': 'fine' }],
    ['gracefulNodeShutdown', true, { '1.16': 'unknown' }],
    ['constructor', true, { '1.16': 'unknown' }],
  ])('%s=%s', (gate, on, want) => {
    const all = changes((r) => checkFeatureGate('kubelet', r.minor, gate, on)?.problem ?? 'fine');
    expect(all).toEqual(want);
  });

  test('a slip has the nearest name of the minor', () => {
    expect(checkFeatureGate('kubelet', '1.36', 'GracefulNodeShutdwon', true)).toEqual({
      problem: 'unknown',
      nearest: 'GracefulNodeShutdown',
    });
  });

  test('a few are of one program alone', () => {
    expect(checkFeatureGate('kubelet', '1.25', 'IPv6DualStack', true)).toMatchObject({ problem: 'elsewhere' });
    expect(checkFeatureGate('kube-controller-manager', '1.25', 'IPv6DualStack', true)?.problem).not.toBe('elsewhere');
  });
});

describe('facts of gates', () => {
  const gates = Object.entries(facts('feature-gates').gates);
  const holds = (range: string | undefined, minor: string): boolean =>
    range !== undefined && parseIntervals(range).some((interval) => contains(interval, minor));

  test('are on and locked only where they are known', () => {
    for (const minor of knownMinors()) {
      for (const [name, { minors, on, locked }] of gates) {
        const known = holds(minors, minor);
        expect([name, minor, known || !(holds(on, minor) || holds(locked, minor))]).toEqual([name, minor, true]);
      }
    }
  });

  test('count what the source trees have', () => {
    const counts = knownMinors().map((minor) => gates.filter(([, { minors }]) => holds(minors, minor)).length);
    // AllAlpha and, from 1.17 on, AllBeta stand in featuregate/feature_gate.go beside the lists.
    const lists = [
      94, 98, 99, 104, 117, 124, 127, 138, 138, 141, 146, 147, 152, 160, 167, 165, 179, 189, 206, 216, 240,
    ];
    expect(counts).toEqual(lists.map((count, index) => count + (index === 0 ? 1 : 2)));
  });
});
